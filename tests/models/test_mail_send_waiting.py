from odoo.addons.rgpd_fichier_client.models.journal.savepoint import savepoint

from .test_rgpd_first_contact import FirstContactCase


class TestMailSendWaiting(FirstContactCase):
    """Sending a mail leaves what waits for the commit alone, as Odoo does."""

    def setUp(self):
        super().setUp()
        self.contact = (
            self.env["res.partner"]
            .with_context(tracking_disable=False)
            .create({"name": "Ada Example", "email": "ada@people.example"})
        )
        self.cr.flush()

    def changes(self):
        """Return the changed values told in messages of the contact."""
        return len(self.contact.message_ids.sudo().tracking_value_ids)

    def test_a_change_is_told_at_the_end_and_once(self):
        self.contact.email = "ada.example@people.example"
        self.assertTrue(self.write_to(self.person))
        self.assertEqual(self.changes(), 0)
        self.contact.phone = "+33 1 99 00 12 34"
        before = self.contact.message_ids
        self.cr.flush()
        self.assertEqual(self.changes(), 2)
        self.assertEqual(len(self.contact.message_ids - before), 1)

    def test_what_goes_wrong_is_undone_alone(self):
        self.contact.phone = "+33 1 99 00 12 34"
        with self.assertRaisesRegex(ValueError, "no"), savepoint(self.env):
            self.contact.email = "wrong@people.example"
            raise ValueError("no")
        self.assertEqual(self.contact.email, "ada@people.example")
        self.env.invalidate_all()
        self.assertEqual(self.contact.email, "ada@people.example")
        self.assertEqual(self.contact.phone, "+33 1 99 00 12 34")
        self.cr.flush()
        self.assertIn(
            "+33 1 99 00 12 34",
            self.contact.message_ids.sudo().tracking_value_ids.mapped("new_value_char"),
        )
