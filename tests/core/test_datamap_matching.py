import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap import matching
from odoo.addons.rgpd_fichier_client.core.datamap.evidence import POINTS
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

ZOE = [
    Identifier("email", "zoe.lienard@post.example"),
    Identifier("phone", "+33639980012"),
    Identifier("name", "zoe lienard", "weak"),
    Identifier("vat", "FR40303265045"),
    Identifier("iban", "FR7630006000011234567890189"),
    Identifier("address", "12 rue des exemples|29000|quimper"),
]


def judge(text, identifiers=ZOE, references=("C-0042",)):
    return matching.score(matching.read(text), identifiers, references)


@pytest.mark.parametrize(
    ("typed", "evidence"),
    [
        ("zoe.lienard@post.example", "email"),
        ('"Zoé Liénard" <ZOE.Lienard@POST.example>', "email"),
        ("a@b.example, zoe.lienard@post.example", "email"),
        ("zoe.lienard+shop@post.example", "email_alias"),
        ("06 39 98 00 12", "phone"),
        ("06.39.98.00.12", "phone"),
        ("0033 6 39 98 00 12", "phone"),
        ("+33 (0)6 39-98-00-12", "phone"),
        ("FR 40 303 265 045", "code"),
        ("fr76 3000 6000 0112 3456 7890 189", "code"),
        ("c-0042", "reference"),
        ("Zoé Liénard", "name"),
        ("LIENARD zoe", "name"),
        ("Mme Zoe Lienard", "name"),
        ("Zoe\u0301 Lie\u0301nard", "name"),
        ("zoé liénard quimper", "name_address"),
        ("zoé liénard 29000", "name_address"),
        ("Liénard", "name_part"),
        ("zoé lién", "name_start"),
    ],
)
def test_each_way_of_naming_somebody(typed, evidence):
    points, found = judge(typed)
    assert found[0] == evidence
    assert (points >= matching.SURE) == (
        evidence in ("email", "email_alias", "phone", "code", "reference")
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "%",
        "_",
        "100% _'\"\\ 😀",
        "\u202eאבג",
        "' OR 1=1 --",
        "zo",
        "zoe martin",
        "quimper",
        "lienard@post.example",
        "zoe.lienard@post.example.org",
        "06 39 98 00 13",
        "Lead",
        "x" * 5000,
    ],
)
def test_what_names_somebody_else_or_nobody(typed):
    assert judge(typed)[0] == 0


def test_a_contact_called_lead_is_found_by_its_name():
    assert judge("Lead", [Identifier("name", "lead", "weak")], ())[1] == ["name"]


def test_idn_addresses_are_the_same_in_both_forms():
    known = [Identifier("email", "zoe@xn--caf-dma.example")]
    assert judge("zoe@café.example", known)[1] == ["email"]


@pytest.mark.parametrize("known", ["12bis rue Basse", "12, BIS rue Basse"])
@pytest.mark.parametrize("typed", ["zoé liénard 12bis", "zoé liénard 12 bis rue"])
def test_a_house_has_its_suffix_at_once_or_not(known, typed):
    address = matching.normalise.address(known, "29000", "Quimper")
    identifiers = [
        Identifier("name", "zoe lienard", "weak"),
        Identifier("address", address),
    ]
    assert judge(typed, identifiers, ())[1] == ["name_address"]


def test_a_house_has_one_key():
    keys = {
        matching.normalise.address(f"{house} rue du Test", "29000", "Quimper")
        for house in ("12bis", "12 bis", "12 BIS", "12, bis", "12-Bis")
    }
    assert keys == {"12 bis rue du test|29000|quimper"}
    other = matching.normalise.address("12 biscuiterie", "29000", "Quimper")
    assert other == "12 biscuiterie|29000|quimper"


words = st.text("abcdeéèœ", min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=4).map(" ".join)


@given(names, names, names)
def test_a_name_with_an_address_is_never_sure(name, town, typed):
    known = [
        Identifier("name", matching.normalise.name(name), "weak"),
        Identifier("address", matching.normalise.address("1 rue", "29000", town)),
    ]
    assert judge(typed, known, ())[0] < matching.SURE


@given(st.text(max_size=60))
def test_any_text_is_read_and_scored_between_0_and_100(text):
    points, evidence = judge(text)
    assert 0 <= points <= 100
    assert bool(points) == bool(evidence)
    assert set(evidence) <= set(POINTS)


@given(names)
def test_order_case_and_accents_do_not_matter(name):
    known = [Identifier("name", matching.normalise.name(name), "weak")]
    turned = " ".join(reversed(name.upper().split()))
    assert judge(name, known, ()) == judge(turned, known, ())


@given(st.sampled_from(ZOE), names)
def test_more_evidence_never_lowers_the_score(identifier, typed):
    fewer = [known for known in ZOE if known != identifier]
    for text in (typed, "zoé liénard quimper", "06 39 98 00 12", "FR40303265045"):
        assert judge(text)[0] >= judge(text, fewer)[0]


def test_spellings_of_a_number_without_separators():
    spelled = matching.normalise.phone_spellings("+33639980012")
    for written in ("06 39 98 00 12", "+33 (0)6.39.98.00.12", "0033 6 39-98-00-12"):
        assert matching.re.sub(r"[\s./()\-]", "", written) in spelled
    assert matching.normalise.phone_spellings("no number") == []


def test_french_numbers_are_read_as_the_library_reads_them():
    """The short way for French numbers changes no answer, for 3,000 odd spellings."""
    draw = random.Random(20261130)
    starts = ("+33", "0", "0033", "+33 (0)", "33", "+330", "+32", " 0", "+ 33")
    for _round in range(3000):
        digits = "".join(
            draw.choice("0123456789" if draw.random() < 0.93 else " .-/\u00a0x")
            for _digit in range(draw.choice((8, 9, 9, 9, 10, 12)))
        )
        text = draw.choice(starts) + digits
        country = draw.choice(("FR", "BE", "RE", None))
        plain = text.replace("(0)", "").strip()
        plain = f"+{plain[2:]}" if plain.startswith("00") else plain
        expected = matching.normalise._parse_phone(plain, country)
        assert matching.normalise.phone(text, country) == expected, (text, country)
