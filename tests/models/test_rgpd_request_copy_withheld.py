"""A whole record stays out of a copy: nothing of it is in any byte of the archive."""

import io
import json
import zipfile
from unittest.mock import patch

import pypdf

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.rgpd_fichier_client.models.request.copy_review import StoredReview

from .test_rgpd_request_copy import CopyCase

PRICE = 4321.09


class WithheldCase(CopyCase):
    """Jeanne has two orders: one is about to be withheld, the other one is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("report.url", "http://127.0.0.1:1")
        cls.secret_product = cls.env["product.product"].create(
            {"name": "Prototype Zéphyr", "list_price": PRICE}
        )
        cls.secret_order = cls.env["sale.order"].create(
            {
                "name": "SECRET-2026-7781",
                "partner_id": cls.person.id,
                "client_order_ref": "Projet Zéphyr 12",
                "order_line": [Command.create({"product_id": cls.secret_product.id})],
            }
        )
        cls.secret_order.message_post(
            body="Parlons du Zéphyr.",
            message_type="comment",
            attachments=[("plan.txt", b"Le plan du Zephyr")],
        )
        cls.secret_file = cls.env["ir.attachment"].create(
            {
                "name": "devis SECRET-2026-7781.txt",
                "raw": b"Notre devis confidentiel",
                "res_model": "sale.order",
                "res_id": cls.secret_order.id,
            }
        )
        cls.secret_order.activity_schedule(
            "mail.mail_activity_data_todo", summary="Rappeler pour le Zéphyr"
        )
        cls.traces = (
            "SECRET-2026-7781",
            "Zéphyr",
            "Zephyr",
            "4321.09",
            "4,321.09",
            "4 321,09",
            "4\u202f321,09",
            "devis confidentiel",
        )

    def withhold(self, copy, *records, ground="secret"):
        places = [(record._name, record.id) for record in records]
        copy.with_user(self.officer)._withhold(places, ground)
        self.env.invalidate_all()

    def prepare_portability(self):
        self.request.item_ids = [
            Command.create({"right": "portability", "decision": "granted"})
        ]
        person = self.person.with_user(self.officer)
        return self.request._prepare_copy("portability", person)

    def read_all(self, archive):
        """Return every member as text, printed ones read as a reader does."""
        texts = []
        for name in archive.namelist():
            content = archive.read(name)
            texts.append(name)
            texts.append(content.decode("utf-8", "replace"))
            if name.endswith(".pdf"):
                pages = pypdf.PdfReader(io.BytesIO(content)).pages
                texts += [page.extract_text() for page in pages]
        return "\n".join(texts)

    def assertNothingOf(self, archive, *traces):
        text = self.read_all(archive)
        for trace in traces:
            self.assertNotIn(trace, text)

    def make(self, copy, portability=False):
        stream = io.BytesIO()
        self.manifest = self.env["rgpd.person.exporter"]._export(
            self.person, stream, portability, StoredReview(copy.sudo())
        )
        return zipfile.ZipFile(stream)


class TestWithheld(WithheldCase):
    """What the officer withholds, with all that hangs on it, in every format."""

    def test_an_order_with_lines_messages_files_and_activities(self):
        copy = self.prepare()
        before = self.read_all(self.make(copy))
        for trace in ("SECRET-2026-7781", "Zéphyr", "4,321", "devis confidentiel"):
            self.assertIn(trace, before, "it is in as long as nobody withholds it")
        orders = self.manifest["counts"]["sale.order"]
        self.withhold(copy, self.secret_order)
        archive = self.make(copy)
        self.assertNothingOf(archive, *self.traces)
        self.assertEqual(self.manifest["counts"]["sale.order"], orders - 1)
        self.assertEqual(self.manifest["withheld"], {"secret": 1})
        data = json.loads(archive.read("data.json"))
        self.assertTrue(
            [note for note in data["notes"] if note.startswith("One record is")]
        )
        references = [
            record["reference"]
            for part in data["models"]
            if part["model"] == "sale.order"
            for record in part["records"]
        ]
        self.assertNotIn(self.secret_order.id, references)
        self.assertIn(self.order.id, references)
        self.assertIn(self.order.name, self.read_all(archive))

    def test_one_method_names_all_that_hangs_on_it(self):
        copy = self.prepare()
        self.withhold(copy, self.secret_order)
        withheld = copy._get_withheld_records()
        for record in (
            self.secret_order,
            *self.secret_order.order_line,
            *self.secret_order.message_ids,
            *self.secret_order.message_ids.attachment_ids,
            *self.secret_order.activity_ids,
            self.secret_file,
        ):
            self.assertEqual(withheld[record._name, record.id], "secret", record)
        self.assertNotIn(("sale.order", self.order.id), withheld)
        self.assertNotIn(("res.partner", self.person.id), withheld)

    def test_its_number_is_hidden_where_other_records_write_it(self):
        self.order.origin = "SECRET-2026-7781"
        self.say("Voir aussi secret-2026-7781 et votre devis.")
        named = self.file.copy({"name": "copie SECRET-2026-7781.txt"})
        told = self.file.copy({"name": "notes.txt", "raw": b"Voir SECRET-2026-7781"})
        same = self.secret_file.copy(
            {"name": "x.txt", "res_model": "res.partner", "res_id": self.person.id}
        )
        copy = self.prepare()
        self.assertIn("x.txt", self.read_all(self.make(copy)))
        self.withhold(copy, self.secret_order)
        archive = self.make(copy)
        self.assertNothingOf(archive, *self.traces, "secret-2026", "x.txt", "notes.txt")
        self.assertIn("Voir aussi [withheld", self.read_all(archive))
        self.assertTrue(named and told and same)

    def test_a_message_without_anything_masked(self):
        message = self.say("Nous pensons la croire solvable.")
        file = self.env["ir.attachment"].create(
            {"name": "pièce.txt", "raw": b"Le contenu joint"}
        )
        message.attachment_ids = file
        copy = self.prepare()
        self.assertFalse(self.lines(copy, message).filtered("doubt"))
        self.withhold(copy, message, ground="others")
        archive = self.make(copy)
        self.assertNothingOf(archive, "solvable", "pièce.txt", "Le contenu joint")
        self.assertIn("[withheld to protect other people", self.read_all(archive))
        self.assertIn("bench", self.read_all(archive), "the others are there")

    def test_a_file_of_a_kept_record_goes_with_the_message_only_if_alone_in_it(self):
        message = self.say("Un avis.", attachments=[("avis.txt", b"Notre avis joint")])
        [own] = message.attachment_ids
        self.assertEqual((own.res_model, own.res_id), ("res.partner", self.person.id))
        shared = self.file.copy(
            {
                "name": "tarif.txt",
                "raw": b"Le tarif public",
                "res_model": "sale.order",
                "res_id": self.order.id,
            }
        )
        message.attachment_ids += shared
        self.say("Voici.").attachment_ids = shared
        picture = self.env["ir.attachment"].search(
            [("res_field", "=", "image_1920"), ("res_id", "=", self.person.id)]
        )
        message.attachment_ids += picture
        copy = self.prepare()
        self.withhold(copy, message, ground="others")
        archive = self.make(copy)
        self.assertNothingOf(archive, "avis.txt", "Notre avis joint")
        self.assertIn("Le tarif public", self.read_all(archive))
        for file in (shared, picture):
            self.assertNotIn((file._name, file.id), copy._get_withheld_records())

    def test_a_lead(self):
        if "crm.lead" not in self.env:
            self.skipTest("no leads here")
        lead = self.env["crm.lead"].create(
            {
                "name": "Rachat du moulin",
                "partner_id": self.person.id,
                "expected_revenue": 987654.0,
                "description": "<p>Le notaire attend.</p>",
            }
        )
        lead.message_post(body="Le notaire rappelle.", message_type="comment")
        self.order.write({"origin": "Rachat du moulin", "opportunity_id": lead.id})
        copy = self.prepare()
        self.assertIn("Rachat du moulin", self.read_all(self.make(copy)))
        self.withhold(copy, lead)
        self.assertNothingOf(
            self.make(copy), "Rachat du moulin", "987654", "987,654", "notaire"
        )

    def test_names_of_links_to_it(self):
        copy = self.prepare()
        self.withhold(copy, self.secret_order)
        exporter = self.env["rgpd.person.exporter"].sudo()
        reader = exporter._prepare_reader(
            self.person, {}, False, StoredReview(copy.sudo())
        )
        hidden = "[withheld: business secret, Art. 15.4 GDPR]"
        self.assertEqual(reader.get_name(self.secret_order), hidden)
        self.assertEqual(reader.get_name(self.secret_order.order_line), hidden)
        self.assertEqual(reader.get_name(self.secret_file), hidden)
        self.assertEqual(reader.get_name(self.order), self.order.name)

    def test_portability_too(self):
        self.person.user_ids = self.env["res.users"].create(
            {"name": "Jeanne", "login": "jeanne@client.example"}
        )
        mine = self.secret_order.message_post(
            body="Mon idée du Zéphyr", author_id=self.person.id, message_type="comment"
        )
        self.env["ir.attachment"].with_user(self.person.user_ids).sudo().create(
            {
                "name": "idée.txt",
                "raw": b"Le Zephyr est mon invention",
                "res_model": "sale.order",
                "res_id": self.secret_order.id,
            }
        )
        copy = self.prepare_portability()
        self.assertIn("mon invention", self.read_all(self.make(copy, True)))
        self.withhold(copy, self.secret_order)
        archive = self.make(copy, True)
        self.assertNothingOf(archive, *self.traces, "mon invention", "idée.txt")
        self.assertTrue(mine)

    def test_it_stays_out_when_the_copy_is_read_again(self):
        copy = self.prepare()
        self.withhold(copy, self.secret_order)
        self.prepare()
        [line] = self.lines(copy, self.secret_order)
        self.assertEqual((line.kind, line.decision), ("record", "withhold"))
        self.assertNothingOf(self.make(copy), *self.traces)
        self.secret_order.unlink()
        self.prepare()
        self.assertFalse(line.exists(), "it is not held any more")

    def test_what_hangs_on_it_needs_no_decision_until_it_is_given_back(self):
        self.secret_order.message_post(
            body="Marc Exemple le veut aussi.", message_type="comment"
        )
        copy = self.prepare()
        self.assertEqual(copy.todo_count, 1)
        self.withhold(copy, self.secret_order)
        self.assertEqual(copy.todo_count, 0)
        self.assertTrue(copy.can_leave)
        self.secret_order.message_post(
            body="Marc Exemple insiste.", message_type="comment"
        )
        self.prepare()
        self.assertEqual(copy.todo_count, 0, "a new message of it is covered too")
        line = self.lines(copy, self.secret_order)
        line.with_user(self.officer).action_mask()
        self.env.invalidate_all()
        self.assertEqual(copy.todo_count, 2)
        self.assertFalse(copy.can_leave)
        copy.line_ids.filtered("doubt").with_user(self.officer).action_mask()
        self.assertIn("SECRET-2026-7781", self.read_all(self.make(copy)))

    def test_giving_back_does_not_give_what_was_withheld_for_itself(self):
        [message] = self.secret_order.message_ids.filtered("attachment_ids")
        copy = self.prepare()
        self.withhold(copy, self.secret_order, message)
        self.lines(copy, self.secret_order).with_user(self.officer).action_mask()
        archive = self.make(copy)
        self.assertIn("SECRET-2026-7781", self.read_all(archive))
        self.assertNothingOf(archive, "Parlons du", "plan.txt", "Le plan du")

    def test_the_letter_tells_it(self):
        copy = self.prepare()
        letter = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letter._prepare(self.request, "access", channel="email")
        self.withhold(copy, self.secret_order)
        letter.invalidate_recordset()
        self.assertIn("hold a business secret", letter.content_html)
        letter.action_send()
        self.assertNotIn("SECRET-2026", letter.sent_body)

    def test_a_ground_is_asked_and_the_record_must_be_in_the_copy(self):
        copy = self.prepare().with_user(self.officer)
        order = [("sale.order", self.secret_order.id)]
        with self.assertRaisesRegex(UserError, "ground"):
            copy._withhold(order, False)
        with self.assertRaisesRegex(UserError, "not part of the copy"):
            copy._withhold([("sale.order", self.strange_order.id)], "secret")
        with self.assertRaisesRegex(UserError, "refuse the right"):
            copy._withhold([("res.partner", self.person.id)], "secret")
        with self.assertRaisesRegex(UserError, "Choose"):
            copy._withhold([], "secret")
        self.assertFalse(copy._get_withheld_records())

    def test_the_journal_keeps_that_and_not_what(self):
        copy = self.prepare()
        self.withhold(copy, self.secret_order)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "request.copy_reviewed")], order="id desc", limit=1
        )
        self.assertEqual(entry.actor, self.officer.id)
        self.assertEqual(entry.payload["decision"], "withhold")
        self.assertEqual(entry.payload["ground"], "secret")
        self.assertNotIn("7781", str(entry.payload))


class TestWizard(WithheldCase):
    """The officer finds the record among those of the copy, and ticks it."""

    def open(self, copy, user=None):
        copy = copy.with_user(user or self.officer)
        action = copy.action_withhold_record()
        return copy.env[action["res_model"]].browse(action["res_id"])

    def test_from_the_search_to_the_copy(self):
        copy = self.prepare()
        wizard = self.open(copy)
        kinds = {kind.model: kind.name for kind in wizard.kind_ids}
        self.assertEqual(kinds["sale.order"], "Sales Order (2)")
        self.assertNotIn("res.partner", kinds)
        with Form(wizard) as form:
            form.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "sale.order")
            form.text = "7781"
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.title, "SECRET-2026-7781")
                line.is_chosen = True
            self.assertIn("Sales Order Line (1)", form.parts_text)
            # what is ticked stays when something else is looked for
            form.text = self.order.name
            form.ground = "secret"
            self.assertEqual(len(form.line_ids), 2)
        wizard.action_withhold()
        self.assertEqual(
            copy._get_withheld_roots(), {("sale.order", self.secret_order.id): "secret"}
        )

    def test_an_invoice_and_its_lines_have_names_of_their_own(self):
        names = self.env["ir.model"]._get("account.move.line")
        names.name = self.env["ir.model"]._get("account.move").name  # as in French
        same = ("sale.order", "sale.order.line", "account.move", "account.move.line")
        self.env["ir.model"]._get("sale.order.line").name = "Sales Order"
        labels = self.env["rgpd.data.map"]._get_model_labels(same)
        self.assertEqual(len(set(labels.values())), 4)
        self.assertEqual(labels["account.move"], "Invoice or journal entry")
        self.assertEqual(labels["sale.order"], "Sales Order (sale.order)")

    def test_messages_are_found_by_their_words(self):
        self.say("Nous pensons la croire solvable.")
        wizard = self.open(self.prepare())
        with Form(wizard) as form:
            form.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "mail.message")
            form.text = "solvable"
            self.assertEqual(len(form.line_ids), 1)
        self.assertEqual(wizard.line_ids.title, "Nous pensons la croire solvable.")

    def test_the_invoice_of_a_withheld_order_is_named(self):
        order_line = self.secret_order.order_line
        bill, other = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "name": name,
                    "partner_id": self.person.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.secret_product.id,
                                "sale_line_ids": [Command.set(lines.ids)],
                            }
                        )
                    ],
                }
                for name, lines in (
                    ("FAC/2026/0071", order_line),
                    ("FAC/2026/0072", order_line.browse()),
                )
            ]
        )
        wizard = self.open(self.prepare())
        with Form(wizard) as form:
            form.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "sale.order")
            form.text = "7781"
            self.assertFalse(form.invoices_text)
            with form.line_ids.edit(0) as line:
                line.is_chosen = True
            self.assertIn(bill.display_name, form.invoices_text)
            self.assertNotIn(other.display_name, form.invoices_text)
            form.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "account.move")
            form.text = "0071"
            with form.line_ids.edit(1) as line:
                line.is_chosen = True
            self.assertFalse(form.invoices_text)
            form.ground = "secret"

    def count_statements(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        return self.env.cr.sql_log_count - before

    def test_the_person_is_read_once_whatever_is_looked_for(self):
        copy = self.prepare()
        wizard = self.open(copy)
        wizard.kind_id = wizard.kind_ids.filtered(lambda x: x.model == "sale.order")
        wizard.text = "7781"
        finder = type(self.env["rgpd.person.finder"])
        with patch.object(finder, "_find", autospec=True) as find:
            searched = self.count_statements(wizard._onchange_search)
            wizard.line_ids.is_chosen = True
            ticked = self.count_statements(lambda: wizard.parts_text)
            self.assertIn("Sales Order Line (1)", wizard.parts_text)
        self.assertFalse(find.called)
        self.assertLess(searched, 35)
        self.assertLess(ticked, 35)
        with self.assertRaises(AccessError):
            wizard.with_user(self.officer).read(["found"])

    def test_what_hangs_on_records_is_read_again_only_when_one_more_stays_out(self):
        message = self.say("Marc Exemple came.")
        copy = self.prepare()
        self.withhold(copy, self.secret_order)
        line = self.lines(copy, message).with_user(self.officer)
        finder = type(self.env["rgpd.person.finder"])
        with patch.object(finder, "_find_parts", autospec=True) as find:
            masked = self.count_statements(line.action_mask)
        self.assertFalse(find.called)
        self.assertLess(masked, 30)

    def test_what_a_browser_forges_is_refused(self):
        wizard = self.open(self.prepare())
        wizard.ground = "secret"
        wizard.line_ids = [
            Command.create(
                {
                    "model": "sale.order",
                    "res_id": self.strange_order.id,
                    "is_chosen": True,
                }
            )
        ]
        with self.assertRaisesRegex(UserError, "not part of the copy"):
            wizard.action_withhold()

    def test_rights_by_group(self):
        copy = self.prepare()
        place = [("sale.order", self.secret_order.id)]
        for role in ("officer", "dpo"):
            user = self.new_user(role, login=f"copy_withhold_{role}")
            self.assertTrue(self.open(copy, user).kind_ids)
            copy.with_user(user)._withhold(place, "secret")
        wizard = self.open(copy)
        for role in ("reader", "auditor", "archive"):
            user = self.new_user(role, login=f"copy_withhold_{role}")
            with self.assertRaises(AccessError):
                copy.with_user(user).action_withhold_record()
            with self.assertRaises(AccessError):
                copy.with_user(user)._withhold(place, "secret")
            with self.assertRaises(AccessError):
                wizard.with_user(user).read(["text"])
        other = self.new_user("officer", login="copy_withhold_other")
        for records in (wizard, wizard.kind_ids, wizard.line_ids):
            with self.assertRaises(AccessError):
                records.with_user(other).read(["id", "write_uid"])
        self.assertTrue(wizard.with_user(SUPERUSER_ID).kind_ids)
