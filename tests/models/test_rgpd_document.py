"""The longest rule wins per document: old orders of a living customer."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .document_common import DocumentCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"
PERSON = ("Kervella", "courriel.example", "39 98 30 01", "639983001")


class TestDocumentErasure(DocumentCase):
    def erase(self, order):
        return self.env["rgpd.eraser"]._erase_documents(order)

    def test_the_person_leaves_the_old_order_and_stays_in_the_file(self):
        total, day, seller = self.old.amount_total, self.old.date_order, self.seller
        expired = [("rgpd_phase", "=", "expired")]
        self.assertIn(self.old, self.old.search(expired))
        erasure = self.erase(self.old)
        self.assertEqual(self.get_traces(self.old, *PERSON), [])
        # Nothing is left to decide about it
        self.assertFalse(self.old.rgpd_phase)
        self.assertNotIn(self.old, self.old.search(expired))
        self.assertEqual(self.customer.name, "Inès Kervella")
        self.assertTrue(self.customer.email)
        self.assertFalse(self.subject(self.customer).erased_on)
        self.assertEqual(self.old.amount_total, total)
        self.assertEqual(self.old.date_order, day)
        self.assertEqual(self.old.user_id, seller)
        self.assertEqual(self.old.order_line.product_id, self.product)
        self.assertIn("Armoire", self.old.order_line.name)
        # Nothing of the recent order changed
        self.assertEqual(len(self.get_traces(self.recent, "Kervella")), 4)
        self.assertEqual(erasure.scope, "documents")
        self.assertEqual(erasure.document_count, 1)

    def subject(self, partner):
        return self.env["rgpd.subject"]._of(partner)

    def test_no_link_leads_to_the_person(self):
        self.erase(self.old)
        order = self.old
        stand_in = order.partner_id
        self.assertNotEqual(stand_in, self.customer)
        self.assertEqual(order.partner_invoice_id, stand_in)
        self.assertEqual(order.partner_shipping_id, stand_in)
        self.assertEqual(order.order_line.order_partner_id, stand_in)
        self.assertNotIn(self.customer, order.message_ids.author_id)
        self.assertNotIn(self.customer, order.message_partner_ids)
        self.assertFalse(order.message_ids.notified_partner_ids & self.customer)
        self.assertNotIn(order, self.customer.sale_order_ids)
        self.assertFalse(order.signed_by)
        # a contact that is nobody: no person of the file, in no list
        self.assertFalse(stand_in.active)
        self.assertFalse(self.subject(stand_in).is_natural)
        self.assertEqual(stand_in.country_id, self.customer.country_id)
        found = self.env["rgpd.person.finder"]._find(self.customer)
        self.assertNotIn(order.id, found["sale.order"])

    def test_what_others_wrote_stays_without_the_name(self):
        self.erase(self.old)
        bodies = "".join(map(str, self.old.message_ids.mapped("body")))
        self.assertIn("Rappelé", bodies)
        self.assertNotIn("Bonjour", bodies)

    def test_a_delivery_address_of_its_own_is_cut_too(self):
        address = self.env["res.partner"].create(
            {
                "parent_id": self.customer.id,
                "type": "delivery",
                "name": "Inès Kervella chez Paul",
                "street": "9 venelle Cachée",
            }
        )
        order = self.new_order(self.customer, years=12, partner_shipping_id=address.id)
        self.erase(order)
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        self.assertTrue(address.exists())
        self.assertEqual(address.street, "9 venelle Cachée")

    def test_an_order_for_an_employer_stays_with_the_employer(self):
        company = self.env["res.partner"].create(
            {"name": "Atelier Test", "is_company": True}
        )
        employee = self.new_customer("Tudal Morvan", 3, parent_id=company.id)
        order = self.new_order(employee, years=12)
        self.erase(order)
        self.assertFalse(self.document(order).error)
        self.assertEqual(order.partner_id, company)
        self.assertEqual(self.get_traces(order, "Morvan"), [])

    def test_the_certificate_says_what_went_and_what_stays(self):
        invoice = self.new_invoice(self.old, years=8)
        erasure = self.erase(self.old)
        lines = erasure.line_ids
        erased = lines.filtered(lambda line: line.kind == "erased")
        self.assertLessEqual(
            {"sale.order", "mail.message", "ir.attachment", "mail.followers"},
            set(erased.mapped("model")),
        )
        kept = lines.filtered(lambda line: line.kind == "kept").grouped("model")
        self.assertEqual(kept["sale.order"].note, "aggregate")
        self.assertIn("L123-22", kept["account.move"].article)
        year = invoice.date.year + 10
        self.assertEqual(
            kept["account.move"].end_date, fields.Date.to_date(f"{year}-12-31")
        )
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertFalse(erasure.has_identifiers)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "erasure.documents")], order="id desc", limit=1
        )
        self.assertEqual(entry.subject_uid, self.subject(self.customer).uid)
        erasure._close_document_safely()
        self.assertEqual(erasure.state, "closed")
        self.assertTrue(erasure.certificate_digest)

    def test_the_person_is_still_erased_as_a_whole_later(self):
        """The certificate of the documents is no certificate of the person."""
        self.customer.email = self.customer.phone = self.customer.street = False
        self.erase(self.old)
        self.recent.state = "cancel"
        self.recent.unlink()
        erasure = self.env["rgpd.eraser"]._erase(self.customer, "request")
        self.assertEqual(erasure.scope, "person")
        self.assertNotIn("Kervella", self.customer.name)

    def test_a_recomputation_changes_nothing(self):
        self.recompute()
        self.erase(self.old)
        self.env.flush_all()
        read = self.old.read()[0], self.old.order_line.read()
        self.recompute()
        again = self.old.read()[0], self.old.order_line.read()
        for before, after in ((read[0], again[0]), (read[1][0], again[1][0])):
            for key in before.keys() - {"write_date", "write_uid", "__last_update"}:
                self.assertEqual(before[key], after[key], key)

    def recompute(self):
        """Compute again everything Odoo stores and nobody types."""
        for record in (self.old, self.old.order_line):
            for field in record._fields.values():
                if field.store and field.compute and field.readonly:
                    self.env.add_to_compute(field, record)
        self.env.flush_all()
        self.env.invalidate_all()

    @mute_logger(ERASER)
    def test_one_failure_stops_no_other(self):
        second = self.new_order(self.customer, years=12)
        work = self.env.registry["rgpd.eraser.document.work"]
        original = work._mask_documents

        def fail(engine, scope):
            if self.old in scope.records:
                raise UserError("Non")
            return original(engine, scope)

        with patch.object(work, "_mask_documents", fail):
            self.erase(self.old | second)
        self.assertEqual(self.get_traces(second, "Kervella"), [])
        self.assertTrue(self.get_traces(self.old, "Kervella"))
        self.assertEqual(self.document(self.old).error, "Non")
        self.assertTrue(self.document(self.old).date_retry)
        self.assertFalse(self.document(self.old).erased_on)
        # Or the job would come back at once, for ever
        self.assertEqual(self.env["rgpd.document"]._count_due(self.env.company), 0)

    @mute_logger(ERASER)
    def test_a_link_that_is_left_undoes_the_erasure(self):
        work = self.env.registry["rgpd.eraser.document.work"]
        with patch.object(work, "_point_at_stand_ins", lambda *args: None):
            self.erase(self.old)
        self.assertTrue(self.get_traces(self.old, "Kervella"))
        self.assertIn("still leads to the person", self.document(self.old).error)

    def test_a_text_the_map_forgot_is_found_and_said(self):
        self.old.origin = f"Courriel de {self.customer.email}"
        erasure = self.erase(self.old)
        self.assertEqual(self.get_traces(self.old, *PERSON), [])
        residue = erasure.line_ids.filtered(lambda line: line.kind == "residue")
        self.assertEqual(residue.mapped("model"), ["sale.order"])
        self.assertEqual(residue.note, "redacted")

    def test_figures_are_the_same_before_and_after(self):
        other = self.new_order(self.other, years=12)
        before = self.get_figures()
        self.erase(self.old | other)
        self.assertEqual(self.get_figures(), before)
        self.assertTrue(before)

    def get_figures(self):
        """Return the turnover by month, product, country and salesperson."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["sale.report"]._read_group(
            [("product_id", "=", self.product.id)],
            ["date:month", "product_id", "country_id", "user_id"],
            ["price_total:sum", "product_uom_qty:sum", "__count"],
        )


