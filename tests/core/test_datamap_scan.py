import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap.redaction import redactor
from odoo.addons.rgpd_fichier_client.core.datamap.scan import Scanner, choose_words
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

from .writings import IDENTIFIERS, WRITINGS

KNOWN = [
    *IDENTIFIERS,
    Identifier("email", "o'neil@post.example"),
    Identifier("email", "zoe@xn--caf-dma.example"),
    Identifier("phone", "+12063998001"),
    Identifier("iban", "GB29NWBK60161331926819"),
    Identifier("login", "++++"),
]
WRITTEN = [
    *WRITINGS,
    "=zoe.lienard%40post.example",
    "zoe@café.example",
    "+33 (0)6 39-98-00-12",
    "06&nbsp;39&nbsp;98&nbsp;00&nbsp;12",
    "06&NBSP;39&NBSP;98&NBSP;00&NBSP;12",
    "FR76 3000&NBSP;6000&NBSP;0112 3456 7890 189",
    "06 39 98 00 12 06 39 98 00 13",
    "LIENARD, Zoe",
    "Zo&eacute; <b>Li&eacute;nard</b>",
    "GB29 NWBK 6016 1331 9268 19",
    "12 rue des exemples",
    "zlienard",
    "zlienard\u200bx zlienard™",
    "a ++++ b",
    "Bonjour\\nzoe.lienard@post.example\\n",
    "06\\n39\\u00a098\\\\t00 12",
    "\\tzlienard\\r\\nFR40303265045",
    "Zo\\u00e9 Li\\u00e9nard",
    "?to=%2Fweb%3Femail%3Dzoe.lienard%40post.example%26x",
    "mailto%3azoe.lienard@post.example",
    "joe%2bzoe.lienard@post.example",
    "%C3%A9zoe.lienard@post.example",
    "%20063998001%20",
    "KIRK@post.example",
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
    "rue",
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
