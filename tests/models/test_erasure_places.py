"""Values that hide in other shapes than a column: languages, companies, previews."""

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .test_erasure_complete import CompleteCase


class TestErasurePlaces(CompleteCase):
    def new_field(self, name, **values):
        self.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name,
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                **values,
            }
        )
        self.env["rgpd.data.map"]._discover()

    def read_column(self, name, partner):
        self.env.flush_all()
        query = SQL(
            "SELECT %s::text FROM res_partner WHERE id = %s",
            SQL.identifier(name),
            partner.id,
        )
        return self.env.execute_query(query)[0][0] or ""

    def test_a_value_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.new_field("x_motto", translate="standard")
        other = self.new_person("Anna Duval", 7)
        for person in (self.prospect, other):
            person.with_context(lang="en_US").x_motto = f"{person.name} likes tea"
            person.with_context(lang="fr_FR").x_motto = f"{person.name} aime le thé"
        self.assertIn("aime le th", self.read_column("x_motto", self.prospect))
        self.erase(self.prospect)
        # Nobody has judged the field: names leave, in each language
        left = self.read_column("x_motto", self.prospect)
        self.assertNotRegex(left, "Zo|nard")
        self.assertIn("likes tea", left)
        self.assertIn("Anna Duval likes tea", self.read_column("x_motto", other))
        self.assertIn("aime le th", self.read_column("x_motto", other))
        self.assertEqual(self.get_residues("zoé liénard", "zoe.lienard@"), [])

    def test_a_value_in_each_language_of_a_field_that_was_judged(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.new_field("x_motto", translate="standard")
        field = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "=", "x_motto")]
        )
        field.write(
            {
                "category_id": self.env.ref("rgpd_fichier_client.category_identity").id,
                "status": "classified",
                "strategy": "empty",
            }
        )
        self.prospect.with_context(lang="en_US").x_motto = "I like tea"
        self.prospect.with_context(lang="fr_FR").x_motto = "J'aime le thé"
        self.erase(self.prospect)
        self.assertNotRegex(self.read_column("x_motto", self.prospect), "tea|aime")

    def test_a_value_in_each_company(self):
        self.new_field("x_account_ref", company_dependent=True)
        second = self.env["res.company"].create({"name": "Second"})
        other = self.new_person("Anna Duval", 7)
        for person in (self.prospect, other):
            person.x_account_ref = f"{person.name} 1"
            person.with_company(second).x_account_ref = f"{person.name} 2"
        self.assertIn("nard 2", self.read_column("x_account_ref", self.prospect))
        self.erase(self.prospect)
        left = self.read_column("x_account_ref", self.prospect)
        self.assertNotRegex(left, "Zo|nard")
        kept = self.read_column("x_account_ref", other)
        self.assertIn("Anna Duval 1", kept)
        self.assertIn("Anna Duval 2", kept)

    def test_the_preview_of_a_link(self):
        """The page of a person is shown under a message, with its title."""
        url = "https://people.example/zoe.lienard@courriel.example"
        message = self.prospect.message_post(body=f"Voir {url}")
        preview = self.env["mail.link.preview"].create(
            {"source_url": url, "og_title": "Zoé Liénard, 06 39 98 20 00"}
        )
        other = self.new_person("Anna Duval", 7)
        elsewhere = other.message_post(body="Voir https://shop.example")
        shop = self.env["mail.link.preview"].create(
            {"source_url": "https://shop.example", "og_title": "Shop"}
        )
        link, shared, kept = self.env["mail.message.link.preview"].create(
            [
                {"message_id": message.id, "link_preview_id": preview.id},
                {"message_id": message.id, "link_preview_id": shop.id},
                {"message_id": elsewhere.id, "link_preview_id": shop.id},
            ]
        )
        self.assertTrue(self.get_residues("zoe.lienard@courriel"))
        erasure = self.erase(self.prospect)
        self.assertEqual((link | shared | kept).exists(), kept)
        self.assertEqual((preview | shop).exists(), shop)
        self.sweep(erasure)
        self.assertEqual(self.get_residues("zoé liénard", "zoe.lienard@"), [])

    def test_the_clicks_of_a_mailing(self):
        """The address of the computer and the trace leave, the number of clicks not."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Automne",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "=", self.prospect.id)],
            }
        )
        trace = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": self.prospect.id,
                "email": self.prospect.email,
                "trace_status": "open",
                "links_click_datetime": fields.Datetime.subtract(
                    fields.Datetime.now(), years=5
                ),
            }
        )
        tracker = self.env["link.tracker"].create(
            {
                "url": "https://shop.example/autumn",
                "title": "Autumn",
                "link_click_ids": [
                    Command.create({"ip": "192.0.2.77", "mailing_trace_id": trace.id})
                ],
            }
        )
        self.env.flush_all()
        self.assertEqual(tracker.count, 1)
        self.erase(self.prospect)
        self.assertEqual(self.get_residues("192.0.2.77", "zoe.lienard@"), [])
        self.assertEqual(tracker.count, 1)
        self.assertFalse(trace.exists().email)
