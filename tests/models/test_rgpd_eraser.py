from odoo.exceptions import AccessError, UserError

from .erasure_common import ErasureCase


class TestEraser(ErasureCase):
    def erase(self, records, ground="retention"):
        erasures = self.env["rgpd.eraser"]._erase(records, ground)
        self.env.flush_all()
        return erasures

    def sweep(self, erasure):
        """The nights after: a file without attachment takes one more collection."""
        for _night in range(2):
            self.env["ir.attachment"]._gc_file_store_unsafe()
            erasure._sweep_and_close()
            if erasure.state == "closed":
                break

    def test_a_prospect_leaves_every_table(self):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.prospect.id)]
        )
        self.assertTrue(files)
        erasure = self.erase(self.prospect)
        self.assertEqual(erasure.state, "masked", erasure.error)
        self.assertFalse(files.exists())
        self.assertFalse(self.prospect.active)
        self.assertNotIn("Zoé", self.prospect.name)
        self.assertFalse(self.prospect.email_normalized)
        self.assertFalse(self.prospect.phone_sanitized)
        found = self.get_residues(
            "zoe.lienard@courriel", "zoé liénard", "639982000", "39 98 20 00"
        )
        self.assertEqual(found, [])

    def test_masking_leaves_no_tracking_and_sends_nothing(self):
        self.env["mail.mail"].search([]).unlink()
        tracked = self.env["mail.tracking.value"].search_count([])
        self.erase(self.prospect)
        self.assertLessEqual(self.env["mail.tracking.value"].search_count([]), tracked)
        self.assertFalse(self.env["mail.mail"].search_count([]))
        last = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.prospect.id)]
        )
        self.assertFalse([m for m in last if "Zoé" in (m.body or "")])

    def test_a_live_invoice_keeps_what_accounting_needs(self):
        erasure = self.erase(self.customer)
        self.assertEqual(erasure.state, "masked", erasure.error)
        kept = erasure.line_ids.filtered(lambda line: line.kind == "kept")
        self.assertTrue(kept)
        self.assertIn("L123-22 C. com.", kept.mapped("article"))
        self.assertTrue(all(kept.filtered("article").mapped("end_date")))
        self.assertEqual(self.customer.name, "Hugo Perraud")
        self.assertTrue(self.customer.street)
        self.assertFalse(self.customer.email)
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.invoice.partner_id, self.customer)
        self.assertTrue(erasure.is_partial)

    def test_colleagues_keep_their_messages_without_the_name(self):
        other = self.new_person("Anna Duval", 7)
        note = other.message_post(
            body="Zoé Liénard (zoe.lienard@courriel.example) est sa cousine"
        )
        self.prospect.message_post(body="Vue avec Anna Duval")
        self.erase(self.prospect)
        self.sweep(self.env["rgpd.erasure"].search([], limit=1))
        self.assertTrue(note.exists())
        self.assertNotIn("zoe.lienard", note.body)
        self.assertEqual(other.name, "Anna Duval")
        self.assertEqual(other.email, "anna.duval@courriel.example")

    def test_the_sweep_closes_the_certificate_and_forgets_the_identifiers(self):
        erasure = self.erase(self.prospect)
        self.assertTrue(erasure.has_identifiers)
        self.assertTrue(erasure._open_identifiers())
        self.sweep(erasure)
        self.assertEqual(erasure.state, "closed", erasure.error)
        self.assertFalse(erasure.has_identifiers)
        self.assertEqual(erasure._open_identifiers(), [])
        self.assertTrue(erasure.certificate_digest)
        kinds = self.env["rgpd.journal"].search(
            [("subject_uid", "=", erasure.subject_uid)]
        )
        self.assertLessEqual(
            {"erasure.masked", "erasure.closed"}, set(kinds.mapped("kind"))
        )

    def test_the_sweep_reads_columns_no_model_knows(self):
        self.env.cr.execute(
            "CREATE TABLE old_addon (id serial PRIMARY KEY, remark text);"
            "INSERT INTO old_addon (remark) VALUES ('tel 06.39.98.20.00')"
        )
        erasure = self.erase(self.prospect)
        self.sweep(erasure)
        self.env.cr.execute("SELECT remark FROM old_addon")
        self.assertEqual(self.env.cr.fetchone()[0], "tel [effacé]")
        self.assertEqual(erasure.state, "closed", erasure.error)
        self.assertIn(
            "old_addon",
            erasure.line_ids.filtered(lambda line: line.kind == "residue").mapped(
                "model"
            ),
        )

    def test_a_file_of_somebody_else_keeps_the_certificate_open(self):
        other = self.new_person("Anna Duval", 7)
        self.env["ir.attachment"].create(
            {
                "name": "liste.csv",
                "res_model": "res.partner",
                "res_id": other.id,
                "raw": b"zoe.lienard@courriel.example;anna",
                "mimetype": "text/csv",
            }
        )
        erasure = self.erase(self.prospect)
        self.sweep(erasure)
        self.assertEqual(erasure.state, "masked")
        self.assertIn("ir_attachment.datas", erasure.error)
        self.assertTrue(erasure.has_identifiers)

    def test_the_lines_name_what_went_in_the_language_of_the_reader(self):
        erasure = self.erase(self.prospect)
        lines = erasure.line_ids.filtered(lambda line: line.model == "ir.attachment")
        self.assertEqual(set(lines.mapped("model_name")), {"Attachment"})
        french = lines.with_context(lang="fr_FR")
        self.assertEqual(set(french.mapped("model_name")), {"Pièce jointe"})

    def test_twice_is_once(self):
        first = self.erase(self.prospect)
        again = self.erase(self.prospect)
        self.assertEqual(first, again)

    def test_who_must_not_be_erased(self):
        employee = self.new_user("reader").partner_id
        company = self.env["res.partner"].create({"name": "X", "is_company": True})
        for record in (employee, company, self.company.partner_id):
            name = record.name
            erasure = self.erase(record, "request")
            self.assertEqual(erasure.state, "failed")
            self.assertTrue(erasure.error)
            self.assertEqual(record.name, name)

    def test_a_hold_suspends(self):
        hold = self.env["rgpd.hold"].create(
            {"name": "Litige", "partner_id": self.prospect.id}
        )
        erasure = self.erase(self.prospect, "request")
        self.assertEqual(erasure.state, "failed")
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        hold.lift_reason = "Jugement rendu"
        hold.with_user(self.dpo).action_lift()
        self.assertEqual(self.erase(self.prospect, "request").state, "masked")

    def test_a_portal_account_is_closed(self):
        user = self.env["res.users"].create(
            {
                "name": "Zoé",
                "login": "zoe.lienard@courriel.example",
                "partner_id": self.prospect.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        self.erase(self.prospect, "request")
        self.assertFalse(user.active)
        self.assertNotIn("zoe", user.login)

    def test_the_ledger_brings_back_the_erasure_after_a_restore(self):
        outbox = self.env["rgpd.erasure.outbox"]
        self.erase(self.prospect)
        self.assertTrue(outbox.sudo().search_count([]))
        rows = outbox.sudo().search([])
        outbox._append(rows)
        # What a restored backup looks like: the person is back, unerased
        subject = self.env["rgpd.subject"]._of(self.prospect)
        subject.sudo().erased_on = False
        self.assertIn(self.prospect.id, outbox._get_missing().get("res.partner", []))
        subject.sudo().erased_on = "2026-01-01"
        self.assertNotIn(self.prospect.id, outbox._get_missing().get("res.partner", []))

    def test_evidence_does_not_change(self):
        erasure = self.erase(self.prospect)
        for role in ("reader", "officer", "dpo", "auditor"):
            user = self.dpo if role == "dpo" else self.new_user(role)
            own = erasure.with_user(user)
            with self.assertRaises(AccessError):
                own.write({"state": "closed"})
            with self.assertRaises(AccessError):
                own.unlink()
        with self.assertRaises(UserError):
            erasure._writable().unlink()
        with self.assertRaises(AccessError):
            erasure.with_user(self.new_user("archive")).read(["state"])
        with self.assertRaises(UserError):
            erasure.line_ids[:1].write({"count": 0})

    def test_the_certificate_prints_without_the_name(self):
        erasure = self.erase(self.customer)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "rgpd_fichier_client.rgpd_erasure_certificate_report", erasure.ids
            )[0]
            .decode()
        )
        self.assertIn(erasure.reference, html)
        self.assertIn("L123-22", html)
        self.assertNotIn("Perraud", html)


