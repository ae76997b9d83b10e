from odoo.tools import html2plaintext

from .journal_common import JournalCase


class TestJournalHead(JournalCase):
    """Every day the reference of the journal leaves the machine, to the DPO."""

    def setUp(self):
        super().setUp()
        self.dpo = self.new_user("dpo", email="dpo@example.com", lang="en_US")
        self.record()
        self.seal = self.Seal._seal()

    def mails(self):
        known = self.env["mail.mail"].search([])
        self.Journal._cron_head()
        return self.env["mail.mail"].search([]) - known

    def mail(self):
        return self.mails().filtered(
            lambda mail: self.dpo.partner_id in mail.recipient_ids
        )

    def test_says_that_the_journal_is_sound(self):
        mail = self.mail()
        self.assertEqual(len(mail), 1)
        text = html2plaintext(mail.body_html)
        self.assertIn("sound", mail.subject)
        self.assertIn("*5* sealed entries, none altered", text)
        for proof in (self.seal.hash, self.seal.key_id):
            self.assertIn(proof, text)
        self.assertNotIn("TO BE CHECKED", mail.subject)

    def test_says_that_it_is_broken(self):
        self.tamper("UPDATE rgpd_journal SET payload = NULL WHERE kind = 'test.done'")
        mail = self.mail()
        self.assertIn("TO BE CHECKED", mail.subject)
        self.assertIn("failed", html2plaintext(mail.body_html))
        self.assertNotIn("none altered", html2plaintext(mail.body_html))

    def test_says_why_it_could_not_be_verified(self):
        self.key_file.unlink()
        mail = self.mail()
        self.assertIn("TO BE CHECKED", mail.subject)
        self.assertIn("is missing", html2plaintext(mail.body_html))

    def test_goes_to_each_dpo_and_nobody_else(self):
        others = self.new_user("reader", email="r@example.com")
        others |= self.new_user("auditor", email="a@example.com")
        recipients = self.mails().recipient_ids
        self.assertIn(self.dpo.partner_id, recipients)
        self.assertFalse(recipients & others.partner_id)

    def test_goes_to_the_designated_dpo_who_is_no_user(self):
        outside = self.env["res.partner"].create(
            {"name": "Cabinet Exemple", "email": "cabinet@example.com", "lang": "fr_FR"}
        )
        self.company.rgpd_dpo_id = outside
        self.assertIn(outside, self.mails().recipient_ids)

    def test_the_sending_is_in_the_journal(self):
        self.mails()
        entry = self.Journal.search([("kind", "=", "journal.head_sent")], limit=1)
        self.assertEqual(entry.payload["seal"], self.seal.sequence)

    def test_nothing_is_sent_before_the_first_seal(self):
        with self.tampering():
            self.env.cr.execute("DELETE FROM rgpd_journal")
            self.env.cr.execute("DELETE FROM rgpd_journal_seal")
        self.assertFalse(self.mails())

    def test_the_crons_run(self):
        self.record()
        with self.enter_registry_test_mode():
            for name in ("seal", "head"):
                cron = self.env.ref(f"rgpd_fichier_client.rgpd_journal_{name}_cron")
                cron.method_direct_trigger()
        self.assertFalse(self.Journal.search([("kind", "=", "test.done"),
                                              ("seal_id", "=", False)]))  # fmt: skip
        self.assertFalse(self.Journal._verify())
