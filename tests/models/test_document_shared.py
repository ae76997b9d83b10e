"""An invoice of several orders, of which one is due."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools.sql import SQL

from .test_document_books import PERSON, BooksCase

# Two customers of the case have their e-mail in the same domain
OWN = set(PERSON) - {"courriel.example"}


class TestSharedInvoice(BooksCase):
    """Without the audit trail of Odoo."""

    def share(self, order):
        self.invoice.invoice_line_ids.sale_line_ids += order.order_line
        self.env.flush_all()

    def make_out_to(self, partner):
        for table, column in (("account_move", "id"), ("account_move_line", "move_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE %s = %s",
                    SQL.identifier(table),
                    partner.id,
                    SQL.identifier(column),
                    self.invoice.id,
                )
            )
        self.env.invalidate_all()

    def track(self, message, old, new):
        """Note on a message that a name was changed."""
        name = self.env["ir.model.fields"]._get("account.move", "ref")
        self.env["mail.tracking.value"].create(
            {
                "mail_message_id": message.id,
                "field_id": name.id,
                "old_value_char": old,
                "new_value_char": new,
            }
        )

    def get_tables(self):
        """Return where the customer is on the invoice and what hangs on it."""
        traces = self.get_book_traces(self.invoice)
        return {table for table, text in traces if text in OWN}

    def get_row_traces(self, name):
        """Return where a name is on the rows of the invoice themselves."""
        return [
            table
            for table, column in (
                ("account_move", "id"),
                ("account_move_line", "move_id"),
            )
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s t WHERE %s = %s AND t::text ILIKE %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self.invoice.id,
                    f"%{name}%",
                )
            )
        ]

    def new_organisation_order(self):
        organisation = self.env["res.partner"].create(
            {"name": "Atelier Test", "is_company": True}
        )
        return self.new_order(organisation, years=1)

    def test_the_order_of_an_organisation_keeps_no_text_about_a_person(self):
        order = self.new_organisation_order()
        self.share(order)
        erasure = self.erase(self.old)
        self.assertEqual(self.get_book_traces(self.invoice), set())
        self.assertEqual(order.partner_id.name, "Atelier Test")
        self.assertFalse(self.get_kept(erasure, "other_person"))
        self.assertEqual(self.invoice.state, "posted")

    def test_an_invoice_made_out_to_the_organisation_stays_theirs(self):
        order = self.new_organisation_order()
        self.share(order)
        self.make_out_to(order.partner_id)
        self.erase(self.old)
        self.assertEqual(self.get_book_traces(self.invoice), set())
        self.assertEqual(self.invoice.partner_id, order.partner_id)
        self.assertEqual(self.invoice.line_ids.partner_id, order.partner_id)

    def test_the_names_leave_an_invoice_that_stays_for_somebody_else(self):
        """Each leaves on the day of their own last reason, who was first is gone."""
        self.share(self.other_order)
        self.make_out_to(self.other)
        self.invoice.narration = "<p>Inès Kervella et Malo Guivarch</p>"
        note = self.invoice.message_post(
            body="Inès Kervella paie pour Malo Guivarch", author_id=self.other.id,
            email_from=self.other.email, message_type="comment",
        )  # fmt: skip
        self.track(note, "Inès Kervella", "Malo Guivarch")
        self.invoice.message_subscribe(self.other.ids)
        task = self.invoice.activity_schedule(
            "mail.mail_activity_data_todo", note="Rappeler Inès Kervella pour Malo"
        )
        self.env.flush_all()
        self.assertLessEqual({"mail_message", "mail_tracking_value"}, self.get_tables())
        own = self.invoice.message_ids.filtered(
            lambda message: message.author_id == self.customer
        )
        self.assertTrue(own)
        erasure = self.erase(self.old)
        self.assertEqual(self.get_row_traces("Kervella"), [])
        self.assertEqual(self.get_row_traces("Guivarch"), ["account_move"])
        # The file is that of who is still named on it
        self.assertEqual(self.get_tables(), {"ir_attachment"})
        self.assertTrue(self.get_kept(erasure, "other_person")["ir.attachment"])
        self.assertNotIn(self.customer, self.invoice.message_ids.author_id)
        self.assertNotIn(self.customer, self.invoice.message_partner_ids)
        self.assertIn("Malo Guivarch", note.body)
        self.assertEqual(note.author_id, self.other)
        self.assertEqual(note.tracking_value_ids.new_value_char, "Malo Guivarch")
        self.assertIn(self.other, self.invoice.message_partner_ids)
        self.assertTrue(task.exists())
        self.assertNotIn("Kervella", task.note)
        kept = self.get_kept(erasure, "other_person")
        self.assertEqual(kept["account.move"], 1)
        # The audit trail guards messages: these lost the name all the same
        self.assertNotIn("mail.message", kept)
        erased = erasure.line_ids.filtered(lambda line: line.kind == "erased")
        self.assertLessEqual(
            {"account.move.line", "mail.message", "mail.tracking.value"},
            set(erased.mapped("model")),
        )
        self.date(self.other_order, 12)
        self.erase(self.other_order)
        self.assertEqual(self.get_row_traces("Guivarch"), [])

    def test_an_invoice_made_out_to_their_own_address_is_theirs(self):
        address = self.env["res.partner"].create(
            {"parent_id": self.customer.id, "type": "invoice", "street": "2 rue Test"}
        )
        self.share(self.other_order)
        self.make_out_to(address)
        self.assertIn(self.customer, self.invoice.message_ids.author_id)
        self.erase(self.old)
        self.assertIn(self.customer, self.invoice.message_ids.author_id)

    def test_whoever_left_the_file_keeps_no_invoice_back(self):
        self.share(self.other_order)
        subject = self.env["rgpd.subject"]._of(self.other)
        subject.erased_on = fields.Datetime.now()
        self.erase(self.old)
        self.assertEqual(self.get_book_traces(self.invoice), set())

    def test_reading_what_hangs_on_an_order_writes_nothing(self):
        scope = self.env["rgpd.eraser.document.scope"]
        provider = self.env["payment.provider"].search([], limit=1)
        methods = self.env["payment.method"].with_context(active_test=False)
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": "Test partagé",
                "amount": 1.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [fields.Command.set((self.old + self.recent).ids)],
            }
        )
        self.env["rgpd.document"].search([]).unlink()
        self.assertNotIn((payment._name, payment.id), scope._get_related(self.old))
        self.assertFalse(self.env["rgpd.document"].search_count([]))


class TestSharedInvoiceRestricted(TestSharedInvoice):
    restricted = True


class TestSimulationOfInvoices(BooksCase):
    """The DPO approves what leaves on invoices as well."""

    def get_lines(self, simulation):
        lines = simulation.document_ids.filtered(
            lambda line: line.res_model == "account.move"
        )
        return {line.rule: line for line in lines}

    def test_they_are_counted_per_rule_with_a_sample(self):
        draft = self.new_draft(self.old)
        self.date_draft(draft, 12)
        self.new_invoice_of(self.recent, 1)
        simulation = self.simulate()
        self.assertEqual(simulation.invoice_count, 2)
        lines = self.get_lines(simulation)
        self.assertEqual({r: line.count for r, line in lines.items()},
                         {"posted": 1, "unposted": 1})  # fmt: skip
        self.assertEqual(lines["posted"].sample, self.invoice.ids)
        self.assertEqual(lines["unposted"].sample, draft.ids)
        self.assertIn(self.invoice.name, lines["posted"].sample_names)
        # They are none of the documents a night may erase at most
        most = simulation._get_most_documents()
        simulation.document_ids.filtered("rule").sudo().unlink()
        simulation.invalidate_recordset()
        self.assertEqual(simulation._get_most_documents(), most)

    def test_the_night_does_what_was_shown(self):
        simulation = self.approve()
        self.assertEqual(simulation.invoice_count, 1)
        self.run_night()
        self.assertEqual(self.get_book_traces(self.invoice), set())
        self.assertEqual(self.simulate().invoice_count, 0)

    def test_what_stays_for_another_order_is_not_counted(self):
        self.invoice.invoice_line_ids.sale_line_ids += self.recent.order_line
        self.assertEqual(self.simulate().invoice_count, 0)

    def test_computed_twice_it_counts_once(self):
        simulation = self.simulate()
        simulation.action_compute()
        self.assertEqual(simulation.invoice_count, 1)
        self.assertEqual(len(self.get_lines(simulation)), 1)

    def test_a_sample_opens_for_whoever_may_read_it(self):
        line = self.get_lines(self.simulate())["posted"].with_user(self.dpo)
        with self.assertRaises(AccessError):
            line.action_open_sample()
        self.dpo.group_ids += self.env.ref("account.group_account_readonly")
        action = line.action_open_sample()
        self.assertEqual(action["domain"], [("id", "in", self.invoice.ids)])

    def test_whoever_only_counts_reads_no_name(self):
        """The persons of a simulation are for officers; so are those of a sample."""
        lines = self.simulate().document_ids
        for role in ("reader", "auditor"):
            with self.subTest(role=role):
                own = lines.with_user(self.new_user(role))
                self.assertTrue(own[0].read(["count", "rule", "decision"]))
                for name in ("sample", "sample_names"):
                    self.assertNotIn(name, own.fields_get())
                    with self.assertRaises(AccessError):
                        own.read([name])
                with self.assertRaises(AccessError):
                    own[0].action_open_sample()
                for view in ("list", "kanban"):
                    arch = own.get_view(view_type=view)["arch"]
                    self.assertNotIn("sample", arch)
        officer = lines.with_user(self.new_user("officer"))
        self.assertTrue(officer[0].read(["sample_names"]))

    def test_nobody_writes_the_number_by_hand(self):
        with self.assertRaises(AccessError):
            self.simulate().invoice_count = 5
