import ast
from collections import Counter

from odoo.fields import Domain

from odoo.addons.rgpd_fichier_client.core.datamap import schema

from ..common import RgpdCase
from .datamap_rows import read_rows


class TestShippedLinks(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map = cls.env["rgpd.data.map"]
        cls.map._discover()
        cls.links = cls.map._get_links()

    def test_every_shipped_row_of_an_installed_model_is_found_in_the_registry(self):
        present = {(x.model, x.kind, x.path, x.target) for x in self.links}
        missing = [
            row["id"]
            for row in read_rows("rgpd.data.link")
            if row["model"] in self.env
            and not self.env[row["model"]]._abstract
            and self._is_installed(row)
            and (row["model"], row["kind"], row["path"], row["target_model"])
            not in present
        ]
        self.assertFalse(missing)

    def _is_installed(self, row):
        """A row may wait for an add-on that brings its field or its target."""
        target = row["target_model"]
        if target != "*" and target not in self.env:
            return False
        owner = self.env[target if row["path"].startswith("<") else row["model"]]
        names = row["path"].lstrip("<").split(",")
        return row["kind"] == "anchor" or all(name in owner._fields for name in names)

    def test_rows_use_the_words_of_the_map_and_are_named_once(self):
        rows = list(read_rows("rgpd.data.link"))
        self.assertEqual(max(Counter(row["id"] for row in rows).values()), 1)
        for row in rows:
            self.assertIn(row["kind"], schema.LINK_KINDS, row["id"])
            self.assertIn(row["role"], schema.ROLES, row["id"])
            self.assertIn(row["on_erase"], schema.ERASE_ACTIONS, row["id"])

    def test_no_link_of_odoo_itself_is_left_to_the_rules(self):
        """What a rule guesses is for add-ons nobody here knows.

        Of properties nothing is guessed: their definition says whom they name.
        """
        guessed = self.env["rgpd.data.link"].search(
            [
                ("is_present", "=", True),
                ("origin", "=", "rule"),
                ("role", "!=", "staff"),
                ("kind", "!=", "property"),
                ("model", "not like", "x\\_%"),
            ]
        )
        self.assertFalse(guessed.mapped("display_name"))

    def test_every_path_can_be_followed(self):
        finder = self.env["rgpd.person.finder"]
        for link in self.links:
            with self.subTest(link.key, model=link.model):
                if link.domain:
                    Domain(ast.literal_eval(link.domain)).validate(self.env[link.model])
                if link.kind in ("email", "phone"):
                    query = finder._get_address_query(link, ["+33639980000"])
                elif link.kind != "anchor":
                    target = "res.partner" if link.target == "*" else link.target
                    query = finder._get_link_query(link, target, [0])
                else:
                    continue
                # Asked by itself: the finder goes on without what cannot be read
                self.env.execute_query(query)

    def test_staff_links_change_nothing_and_lead_nowhere(self):
        for link in self.links:
            if link.role == "staff":
                self.assertEqual((link.on_erase, link.leads_on), ("keep", False))

    def test_accounting_is_kept_by_every_link(self):
        for link in self.links:
            if link.document_kind == "accounting":
                self.assertEqual(link.on_erase, "keep", link.model)

    def test_choice_of_the_company_survives_an_update(self):
        link = self.env.ref("rgpd_fichier_client.link_mail_activity__res_model_res_id")
        link.on_erase_override = "delete"
        field = self.env.ref("rgpd_fichier_client.field_sale_order__client_order_ref")
        field.status_override = "not_personal"
        for record, shipped in ((link, "on_erase"), (field, "strategy")):
            record._load_records(
                [
                    {
                        "xml_id": record.get_external_id()[record.id],
                        "values": {shipped: record[shipped]},
                        "noupdate": False,
                    }
                ],
                update=True,
            )
        self.map._discover()
        self.assertEqual(link.effective_on_erase, "delete")
        self.assertEqual(field.effective_status, "not_personal")
        self.assertIn("delete", [x.on_erase for x in self.map._get_links(link.model)])
