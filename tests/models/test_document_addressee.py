"""A natural person who is an address on the documents of an organisation."""

import unittest

from odoo import Command, fields
from odoo.tools import SQL, mute_logger

from .organisation_common import OrganisationCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"
NAMES = ("Guivarch", "39 98 30 02", "639983002", "malo.guivarch")


class AddresseeCase(OrganisationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.new_acme_order(12)

    @classmethod
    def new_acme_order(cls, years, name="partner_shipping_id", **vals):
        """Order for the organisation what somebody else gets, so many years ago."""
        order = cls.new_order(cls.acme, years, **{name: cls.other.id}, **vals)
        order.note = (
            f"<p>Atelier Test, 1 rue des Essais : livrer {cls.other.name} au"
            f" {cls.other.phone}</p>"
        )
        order.message_subscribe(cls.other.ids)
        order.message_post(body=f"Livré à {cls.other.name} pour Atelier Test")
        order.message_post(
            body="Je serai absent", author_id=cls.other.id,
            email_from=cls.other.email, message_type="comment",
        )  # fmt: skip
        for text in ("Atelier Test", cls.other.name):
            cls.env["ir.attachment"].create(
                {
                    "name": f"contrat {text}.txt",
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "raw": f"Contrat, {text}".encode(),
                    "mimetype": "text/plain",
                }
            )
        cls.date(order, years)
        return order

    def get_files(self, record):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        return set(files.mapped("name"))

    def get_order_rows(self):
        rows = self.env["rgpd.document"].search([("res_model", "=", "sale.order")])
        return self.env["sale.order"].browse(rows.mapped("res_id"))

    def assert_left(self, order):
        self.assertEqual(self.get_traces(order, *NAMES), [])
        for name in ("partner_invoice_id", "partner_shipping_id"):
            self.assertNotEqual(order[name], self.other)
        self.assertNotIn(self.other, order.message_partner_ids)
        self.assertNotIn(self.other, order.message_ids.author_id)
        self.assertEqual(order.partner_id, self.acme)


class TestAddressee(AddresseeCase):
    def test_which_orders_of_organisations_are_documents(self):
        invoiced = self.new_acme_order(12, "partner_invoice_id")
        nobody = self.new_order(self.acme, 12)
        place = self.env["res.partner"].create(
            {"parent_id": self.acme.id, "type": "delivery", "street": "2 rue Test"}
        )
        to_place = self.new_order(self.acme, 12, partner_shipping_id=place.id)
        address = self.env["res.partner"].create(
            {"parent_id": self.other.id, "type": "delivery", "street": "3 rue Test"}
        )
        to_address = self.new_order(self.acme, 12, partner_shipping_id=address.id)
        contact = self.new_contact()
        to_contact = self.new_order(self.acme, 12, partner_shipping_id=contact.id)
        self.refresh()
        rows = self.get_order_rows()
        for order, is_document in (
            (self.order, True),
            (invoiced, True),
            (nobody, False),
            (to_place, False),
            (to_address, True),
            (to_contact, True),
        ):
            with self.subTest(order=order.partner_shipping_id.display_name):
                self.assertEqual(order in rows, is_document)

    def test_the_night_lets_the_person_go_and_the_order_stays(self):
        recent = self.new_acme_order(1)
        total = self.order.amount_total
        simulation = self.approve()
        self.run_night()
        row = self.document(self.order)
        self.assertFalse(row.error)
        self.assertTrue(row.erased_on)
        self.assertEqual(simulation.run_ids.document_count, simulation.document_count)
        self.assert_left(self.order)
        self.assertEqual(self.order.amount_total, total)
        self.assertIn("1 rue des Essais", self.order.note)
        self.assertTrue(self.get_traces(self.order, "pour Atelier Test"))
        self.assertEqual(self.order.client_order_ref, "Commande de Atelier Test")
        # A file that names the person went, that of the organisation did not
        names = self.get_files(self.order)
        self.assertIn("contrat Atelier Test.txt", names)
        self.assertFalse([name for name in names if "Guivarch" in name])
        kept = self.get_kept(row.erasure_id, "other_person")
        self.assertEqual(kept, {"ir.attachment": len(names)})
        # The person stays, on what is younger as well
        self.assertEqual(self.other.name, "Malo Guivarch")
        self.assertEqual(recent.partner_shipping_id, self.other)
        self.assertTrue(self.get_traces(recent, "Guivarch"))
        # Once: nothing is due in the next night
        self.refresh()
        self.assertTrue(row.erased_on)
        self.assertEqual(self.simulate().document_count, 0)

    def test_a_contact_leaves_the_order_to_the_organisation(self):
        contact = self.new_contact()
        order = self.new_order(self.acme, 12, partner_shipping_id=contact.id)
        self.erase(order)
        self.assertEqual(order.partner_shipping_id, self.acme)
        self.assertEqual(contact.name, "Jeanne Guivarch")

    def test_who_paid_on_line_for_it_leaves_as_well(self):
        provider = self.env["payment.provider"].search([], limit=1)
        methods = self.env["payment.method"].with_context(active_test=False)
        order = self.new_order(self.acme, 12)
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": "Test adresse",
                "amount": 1.0,
                "currency_id": self.env.company.currency_id.id,
                "partner_id": self.other.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.refresh()
        self.assertIn(order, self.get_order_rows())
        self.erase(order)
        self.assertNotEqual(payment.partner_id, self.other)
        self.assertFalse(self.get_texts(payment, "Guivarch"))
        self.refresh()
        self.assertTrue(self.document(order).erased_on)

    def get_texts(self, record, text):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT t::text FROM %s t WHERE t.id = %s AND t::text ILIKE %s",
                SQL.identifier(record._table),
                record.id,
                f"%{text}%",
            )
        )

    def test_who_got_a_delivery_leaves_it(self):
        if "sale_id" not in self.env.get("stock.picking", self.env["base"])._fields:
            raise unittest.SkipTest("deliveries of orders are not installed")
        order = self.new_order(self.acme, 12)
        kind = self.env["stock.picking.type"].search([("code", "=", "outgoing")])[0]
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": self.other.id,
                "note": "<p>Sonner chez Malo Guivarch</p>",
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": kind.default_location_dest_id.id,
            }
        )
        self.env.cr.execute(
            "UPDATE stock_picking SET sale_id = %s WHERE id = %s",
            (order.id, picking.id),
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertIn(order, self.get_order_rows())
        self.erase(order)
        self.assertNotEqual(picking.partner_id, self.other)
        self.assertNotIn("Guivarch", picking.note)
        self.refresh()
        self.assertTrue(self.document(order).erased_on)

    @mute_logger(ERASER)
    def test_a_hold_on_the_person_keeps_all(self):
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.other.id})
        self.approve()
        self.run_night()
        self.assertEqual(self.order.partner_shipping_id, self.other)
        self.assertFalse(self.env["rgpd.eraser"]._erase_documents(self.order))
        self.assertIn("hold", self.document(self.order).error)

    def test_the_form_says_the_day_where_it_names_somebody(self):
        nobody = self.new_order(self.acme, 12)
        self.refresh()
        self.assertTrue(self.order.rgpd_leaving)
        self.assertFalse(nobody.rgpd_leaving, "nothing leaves it")
        erasure = self.erase(self.order)
        self.env.invalidate_all()
        self.assertIn(erasure.reference, self.order.rgpd_leaving)

    def test_a_restored_backup_that_brings_it_back_is_seen(self):
        nobody = self.new_order(self.acme, 12)
        self.refresh()
        created, _erased = self.env["rgpd.erasure.outbox"]._get_creations_not_erased(
            "sale.order", "partner_id"
        )
        self.assertIn(self.order.id, created)
        self.assertNotIn(nobody.id, created)


