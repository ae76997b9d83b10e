import re

import pytest

from odoo.addons.rgpd_fichier_client.core.datamap import prefilter
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

CROWD = [Identifier("email", f"person{n}@crowd.example") for n in range(100)]


def test_nothing_to_look_for():
    assert prefilter.get_conditions([]) is None
    assert prefilter.get_conditions([Identifier("name", "li")]) is None


def test_few_of_each_kind_make_one_expression():
    conditions = prefilter.get_conditions(
        [
            Identifier("email", "zoe.lienard@post.example"),
            Identifier("phone", "+33639980012"),
            Identifier("address", "12 rue des exemples|75002|paris"),
        ]
    )
    for text in ("a zoe.lienard@x", "06 39.98 00 12", "rue des exemples"):
        assert re.search(conditions.pattern, text)
    assert not re.search(conditions.pattern, "zoe-lienard, 06 39 98 00 13, chemin")
    assert not conditions.has_at
    assert not conditions.reads_all


def test_many_addresses_have_any_address_read():
    conditions = prefilter.get_conditions(CROWD)
    assert conditions.has_at
    assert not conditions.pattern


@pytest.mark.parametrize("count, read", [(30, False), (60, True)])
def test_many_names_have_everything_read(count, read):
    names = [Identifier("name", f"prenom{n} nom{n}") for n in range(count)]
    assert prefilter.get_conditions(names).reads_all is read
