import io
import json
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.datamap import bundle_parts
from odoo.addons.rgpd_fichier_client.core.journal import sealing
from odoo.addons.rgpd_fichier_client.models.datamap.export_review import Review
from odoo.addons.rgpd_fichier_client.models.retention import (
    rgpd_vault as vault_module,
)
from odoo.addons.rgpd_fichier_client.models.retention import rgpd_vault_erasure

from .vault_common import VaultCase


class TestVault(VaultCase):
    def get_row(self, table="res_partner", row_id=None):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id = %s",
                SQL.identifier(table),
                row_id or self.customer.id,
            )
        )[0][0]

    def test_the_case_is_an_archived_customer(self):
        self.assertEqual(self.subject.phase, "archive")

    def test_contact_details_leave_the_active_tables(self):
        vault = self.archive()
        row = self.get_row()
        self.assertEqual(row["name"], "Hugo Perraud")
        self.assertEqual(row["street"], "4 impasse du Test 1")
        for column in ("email", "email_normalized", "phone", "phone_sanitized"):
            self.assertIsNone(row[column], column)
        self.assertEqual(
            self.get_residues("hugo.perraud@courriel.example", "639982001"), []
        )
        self.assertIn("contact", vault.part_ids.mapped("category"))
        self.assertTrue(vault.part_ids.filtered(lambda p: p.category == "file"))

    def test_what_left_is_encrypted_and_bound_to_its_place(self):
        vault = self.archive()
        part = vault.part_ids.filtered(lambda p: p.category == "contact")
        row = self.get_row("rgpd_vault_part", part.id)
        self.assertNotIn("hugo", str(row).lower())
        values = vault._unseal()["contact"]["res.partner"]["email"]
        self.assertEqual(values[0][1], "hugo.perraud@courriel.example")
        other = self.archive(self.prospect)
        other.part_ids.filtered(lambda p: p.category == "contact").sealed = part.sealed
        with self.assertRaises(UserError):
            other._unseal()

    def test_coming_back_gives_everything_back(self):
        tables = {
            "res_partner": self.customer.id,
            "sale_order": self.order.id,
        }
        before = {t: self.get_row(t, i) for t, i in tables.items()}
        messages = {m.id: str(m.body) for m in self.get_messages()}
        files = self.get_files()
        names = {f.id: (f.name, f.raw) for f in files}
        vault = self.archive()
        self.assertNotEqual(before["sale_order"], self.get_row(*tables.popitem()))
        self.assertFalse(self.get_files())
        vault._restore("by_hand")
        self.env.invalidate_all()
        self.assertFalse(vault.exists())
        after = self.get_row()
        for column, value in before["res_partner"].items():
            if column not in ("write_date", "write_uid"):
                self.assertEqual(after[column], value, column)
        row = self.get_row("sale_order", self.order.id)
        for column, value in before["sale_order"].items():
            if column not in ("write_date", "write_uid"):
                self.assertEqual(row[column], value, column)
        self.assertEqual(messages, {m.id: str(m.body) for m in self.get_messages()})
        self.assertEqual(names, {f.id: (f.name, f.raw) for f in self.get_files()})

    def get_messages(self):
        domain = [
            "|",
            "&",
            ("model", "=", "res.partner"),
            ("res_id", "=", self.customer.id),
            "&",
            ("model", "=", "sale.order"),
            ("res_id", "=", self.order.id),
        ]
        return self.env["mail.message"].search(domain)

    def get_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
        )

    def test_what_was_written_since_is_newer(self):
        vault = self.archive()
        self.customer.sudo().email = "nouveau@courriel.example"
        vault._restore("by_hand")
        self.env.invalidate_all()
        self.assertEqual(self.customer.email, "nouveau@courriel.example")
        self.assertEqual(self.customer.phone, "+33 6 39 98 20 01")

    def test_removing_the_add_on_brings_everybody_back(self):
        other = self.new_person("Lou Marchand", 7)
        vaults = self.archive() | self.archive(other)
        with patch.object(vault_module, "RESTORED_AT_ONCE", 1):
            self.env["rgpd.vault"]._uninstall()
        self.env.invalidate_all()
        self.assertFalse(vaults.exists())
        self.assertEqual(self.customer.email, "hugo.perraud@courriel.example")
        self.assertIn("@", other.email)

    def test_two_persons_in_one_batch_keep_their_own(self):
        other = self.new_person("Lou Marchand", 7)
        self.env["rgpd.reason"]._refresh(other)
        subjects = self.subject | self.env["rgpd.subject"]._of(other)
        vaults = self.env["rgpd.vault"]._archive(subjects)
        for vault in vaults:
            name = vault.subject_id._records()["res.partner"].name.split()[0].lower()
            values = vault._unseal()["contact"]["res.partner"]["email"]
            self.assertEqual(len(values), 1)
            self.assertIn(name, values[0][1])

    def test_nobody_reads_the_encrypted_bytes(self):
        vault = self.archive()
        for user in (self.archivist, self.dpo, self.seller):
            with self.assertRaises(AccessError):
                vault.part_ids.with_user(user).read(["sealed"])
        with self.assertRaises(AccessError):
            vault.with_user(self.seller).read(["reference"])
        vault.with_user(self.archivist).read(["reference", "category_names"])

    def test_without_a_key_nothing_moves(self):
        with (
            patch.object(
                self.registry["rgpd.key"], "_get", side_effect=UserError("no key")
            ),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            self.archive()
        self.env["rgpd.vault"]._forget()
        self.env.invalidate_all()
        self.assertEqual(self.customer.email, "hugo.perraud@courriel.example")

    def test_an_erasure_destroys_the_archive(self):
        vault = self.archive()
        parts = vault.part_ids
        with patch.object(
            self.registry["rgpd.eraser"],
            "_get_kept",
            lambda s, p, g: {i: {} for i in p.ids},
        ):
            erasure = self.env["rgpd.eraser"]._erase(self.customer, "retention")
        self.assertEqual(erasure.state, "masked")
        self.assertFalse(vault.exists())
        self.assertFalse(parts.exists())
        self.assertEqual(
            self.get_residues("hugo.perraud@courriel.example", "639982001"), []
        )
        kinds = dict(erasure._open_identifiers())
        self.assertIn("email", kinds)

    def test_what_the_law_keeps_is_archived_again_after_a_request(self):
        self.archive()
        erasure = self.env["rgpd.eraser"]._erase(self.customer, "request")
        self.assertTrue(erasure.is_partial)
        self.assertTrue(self.env["rgpd.vault"]._of(self.subject))
        name = self.as_user(self.seller, self.customer).name
        self.assertEqual(name, "Archived customer")

    def test_a_category_without_reason_is_destroyed_alone(self):
        vault = self.archive()
        kept = {self.subject.id: {"identity": [], "correspondence": []}}
        with patch.object(self.registry["rgpd.reason"], "_get_kept", lambda s, p: kept):
            vault._end_categories()
        self.assertEqual(vault.part_ids.mapped("category"), ["correspondence"])
        kinds = self.env["rgpd.journal"].search([]).mapped("kind")
        self.assertIn("vault.expired", kinds)

    def test_the_copy_of_article_15_holds_what_is_archived(self):
        vault = self.archive()
        stream = io.BytesIO()
        self.env["rgpd.person.exporter"]._export(self.customer, stream)
        text = zipfile.ZipFile(stream).read("data.json").decode()
        self.assertIn("hugo.perraud@courriel.example", text)
        self.env.invalidate_all()
        self.assertTrue(vault.exists())
        self.assertFalse(self.customer.email)

    def test_the_copy_is_made_a_moment_at_a_time(self):
        self.archive()
        whole, steps = io.BytesIO(), []
        exporter = self.env["rgpd.person.exporter"]
        self.patch(type(exporter), "_get_document_reports", lambda _self: {})
        exporter._export(self.customer, whole)
        self.patch(rgpd_vault_erasure, "SHOWN_SECONDS", -1)
        with bundle_parts.Spool() as spool:
            step = bundle_parts.Step(spool.append, spool.read)
            for state in exporter._export_steps(self.customer, False, Review(), step):
                steps.append(state["done"])
                self.env.invalidate_all()
                self.assertFalse(self.customer.email, "between steps it is archived")
            stream = io.BytesIO()
            exporter._export_end(self.customer, False, spool, state, stream)
        self.assertGreater(len(set(steps)), 2, "it shows how far it is")
        one, other = (
            json.loads(zipfile.ZipFile(copy).read("data.json"))
            for copy in (whole, stream)
        )
        self.assertEqual(one["models"], other["models"])
        self.assertEqual(one["files"], other["files"])

    def test_sealed_with_the_vault_key(self):
        vault = self.archive()
        part = vault.part_ids[:1]
        key = self.env["rgpd.key"]._get("vault")
        blob = self.decode(part.sealed)
        context = vault._get_context(part.category)
        self.assertTrue(sealing.unseal(key, blob, context))
