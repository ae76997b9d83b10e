"""In plain texts identifiers are found without their expression, at the same places."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap import redaction, redaction_plain
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

# Cut into pieces that begin, end or come between identifiers, put together anew
PIECES = [
    *(" ", "  ", "....", "\n", "\u00a0", ".", ",", "-", "/", "'", "’", "«", "(", "+"),
    *(
        "_",
        "€",
        "%",
        "%40",
        "%20",
        "%2B",
        "&",
        "&nbsp;",
        "&#64;",
        "@",
        "<b>",
        "</b>",
        "<",
        ">",
    ),
    *('<a title="', '">', "é", "É", "K", "ſ", "œ", "ł", "ø", "²", "\u0301", "٣", "x"),
    *("elea", "Éléa", "ELEA", "dupont", "Dupônt", "jean", "jeanne", "de", "la", "paix"),
    *(
        "jean.d",
        "JEAN.D",
        "post.example",
        "Post.Example",
        ".com",
        "0",
        "00",
        "06",
        "33",
    ),
    *("+33", "(0)", "12", "345", "333333333", "3", "12 rue de la Paix", "rue"),
    *("Éléa Dupont", "DUPONT, Elea", "élea</b> <b>dupônt", "jean.d@post.example"),
    *("Jean Dupont de la Paix", "Paix Jean Dupont de la", "paix la Jean Dupont de"),
    *("06 12 34 53 45", "+33 (0)6.12.34.53.45", "0033612345345", "03 33 33 33 33"),
    # What stands inside an identifier, seen or not
    *("–", "—", "‑", "−", "·", "•", "²", "\u00ad", "\u200b", "\u2060", "\ufeff"),
    *(
        "<wbr>",
        "&shy;",
        "&#xad;",
        "&#x40;",
        "<span>",
        "</span>",
        "&#xA0;",
        "&ndash;",
        "%C2%A0",
        "\\n",
        "\\u00e9",
        "{",
        '["',
        '"]',
    ),
    *('<b class="n1">', '<td width="33">', "<br/>", "</td>\n<td>", "<06>", "<\n"),
    *("12bis", "12 bis", "12BIS", "bis", "12bis rue de la Paix", "12 bis, Rue de"),
    *("06–12–34–53–45", '06 <b class="n1">12</b> 34 53 45', "06·12·34", "·53·45"),
    *("0612<br>34</td><td>5345", "éle\u00ada dupont", "jean.\u200bd@post.example"),
    *("75001", " 75001 Paris", "12 rue de la paix, 75001", "rue de<wbr> la paix"),
]
# With writings of each, which are put between the pieces
WRITINGS = {
    Identifier("email", "jean.d@post.example"): ["jean.d@post.example", "JEAN.D%40"],
    Identifier("email", "x@post.example"): ["x@post.example", "X&#64;Post.Example"],
    Identifier("email", "jean+tag@post.example"): ["jean+tag@post.example"],
    Identifier("email", "élea@post.example"): ["Éléa@post.example"],
    Identifier("name", "elea dupont"): ["Éléa-Dupônt", "&Eacute;lea Dupont", "elea"],
    Identifier("name", "jean jean"): ["Jean Jean Jean", "jean"],
    Identifier("name", "jean jeanne"): ["Jeanne Jean", "jean jeanne", "jean"],
    Identifier("name", "jean dupont de la paix"): [
        "Jean Dupont de la Paix",
        "Paix Jean Dupont de la",
        "paix la Jean Dupont de",
    ],
    Identifier("phone", "+33612345345"): ["06 12 34 5", "+33 (0)6.12.34.5", "345"],
    Identifier("phone", "+33333333333"): ["03 33 33 33 33", "333333333", "33"],
    Identifier("phone", "+32123456"): ["+32 12 34 56", "12 34 56", "12/34-56"],
    Identifier("address", "12 rue de la paix|75001|paris"): ["12 Rue de la Paix", "12"],
    Identifier("address", "12 bis rue de la paix|75001|paris"): [
        "12bis Rue de la Paix",
        "12 bis Rue de la Paix",
    ],
    Identifier("address", "12bis rue de la paix|75001|paris"): [
        "12bis Rue de la Paix",
        "12 BIS, Rue de la Paix",
    ],
    Identifier("address", "12 b rue de la paix|75001|paris"): ["12b rue de la Paix"],
}
# Those whose expression alone can tell
LEFT = (
    "12 b rue de la paix|75001|paris",
    "12bis rue de la paix|75001|paris",
    "12 bis rue de la paix|75001|paris",
    "jean+tag@post.example",
    "élea@post.example",
    "+32123456",
)


@pytest.mark.parametrize("identifier", WRITINGS, ids=lambda i: i.value)
def test_the_places_are_those_of_the_expression(identifier):
    rule = redaction.make_rule(identifier, loose=True)
    found = []

    pieces = st.one_of(st.sampled_from(WRITINGS[identifier]), st.sampled_from(PIECES))

    @settings(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(st.lists(pieces, max_size=9).map("".join))
    def check(text):
        spans = rule._find(text)
        if spans is not None:
            assert spans == [match.span() for match in rule.pattern.finditer(text)]
            assert rule.clean(text) == rule.pattern.sub(
                lambda match: redaction._mark(match.group()), text
            )
            found.extend(spans)

    check()
    # Or the test says nothing
    assert bool(found) != (identifier.value in LEFT)


@pytest.mark.parametrize("loose", [True, False], ids=["about", "for others"])
@pytest.mark.parametrize("identifier", WRITINGS, ids=lambda i: i.value)
def test_a_text_is_cleaned_as_with_the_expression(identifier, loose, monkeypatch):
    """Whatever hides in it, escapes and several passes included."""
    pieces = st.one_of(st.sampled_from(WRITINGS[identifier]), st.sampled_from(PIECES))
    fast = redaction.redactor([identifier], loose)
    make = redaction._Rule
    with monkeypatch.context() as patch:
        patch.setattr(redaction, "_Rule", lambda *rule: make(*rule[:3]))
        slow = redaction.redactor([identifier], loose)

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.lists(pieces, max_size=9).map("".join))
    def check(text):
        assert fast(text) == slow(text)

    check()


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("address", "12bis rue de la paix|75001|paris", "12bis rue de la Paix"),
        ("address", "12bis rue de la paix|75001|paris", "12 bis, rue de la Paix"),
        ("address", "12 bis rue de la paix|75001|paris", "12bis rue de la Paix"),
        ("phone", "+33612345345", '06 <b class="n1">12</b> 34 53 45'),
        ("phone", "+33612345345", "06 <b>12</b> 34 53 45"),
        ("phone", "+33612345345", "06–12—34·53•45"),
        ("phone", "+33612345345", "06\u00ad12\u200b34 53<wbr> 45"),
        ("phone", "+33612345345", "<td>06</td>\n<td>12</td>\n<td>345345</td>"),
        ("name", "elea dupont", "Élé\u00ada <b>Du\u200bpont</b>"),
        ("email", "jean.d@post.example", "jean.<wbr>d@post.ex\u00adample"),
        ("email", "jean.d@post.example", "jean.d<span>@</span>post.example"),
        ("email", "jean.d@post.example", "<b>Jean</b>.d&#x40;<b>post</b>.example"),
    ],
)
def test_what_the_plain_reading_cannot_tell_is_asked_of_the_expression(
    kind, value, written
):
    redact = redaction.redactor([Identifier(kind, value)], loose=True)
    cleaned = redact(f"Vu {written}, hier.")
    assert redaction.MARK in cleaned
    assert not re.search(r"\d|dupont|paix|example", re.sub("<.*?>", "", cleaned))


@pytest.mark.parametrize("apart", [" ", "<i>x</i> "])
def test_what_is_before_a_number_is_not_read_again_for_each(apart):
    """A log may name a longer number, of which this one is a part, at every line."""
    times = 200
    text = f"10639980012{apart}" * times + f"+33 <b{' ' * 300}>(0)</b>639980012"
    seen = []

    class Before:
        """Notes how much is read."""

        def search(self, text, start, end):
            seen.append(end - start)
            return beginning.search(text, start, end)

    beginning = redaction._get_phone_beginning(33)
    found = redaction_plain.find_phone(
        "639980012", text, Before(), redaction._PHONE_GAPS
    )
    assert found == [(text.index("+33"), len(text))]
    assert len(seen) == times + 1
    assert max(seen[:-1]) < 300


def test_no_expression_is_made_for_a_plain_text(monkeypatch):
    wanted = ("jean.d@post.example", "elea dupont", "+33612345345", "12 rue de la paix")
    identifiers = [i for i in WRITINGS if i.value.startswith(wanted)]
    redaction._get_phone_beginning(33)  # one for all numbers of France
    monkeypatch.setattr(redaction.re, "compile", None)
    redact = redaction.redactor(identifiers, loose=True)
    text = (
        "<p>Éléa Dupont (jean.d@post.example, 06 12 34 53 45) habite 12 rue de la Paix,"
        " à côté. DUPONT <b>Elea</b> ; Jean.D@Post.example !</p>"
    )
    assert redact(text).replace(redaction.MARK, "#") == (
        "<p># (#, #) habite #, à côté. #<b></b> ; # !</p>"
    )
