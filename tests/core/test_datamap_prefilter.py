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
    assert conditions.likes == (
        "%n%l%1%2%a%3%4%b%5%6%",
        "%z%o%e%l%i%e%n%a%r%d%p%o%t%e%x%a%m%p%l%e%",
    )
    for text in ("nl 12.a34-b56", "zoe.li&shy;en<b>ard</b>@post.example"):
        assert re.search(conditions.pattern, text)
    assert not re.search(conditions.pattern, "zoe.lienard, nl12a34b57")
    assert not conditions.is_crowd


def test_signs_without_capitals_are_looked_for_before_when_each_has_some():
    phone = Identifier("phone", "+33639982000")
    for local, first in (
        ("zoe.1984", ("%1%9%8%4%", "%6%3%9%9%8%2%0%0%0%")),
        ("zoe.198", ()),
    ):
        email = Identifier("email", f"{local}@post.example")
        conditions = prefilter.get_conditions([email, phone])
        assert conditions.first_likes == first
        assert len(conditions.likes) == 2


def test_only_what_is_written_in_one_way_is_looked_for_first():
    """Letters with accents have several spellings; LIKE takes its signs literally."""
    conditions = prefilter.get_conditions(
        [
            Identifier("email", "zoé@xn--caf-dma.example"),
            Identifier("email", "a_'k@skip.example"),
        ]
    )
    assert conditions.likes == ("%a%p%e%x%a%m%p%l%e%", "%z%o%")
    assert re.search(conditions.pattern, "zoe\u0301@")


@pytest.mark.parametrize("count, few", [(3, True), (4, False)])
def test_few_numbers_are_asked_for(count, few):
    conditions = prefilter.get_conditions(
        [Identifier("phone", f"+3363998200{n}") for n in range(count)]
    )
    assert conditions.is_crowd is not few
    if few:
        assert conditions.likes[0] == "%6%3%9%9%8%2%0%0%0%"
        assert re.search(conditions.pattern, "06 39 98.20-00")


@pytest.mark.parametrize("count, few", [(8, True), (9, False)])
def test_few_addresses_are_asked_for(count, few):
    conditions = prefilter.get_conditions(CROWD[:count])
    assert conditions.is_crowd is not few
    assert bool(conditions.likes) is few


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