class TestAddresseeBooks(AddresseeCase):
    """On the invoices of an organisation, without the audit trail of Odoo."""

    def new_shipped(self, years=12):
        return self.new_acme_invoice(years, partner_shipping_id=self.other.id)

    def check_invoice_left(self, invoice):
        self.assertNotEqual(invoice.partner_shipping_id, self.other)
        self.assertEqual(invoice.partner_id, self.acme)
        self.assertEqual(invoice.line_ids.partner_id, self.acme)
        text = f"{invoice.narration}{invoice.message_ids.mapped('body')}"
        self.assertNotIn("Guivarch", text)
        self.assertIn("Atelier Test", text)

    def test_who_got_the_goods_leaves_an_invoice_of_no_order(self):
        invoice = self.new_shipped()
        live = self.new_shipped(2)
        nobody = self.new_hand_made(self.acme, 12)
        year = invoice.date.year
        books = self.get_figures(year), self.get_balances(), self.get_chain()
        stamp, files = invoice.write_date, self.get_files(invoice)
        self.approve()
        rows = self.get_rows()
        self.assertIn(invoice, rows)
        self.assertNotIn(nobody, rows)
        self.run_night()
        row = self.document(invoice)
        self.assertFalse(row.error)
        self.assertTrue(row.erased_on)
        self.assertFalse(row.date_books)
        self.check_invoice_left(invoice)
        self.assertEqual(self.get_files(invoice), files)
        self.assertEqual(invoice.write_date, stamp)
        self.assertEqual(
            (self.get_figures(year), self.get_balances(), self.get_chain()), books
        )
        self.assertEqual(live.partner_shipping_id, self.other)
        self.refresh()
        self.assertTrue(row.erased_on)
        self.assertEqual(self.simulate().document_count, 0)

    def test_who_got_the_goods_leaves_the_invoice_of_the_order(self):
        order = self.order
        invoice = self.new_invoice(order, 12)
        invoice.partner_shipping_id = self.other
        invoice.narration = "<p>Atelier Test, Malo Guivarch</p>"
        self.refresh()
        self.assertNotIn(invoice, self.get_rows(), "it ends with its order")
        simulation = self.simulate()
        erasure = self.erase(order)
        self.check_invoice_left(invoice)
        kept = self.get_kept(erasure, "other_person")
        self.assertEqual(kept["account.move"], 1)
        # None of the invoices that leave is that of the organisation
        posted = simulation.document_ids.filtered(lambda line: line.rule == "posted")
        self.assertEqual(sum(posted.mapped("count")), 1)
        self.assertEqual(posted.sample, self.invoice.ids)

    def test_an_invoice_that_alone_names_somebody_ends_by_itself(self):
        order = self.new_order(self.acme, 12)
        invoice = self.new_invoice(order, 12)
        invoice.partner_shipping_id = self.other
        theirs = self.new_invoice(self.new_order(self.acme, 12), 12)
        theirs.partner_shipping_id = self.acme
        self.env.flush_all()
        self.refresh()
        self.assertIn(invoice, self.get_rows())
        self.assertNotIn(theirs, self.get_rows())
        self.erase(invoice)
        self.assertNotEqual(invoice.partner_shipping_id, self.other)

    def test_an_invoice_made_out_to_the_person_is_theirs(self):
        order = self.new_acme_order(12, "partner_invoice_id")
        invoice = self.new_invoice(order, 12)
        for table, column in (("account_move", "id"), ("account_move_line", "move_id")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = %s WHERE %s = %s",
                    SQL.identifier(table),
                    self.other.id,
                    SQL.identifier(column),
                    invoice.id,
                )
            )
        self.env.invalidate_all()
        self.env.add_to_compute(invoice._fields["commercial_partner_id"], invoice)
        payment = self.pay_for(invoice, self.other)
        self.erase(order)
        self.assertNotIn(self.other, invoice.partner_id | invoice.line_ids.partner_id)
        self.assertNotEqual(payment.partner_id, self.other)
        self.assertFalse(self.document(order).date_books)

    def test_what_the_seal_covers_stays(self):
        invoice = self.new_shipped()
        invoice.journal_id.restrict_mode_hash_table = True
        invoice.button_hash()
        chain, label = self.get_chain(), invoice.invoice_line_ids.name
        self.erase(invoice)
        self.check_invoice_left(invoice)
        self.assertEqual(self.get_chain(), chain)
        self.assertEqual(invoice.invoice_line_ids.name, label)

    def test_the_certificate_tells_of_a_label_that_names_the_addressee(self):
        invoice = self.new_shipped()
        invoice.button_draft()
        invoice.invoice_line_ids.name = "Armoire livrée à Malo Guivarch"
        invoice.action_post()
        invoice.journal_id.restrict_mode_hash_table = True
        invoice.button_hash()
        erasure = self.erase(invoice)
        kept = erasure.line_ids.filtered(
            lambda line: line.kind == "kept" and line.note == "accounting"
        )
        self.assertEqual(kept.model, "account.move.line")
        self.assertEqual(kept.article, "L123-22 C. com.")
        self.assertTrue(kept.end_date)

    def test_a_young_invoice_keeps_who_got_the_goods(self):
        """The order of long ago waits for it."""
        invoice = self.new_invoice(self.order, 2)
        self.approve()
        self.run_night()
        self.assertEqual(self.order.partner_shipping_id, self.other)
        self.assertEqual(invoice.date.year, fields.Date.today().year - 2)


class TestAddresseeBooksRestricted(TestAddresseeBooks):
    """With the audit trail."""

    restricted = True
