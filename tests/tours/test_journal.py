from ..common import RgpdHttpCase


class TestJournalTour(RgpdHttpCase):
    def test_the_auditor_verifies_the_journal(self):
        self.new_user("auditor")
        journal = self.env["rgpd.journal"]
        journal._record_many("test.tour", [(None, None)] * 3)
        while self.env["rgpd.journal.seal"]._seal():
            pass
        self.start_tour("/odoo", "rgpd_journal_tour", login="rgpd_auditor")
        self.assertTrue(journal.search([("kind", "=", "journal.verified")]))
