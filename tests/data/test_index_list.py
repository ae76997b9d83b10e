from pathlib import Path

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import RgpdCase

README = Path(__file__).resolve().parents[2] / "benchmarks" / "README.md"


@tagged("post_install", "-at_install")
class TestIndexList(RgpdCase):
    """What the add-ons add to the tables of Odoo is told, with what it takes."""

    def test_each_index_is_in_the_list(self):
        listed = README.read_text()
        built = {
            name
            for (name,) in self.env.execute_query(
                SQL(
                    """SELECT indexname FROM pg_indexes
                        WHERE schemaname = current_schema
                          AND indexname LIKE '%%rgpd%%'
                          AND tablename NOT LIKE '%%rgpd%%'
                    """
                )
            )
        }
        self.assertIn("res_partner_rgpd_email_idx", built)
        self.assertEqual(
            [name for name in sorted(built | self.declare()) if name not in listed], []
        )

    def declare(self):
        """Return the indexes that models of Odoo get from the add-ons, by name."""
        names = set()
        for model in self.env.registry.values():
            if not model._abstract and not model._name.startswith("rgpd."):
                names |= {
                    name
                    for name, item in model._table_objects.items()
                    if item._module.startswith("rgpd_fichier_client")
                    and item.get_definition(self.env.registry).startswith("INDEX")
                }
        self.assertTrue(all("rgpd" in name for name in names), names)
        return names