class TestDocumentNight(DocumentCase):
    def is_erased(self, order):
        return not self.get_traces(order, "Kervella", "Guivarch")

    def test_nothing_goes_before_the_approval(self):
        self.simulate()
        self.run_night()
        self.assertFalse(self.is_erased(self.old))

    def test_the_night_does_what_the_simulation_said(self):
        simulation = self.approve()
        self.assertGreaterEqual(simulation.document_count, 1)
        self.run_night()
        run = simulation.run_ids
        self.assertEqual(run.state, "done")
        self.assertEqual(run.document_count, simulation.document_count)
        self.assertTrue(self.is_erased(self.old))
        self.assertFalse(self.is_erased(self.recent))
        self.assertIn(self.document(self.old).erasure_id, run.erasure_ids)
        # another night finds none
        self.run_night()
        self.assertEqual(simulation.run_ids.sorted("id")[-1].document_count, 0)
        self.assertEqual(self.simulate().document_count, 0)

    def test_an_approval_of_before_does_not_cover_documents(self):
        """The number of the night is part of the fingerprint."""
        simulation = self.approve()
        # 02 knew no documents, 03 left their invoices alone, 04 the leads
        for number in ("02", "03", "04"):
            with self.subTest(number):
                self.env.cr.execute(
                    "UPDATE rgpd_simulation SET fingerprint ="
                    " left(fingerprint, -2) || %s WHERE id = %s",
                    (number, simulation.id),
                )
                simulation.invalidate_recordset()
                self.run_night()
                self.assertFalse(self.is_erased(self.old))

    def test_a_posted_invoice_keeps_its_order(self):
        self.new_invoice(self.old, years=8)
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.old))

    def test_a_hold_on_an_order_keeps_it(self):
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "order_id": self.old.id, "lift_reason": "Jugé"}
        )
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.old))
        hold.action_lift()
        self.run_night()
        self.assertTrue(self.is_erased(self.old))

    def test_a_restriction_keeps_the_order_as_it_is(self):
        self.env["rgpd.restriction"].create(
            {
                "subject_id": self.env["rgpd.subject"]._of(self.customer).id,
                "ground": "accuracy",
                "company_id": self.env.company.id,
            }
        )
        simulation = self.approve()
        self.assertEqual(simulation.document_count, 0)
        self.assertGreaterEqual(simulation.document_held_count, 1)
        self.run_night()
        self.assertFalse(self.is_erased(self.old))

    def test_an_order_a_reason_counts_from_waits(self):
        """Prospecting of ten years, set by the company, counts from the last order."""
        self.env.ref("rgpd_fichier_client.rgpd_purpose_prospect_postal").write(
            {"active_delay": 15, "archive_delay": 0}
        )
        self.recent.sudo().with_context(disable_cancel_warning=True).write(
            {"state": "draft"}
        )
        self.recent.unlink()
        self.refresh()
        end = self.env["rgpd.subject"]._of(self.customer).date_retention
        simulation = self.approve()
        self.assertEqual(simulation.document_count, 0)
        self.assertGreaterEqual(simulation.document_held_count, 1)
        self.run_night()
        self.assertFalse(self.is_erased(self.old))
        self.assertEqual(
            self.env["rgpd.subject"]._of(self.customer).date_retention, end
        )

    def test_another_company_decides_for_its_own_orders(self):
        other = self.env["res.company"].create({"name": "Seconde société"})
        self.env.user.company_ids |= other
        order = self.new_order(self.customer, years=12, company_id=other.id)
        self.approve()
        self.run_night()
        self.assertTrue(self.is_erased(self.old))
        self.assertFalse(self.is_erased(order))

    def test_a_cap_counts_documents(self):
        self.env.company.rgpd_night_cap = 1
        second = self.new_order(self.customer, years=12)
        simulation = self.approve()
        self.run_night()
        self.assertEqual(simulation.run_ids.document_count, 1)
        self.assertEqual(simulation.run_ids.state, "running")
        erased = [self.is_erased(order) for order in (self.old, second)]
        self.assertEqual(sorted(erased), [False, True])

    def test_far_more_documents_than_approved_stop_the_night(self):
        simulation = self.approve()
        for _number in range(3):
            self.new_order(self.customer, years=12)
        self.refresh()
        night = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_document_night"
        with patch(f"{night}.MARGIN_COUNT", 0):
            self.run_night()
        self.assertEqual(simulation.run_ids.state, "stopped")
        self.assertIn("documents", simulation.activity_ids.note)
        self.assertFalse(self.is_erased(self.old))

    def test_a_purpose_that_ends_in_a_review_erases_nothing(self):
        self.env.ref("rgpd_fichier_client.rgpd_purpose_order").end_action = "review"
        simulation = self.approve()
        self.assertEqual(simulation.document_count, 0)
        self.run_night()
        self.assertFalse(self.is_erased(self.old))

    def test_a_company_without_rules_erases_no_order(self):
        """No end is known: nothing leaves (invariant 13)."""
        purposes = self.env["rgpd.purpose"].search(
            [("code", "in", ("order", "quote", "invoice"))]
        )
        purposes.active = False
        self.refresh()
        self.assertFalse(self.document(self.old).date_next)
        self.approve()
        self.run_night()
        self.assertFalse(self.is_erased(self.old))

    def test_an_archived_customer_keeps_nothing_of_the_order_in_the_archive(self):
        """The intermediate archive forgets the order as well."""
        old = self.new_order(self.other, years=12)
        self.date(self.other_order, years=4)
        self.new_invoice(self.other_order, years=4)
        self.refresh()
        subject = self.env["rgpd.subject"]._of(self.other)
        self.assertEqual(subject.phase, "archive")
        vault = self.env["rgpd.vault"]._archive(subject)
        self.assertTrue(vault)
        self.env["rgpd.eraser"]._erase_documents(old)
        vault = self.env["rgpd.vault"]._of(subject)
        self.assertTrue(vault, "still in the archive")
        vault._restore("by_hand")
        self.env.invalidate_all()
        self.assertTrue(self.other.email)
        self.assertTrue(self.is_erased(old))
        self.assertIn("Guivarch", str(self.other_order.note))

    def test_the_form_says_when_the_names_leave(self):
        seen = self.recent.with_user(self.seller)
        self.assertIn("once the DPO", seen.rgpd_leaving)
        self.approve()
        self.env.invalidate_all()
        self.assertIn("even if the customer stays", seen.rgpd_leaving)
        self.run_night()
        self.run_night()
        self.refresh()
        self.env.invalidate_all()
        self.assertIn("EFF/", self.old.rgpd_leaving)
        self.assertFalse(self.document(self.old).date_next)

    def test_an_order_that_names_somebody_again_is_due_again(self):
        self.env["rgpd.eraser"]._erase_documents(self.old)
        self.old.partner_id = self.customer
        self.refresh()
        self.assertFalse(self.document(self.old).erased_on)
        self.approve()
        self.run_night()
        self.assertTrue(self.document(self.old).erased_on)
        self.assertNotEqual(self.old.partner_id, self.customer)

    def test_the_bound_is_looked_at_again_when_it_has_passed(self):
        self.refresh()
        row = self.document(self.recent)
        self.assertEqual(row.date_next, self.recent.rgpd_date_retention)
        self.env.cr.execute(
            "UPDATE rgpd_document SET date_next = '2001-01-01' WHERE id = %s", (row.id,)
        )
        row.invalidate_recordset()
        self.env["rgpd.document"]._refresh_passed()
        self.assertEqual(row.date_next, self.recent.rgpd_date_retention)