class TestErasureWizard(ErasureCase):
    def open(self, user=None):
        wizards = self.env["rgpd.erasure.wizard"].with_user(user or self.dpo)
        action = wizards._open_for(self.prospect.with_user(user or self.dpo))
        return wizards.with_context(action["context"]).create({"motive": "Demande 12"})

    def test_only_a_dpo(self):
        for role in ("reader", "officer", "auditor", "archive"):
            with self.assertRaises(AccessError):
                self.open(self.new_user(role))

    def test_a_word_confirms(self):
        wizard = self.open()
        self.assertFalse(wizard.refusal)
        self.assertIn("Contact", wizard.erased_text)
        with self.assertRaises(UserError):
            wizard.action_erase()
        # the decorator asks for the password again through the web client
        erase = type(wizard).action_erase_checked.__wrapped__
        with self.assertRaises(UserError):
            erase(wizard)
        self.assertEqual(self.prospect.name, "Zoé Liénard")
        wizard.confirmation = "erase"
        action = erase(wizard)
        erasure = self.env["rgpd.erasure"].browse(action["res_id"])
        self.assertEqual(erasure.state, "masked")
        self.assertEqual(erasure.motive, "Demande 12")
        self.assertEqual(erasure.ground, "request")

    def test_one_person_at_a_time(self):
        wizards = self.env["rgpd.erasure.wizard"].with_user(self.dpo)
        with self.assertRaises(UserError):
            wizards._open_for(self.prospect | self.customer)
