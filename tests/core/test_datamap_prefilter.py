import re

import pytest

from odoo.addons.rgpd_fichier_client.core.datamap import prefilter
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

CROWD = [Identifier("email", f"person{n}@crowd.example") for n in range(100)]


def test_nothing_to_look_for():
    assert prefilter.get_conditions([]) is None
    assert prefilter.get_conditions([Identifier("name", "li")]) is None


def test_few_of_each_kind_are_asked_for():
    conditions = prefilter.get_conditions(
        [
            Identifier("email", "zoe.lienard@post.example"),
            Identifier("vat", "NL12A34B56"),
        ]
    )
    assert re.search(conditions.pattern, "nl 12.a34-b56")
    assert not re.search(conditions.pattern, "zoe.lienard, nl12a34b57")
    assert conditions.literals == ("%zoe.lienard%",)
    assert not conditions.is_crowd


def test_what_may_be_written_otherwise_is_no_literal():
    """Letters with accents have several spellings; LIKE takes its signs literally."""
    conditions = prefilter.get_conditions(
        [
            Identifier("email", "zoé@post.example"),
            Identifier("email", "a_b@post.example"),
        ]
    )
    assert conditions.literals == (r"%a\_b%",)
    assert re.search(conditions.pattern, "zoe\u0301@")
    many = prefilter.get_conditions(CROWD[:5])
    assert not many.literals
    assert re.search(many.pattern, "person4@")


@pytest.mark.parametrize("count, few", [(2, True), (3, False)])
def test_few_numbers_are_asked_for_one_by_one(count, few):
    conditions = prefilter.get_conditions(
        [Identifier("phone", f"+3363998200{n}") for n in range(count)]
    )
    assert conditions.is_crowd is not few
    assert len(conditions.few_numbers) == (count if few else 0)
    if few:
        like, expression = conditions.few_numbers[0]
        assert like == "%6%3%9%9%8%2%0%0%0%"
        assert re.search(expression, "06 39 98.20-00")


def test_many_addresses_are_looked_up_by_their_ends():
    conditions = prefilter.get_conditions(CROWD)
    assert set(conditions.ends) == {f"person{n}" for n in range(100)}
    assert not conditions.has_odd_end
    assert not conditions.pattern


@pytest.mark.parametrize(
    "local, expected",
    [
        ("x" * 200, "x" * 12),
        ("o'neil", "neil"),
        ("zoé.d", ".d"),
        ("zoe+shop", "shop"),
        ("joe%2bx", "x"),
        ("zoé", None),
        ("joe%2b", None),
    ],
)
def test_the_end_is_what_is_written_in_one_way_only(local, expected):
    conditions = prefilter.get_conditions(
        [*CROWD, Identifier("email", f"{local}@post.example")]
    )
    assert conditions.has_odd_end is (expected is None)
    assert expected is None or expected in conditions.ends


def test_names_and_streets_are_looked_up_by_their_rarest_word():
    names = [Identifier("name", f"jean nom{n}") for n in range(3)]
    street = Identifier("address", "7 rue des lilas|75002|paris")
    login = Identifier("login", "zoe.lienard@post.example")
    conditions = prefilter.get_conditions([*names, street, login])
    assert conditions.is_crowd
    assert set(conditions.words) == {"nom0", "nom1", "nom2", "lilas", "lienard"}
    assert not conditions.pattern


@pytest.mark.parametrize("count, few", [(8, True), (9, False)])
def test_many_logins_are_looked_up(count, few):
    logins = [Identifier("login", f"login{n}") for n in range(count)]
    assert prefilter.get_conditions(logins).is_crowd is not few
