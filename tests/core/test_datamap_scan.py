import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap.redaction import redactor
from odoo.addons.rgpd_fichier_client.core.datamap.scan import Scanner, choose_words
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

KNOWN = [
    Identifier("email", "zoe.lienard@post.example"),
    Identifier("email", "o'neil@post.example"),
    Identifier("email", "zoe@xn--caf-dma.example"),
    Identifier("email", "joe%2bx@post.example"),
    Identifier("email", "kirk@post.example"),
    Identifier("phone", "+33639980012"),
    Identifier("phone", "+3222345678"),
    Identifier("phone", "+12063998001"),
    Identifier("name", "zoe lienard", "weak"),
    Identifier("name", "coeur lae", "weak"),
    Identifier("iban", "FR7630006000011234567890189"),
    Identifier("iban", "GB29NWBK60161331926819"),
    Identifier("vat", "FR40303265045"),
    Identifier("address", "12 rue des exemples|75002|paris"),
    Identifier("login", "zlienard"),
    Identifier("login", "o'neil@post.example"),
    Identifier("login", "zoé.d"),
    Identifier("login", "++++"),
]
WRITTEN = [
    "Zoe.Lienard@POST.example",
    "zoe.lienard+a=b@post.example",
    "=zoe.lienard%40post.example",
    "mailto:zoe.lienard&#64;post.example",
    "O'Neil@post.example",
    "zoe@café.example",
    "06 39 98 00 12",
    "+33 (0)6 39-98-00-12",
    "06&nbsp;39&nbsp;98&nbsp;00&nbsp;12",
    "06&NBSP;39&NBSP;98&NBSP;00&NBSP;12",
    "FR76 3000&NBSP;6000&NBSP;0112 3456 7890 189",
    "06 39 98 00 12 06 39 98 00 13",
    "02 234 56 78",
    "Zoé Liénard",
    "LIENARD, Zoe",
    "Zo&eacute; <b>Li&eacute;nard</b>",
    "Lætitia Lae Cœur",
    "FR76 3000 6000 0112 3456 7890 189",
    "GB29 NWBK 6016 1331 9268 19",
    "FR 40 303 265 045",
    "12, rue des Exemples, 75002 Paris",
    "12 rue des exemples",
    "zlienard",
    "zlienard\u200bx zlienard™",
    "Zoe\u0301.D",
    "a ++++ b",
    "Bonjour\\nzoe.lienard@post.example\\n",
    "06\\n39\\u00a098\\\\t00 12",
    "\\tzlienard\\r\\nFR40303265045",
    "Zo\\u00e9 Li\\u00e9nard",
    "?to=%2Fweb%3Femail%3Dzoe.lienard%40post.example%26x",
    "mailto%3azoe.lienard@post.example",
    "joe%2bzoe.lienard@post.example",
    "%C3%A9zoe.lienard@post.example",
    "tel%3A%2B33639980012",
    "q=%200639980012%20",
    "06%2039%2E98%2D00%2012",
    "q=+33+(0)6+39+98+00+12",
    "%2B33%20%280%29%206%C2%A039%2098%2000%2012",
    "%20063998001%20",
    "iban%3DFR76%203000%206000%200112%203456%207890%20189",
    "zoe.lienard+@post.example",
    "joe%2bx@post.example",
    "KIRK@post.example",
    "\u212air\u212a@post.example",
    "+3 639980012",
    "+3 0639980012, +33639980012",
    "(+33639980012)",
    "&0639980012;",
    "+zoe.lienard@post.example",
    "zoe.lienard@post.example\u0301",
    "O'Neil@post.examplezoe.lienard@post.example\u0301Zoe.Lienard@POST.example",
    "azoe.lienard@post.example",
    "zoe.lienard@post.example.org",
    "106399800125",
    "zoe.<wbr>lienard<wbr/>@post.ex\u00adample",
    "z\u200boe.lienard@post.example",
    "zoe.li&shy;enard&#8203;@post.example",
    "zo\\u200be.lienard@post.example",
    "\\u003cwbr\\u003ezoe.\\u003cwbr\\u003elienard@post.example",
    "06–39–98—00−12",
    "06&ndash;39&#8211;98&nbsp;00&thinsp;12",
    '06 <b style="font-size:12px">39</b> 98 <i>00</i><br/>12',
    "06 39\u200b98 <wbr>00 12",
    '<td>06</td><td class="n9">39980012</td>',
    "06 \\u003cb class=\\u00221\\u0022\\u003e39\\u003c/b\\u003e 98 00 12",
    "FR76 <b>3000</b> 6000 0112–3456 7890 189",
    "?name=Zo%C3%A9%20Li%C3%A9nard&x",
    "?name=zoe+LIENARD",
    "?next=%2Fa%3Fname%3DZo%25C3%25A9%2520Li%25C3%25A9nard",
    "?name=Zo%E9+Li%E9nard",
    "cv_zoe_lienard.pdf",
    "?street=12%20rue%20des%20exemples%2C%2075002%20Paris",
    "Zo\u00ad\u00e9 Lié\u200bnard",
    "12<wbr>, rue des exe&shy;mples 75002",
    "z\u00adlienard",
    "o%27neil@post.example",
    "rue",
    "@",
    "",
]


def expected(text):
    return {i for i in KNOWN if redactor([i])(text) != text}


@pytest.mark.parametrize("text", WRITTEN)
def test_it_finds_what_the_redaction_would_remove(text):
    scan = Scanner(KNOWN)
    for written in (text, f"<p>Voir {text}, merci.</p>", f"{text}\n{text}"):
        assert set(scan(written)) == expected(written)


TEXTS = st.lists(
    st.sampled_from(WRITTEN)
    | st.text(max_size=8)
    | st.sampled_from(" .-+@0&;<>\\n\n\t\u00a0"),
    max_size=8,
).map("".join)


@given(TEXTS)
def test_it_agrees_with_the_redaction_on_any_text(text):
    assert set(Scanner(KNOWN)(text)) == expected(text)


@given(TEXTS, st.booleans())
def test_a_text_is_found_in_json_too(text, is_ascii):
    # A backslash before an escaped letter is taken for one more of its escape
    assume("\\" not in text or text.isascii())
    scan = Scanner(KNOWN)
    written = json.dumps({"fr_FR": text, "n": [1, text]}, ensure_ascii=is_ascii)
    assert set(scan(written)) >= set(scan(text))
    assert set(scan(json.dumps([written]))) >= set(scan(text))
    assert set(scan(written)) == expected(written)


def test_the_fewest_words_do_for_all():
    addresses = [
        Identifier("address", f"{n} rue des {word}|75002|paris")
        for n, word in ((1, "lilas"), (2, "roses"), (33, "tilleuls"))
    ]
    assert set(choose_words(addresses).values()) <= {"rue", "des"}


def test_identifiers_that_prove_nothing_are_not_looked_for():
    scan = Scanner([Identifier("name", "li"), Identifier("login", "x")])
    assert scan("li x") == []
