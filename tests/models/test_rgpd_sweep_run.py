from unittest.mock import patch

from odoo.exceptions import AccessError

from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier
from odoo.addons.rgpd_fichier_client.models.retention import rgpd_erasure_sweep

from .erasure_common import ErasureCase

EMAIL = "zoe.lienard@courriel.example"


class TestSweepRun(ErasureCase):
    def setUp(self):
        super().setUp()
        self.runs = self.env["rgpd.sweep.run"].sudo()
        self.other = self.env["res.partner"].create({"name": "Somebody else"})
        self.note = self.other.message_post(body="Voir zoe.lienard@courriel.example")
        self.erasure = self.env["rgpd.eraser"]._erase(self.prospect, "retention")
        self.assertEqual(self.erasure.state, "masked", self.erasure.error)
        # The file of the person leaves the disk with this collection
        self.env["ir.attachment"]._gc_file_store_unsafe()
        # What the masking left to the sweep
        self.note.body = f"<p>Voir {self._get_email()}</p>"
        self.env.flush_all()
        self.read = []
        self.startPatcher(self._record_tables())

    def _get_email(self):
        return dict(self.erasure._open_identifiers())["email"]

    def _record_tables(self):
        sweep = type(self.env["rgpd.sweep"])
        read = sweep._read_table

        def record(this, table, *args):
            self.read.append(table)
            return read(this, table, *args)

        return patch.object(sweep, "_read_table", record)

    def _run_night(self):
        cron = self.env.ref("rgpd_fichier_client.rgpd_erasure_sweep_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_a_sweep_goes_on_where_it_was(self):
        run = self.runs._start(self.erasure)
        while run.place < "mail_message":
            self.assertFalse(run._step(-1))
        seen = list(self.read)
        self.assertEqual(seen, sorted(set(seen)))
        self.assertIn("mail_message", seen)
        # A server that stops keeps what is committed, nothing else
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertNotIn("zoe", self.note.body)
        self.assertNotIn("zoe", str(run.found))
        while run.exists():
            self._run_night()
        self.assertEqual(len(self.read), len(set(self.read)))
        # A file without attachment takes one more collection
        self._run_night()
        self.assertEqual(self.erasure.state, "closed", self.erasure.error)
        lines = self.erasure.line_ids.filtered(lambda line: line.kind == "residue")
        self.assertIn("mail.message", lines.mapped("model"))

    def test_a_step_takes_no_longer_than_it_may_and_the_cron_goes_on(self):
        steps = []
        with patch.object(rgpd_erasure_sweep, "SECONDS_PER_STEP", -1):
            while not steps or self.runs.search([]):
                self._run_night()
                steps.append(len(self.read))
        self.assertEqual(len(self.read), len(set(self.read)))
        self._run_night()
        self.assertEqual(self.erasure.state, "closed", self.erasure.error)
        self.assertFalse(self.runs.search([]))

    def test_somebody_masked_meanwhile_waits_for_the_next_sweep(self):
        run = self.runs._start(self.erasure)
        run._step(-1)
        late = self.env["rgpd.eraser"]._erase(self.customer, "retention")
        self.assertTrue(run._step(float("inf")))
        self.assertEqual(self.erasure.state, "closed", self.erasure.error)
        self.assertEqual(late.state, "masked")
        self.assertTrue(late.has_identifiers)

    def test_the_text_of_the_program_is_reported_and_left_as_it_is(self):
        arch = f"<p>{self._get_email()}</p>"
        view = self.env["ir.ui.view"].create(
            {"name": "Contact page", "type": "qweb", "arch_db": arch}
        )
        self.env.flush_all()
        self.erasure._sweep_and_close()
        self.assertEqual(self.erasure.state, "masked")
        self.assertIn("ir_ui_view.arch_db", self.erasure.error)
        view.invalidate_recordset()
        self.assertIn(self._get_email(), view.arch_db)
        # Whoever maintains the page takes it out, and the certificate closes
        view.arch_db = "<p>shop@courriel.example</p>"
        self.env.flush_all()
        self.erasure._sweep_and_close()
        # Odoo keeps the page as it was before the last change
        self.assertIn("ir_ui_view.arch_prev", self.erasure.error)
        view.arch_db = "<p>Write to shop@courriel.example</p>"
        self.env.flush_all()
        self.erasure._sweep_and_close()
        self.assertEqual(self.erasure.state, "closed", self.erasure.error)

    def test_a_text_that_may_not_change_is_reported_and_stops_nothing(self):
        """Two rows of an old table would become the same."""
        email = self._get_email()
        self.env.cr.execute("CREATE TABLE old_subscribers (id int, mail text UNIQUE)")
        self.env.cr.execute(
            "INSERT INTO old_subscribers VALUES (1, %s), (2, %s)",
            (email, email.upper()),
        )
        self.erasure._sweep_and_close()
        self.assertEqual(self.erasure.state, "masked")
        self.assertIn("old_subscribers.mail (1)", self.erasure.error)
        self.note.invalidate_recordset()
        self.assertNotIn(email, self.note.body)
        self.env.cr.execute("SELECT mail FROM old_subscribers ORDER BY id")
        texts = [text for (text,) in self.env.cr.fetchall()]
        self.assertEqual(sum(email in text.lower() for text in texts), 1)
        self.env.cr.execute("DELETE FROM old_subscribers")
        self.erasure._sweep_and_close()
        self.assertEqual(self.erasure.state, "closed", self.erasure.error)

    def test_a_name_alone_is_doubtful_and_stays(self):
        self.note.body = "<p>Zoé Liénard, zoe.lienard@courriel.example</p>"
        self.env.flush_all()
        identifiers = [
            Identifier("name", "zoe lienard", "weak"),
            Identifier("email", "zoe.lienard@courriel.example"),
        ]
        by_kind = {}
        for hit in self.env["rgpd.sweep"]._sweep(identifiers):
            if hit["table"] == "mail_message" and hit["id"] == self.note.id:
                by_kind[hit["kind"]] = hit
        self.assertEqual(set(by_kind), {"name", "email"})
        erasures = self.env["rgpd.erasure"].sudo()
        erasures._settle_residues(list(by_kind.values()), identifiers)
        self.assertEqual(by_kind["name"]["decision"], "doubtful")
        self.assertEqual(by_kind["email"]["decision"], "redact")
        self.note.invalidate_recordset()
        self.assertIn("Zoé Liénard", self.note.body)
        self.assertNotIn("courriel.example", self.note.body)
        # Listed to be examined; the certificate does not wait for it
        self.erasure._close([by_kind["name"]])
        self.assertEqual(self.erasure.state, "closed")
        line = self.erasure.line_ids.filtered(lambda line: line.kind == "residue")
        self.assertEqual((line.model, line.note), ("mail.message", "unknown"))

    def test_nobody_reads_or_starts_it_by_hand(self):
        run = self.runs._start(self.erasure)
        dpo = self.env.ref("base.user_admin")
        for model in ("rgpd.sweep.run", "rgpd.file.text"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(dpo).search_read([])
        self.assertFalse(run.place)
