from datetime import datetime

from ..models.consent_common import MAIL, ConsentCase


class TestOptoutImport(ConsentCase):
    """Who left a mailing list before the add-on was installed has objected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="optout_officer")
        lists = cls.env["mailing.list"].create([{"name": "One"}, {"name": "Two"}])
        cls.contact, cls.alone, cls.staying = cls.env["mailing.contact"].create(
            [
                {"name": name, "email": email, "list_ids": [(6, 0, lists.ids)]}
                for name, email in (
                    ("Camille Exemple", "Camille@Client.example"),
                    ("Luc Essai", "luc@client.example"),
                    ("Anne Essai", "anne@client.example"),
                )
            ]
        )
        # As Odoo left them, before anybody listened
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE mailing_subscription SET opt_out = TRUE,"
            " opt_out_datetime = '2025-05-05 10:00:00'"
            " WHERE list_id = %s AND contact_id IN %s",
            [lists[0].id, (cls.contact.id, cls.alone.id)],
        )
        cls.env.invalidate_all()

    def open(self):
        wizard = (
            self.env["rgpd.consent.import"]
            .with_user(self.officer)
            .create({"kind": "optout"})
        )
        wizard.action_check()
        return wizard

    def events(self, record):
        subject = self.env["rgpd.subject"]._of(record)
        return self.Event.search([("subject_id", "=", subject.id)])

    def test_checking_counts_and_records_nothing(self):
        wizard = self.open()
        self.assertEqual((wizard.state, wizard.row_count), ("checked", 3))
        self.assertFalse(self.events(self.person) | self.events(self.contact))

    def test_the_contact_of_the_list_and_who_has_the_address(self):
        wizard = self.open()
        wizard.action_import()
        self.assertEqual(wizard.added_count, 3)
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "consent.imported")], order="id desc", limit=1
        )
        self.assertEqual((entry.payload["rows"], entry.payload["added"]), (3, 3))
        for record in (self.person, self.contact, self.alone):
            event = self.events(record)
            self.assertEqual(
                (event.decision, event.channel, event.collection_point),
                ("objected", "email", "import"),
            )
            self.assertEqual(event.moment, datetime(2025, 5, 5, 10))
            self.assertFalse(event.purpose_id)
        self.assertFalse(self.events(self.staying))
        for record in (self.alone, self.person):
            verdict = self.Gate._check(record, MAIL, "email")[record.id]
            self.assertEqual(verdict["code"], "objected")

    def test_a_second_run_adds_nothing(self):
        self.open().action_import()
        again = self.open()
        again.action_import()
        self.assertEqual(again.added_count, 0)
