"""Two officers answer the same request at the same moment, in real transactions."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import LockError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .real_common import RealCase


class TwoOfficersCase(RealCase):
    """Two drafts of the letter that answers one request."""

    right = kind = None
    # Letters, and mails to the person
    sent_once = None

    def setUp(self):
        super().setUp()
        with self.real() as env:
            person = env["res.partner"].create(
                {"name": "Nora Deux", "email": "nora@courriel.example"}
            )
            request = env["rgpd.request"].create(
                {
                    "partner_id": person.id,
                    "item_ids": [
                        Command.create({"right": self.right, "decision": "granted"})
                    ],
                }
            )
            request.action_start()
            letters = env["rgpd.request.letter"]
            self.drafts = [letters._prepare(request, self.kind).id for _n in range(2)]
            self.request_id = request.id

    def open(self, index):
        """Return a draft in a transaction that has begun already."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {})
        letter = env["rgpd.request.letter"].browse(self.drafts[index])
        # The snapshot of this transaction is taken here
        self.assertEqual(letter.request_id.state, "in_progress")
        return letter

    def count_sent(self):
        with self.real() as env:
            letters = env["rgpd.request.letter"].search(
                [("request_id", "=", self.request_id), ("state", "=", "sent")]
            )
            mails = env["mail.mail"].search_count(
                [("email_to", "ilike", "nora@courriel.example")]
            )
            return len(letters), mails

    def check_while_the_first_is_sending(self):
        one, two = self.open(0), self.open(1)
        one.action_send()
        with self.assertRaises(LockError):
            two.action_send()
        two.env.cr.rollback()
        one.env.cr.commit()
        self.assertEqual(self.count_sent(), self.sent_once)

    def check_after_the_first_has_sent(self):
        one, two = self.open(0), self.open(1)
        one.action_send()
        one.env.cr.commit()
        # Odoo runs such a transaction again, with the first one in sight
        with self.assertRaises(SerializationFailure):
            two.action_send()
        two.env.cr.rollback()
        two.invalidate_recordset()
        two.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "colleague has answered"):
            two.action_send()
        two.env.cr.rollback()
        self.assertEqual(self.count_sent(), self.sent_once)


class TestTwoOfficersWithoutCopy(TwoOfficersCase):
    right = kind = "objection"
    sent_once = (1, 1)

    @mute_logger("odoo.sql_db")
    def test_while_the_first_is_sending(self):
        self.check_while_the_first_is_sending()

    @mute_logger("odoo.sql_db")
    def test_after_the_first_has_sent(self):
        self.check_after_the_first_has_sent()


class TestTwoOfficers(TwoOfficersCase):
    right = kind = "access"
    # The letter itself and, apart, the link to the copy
    sent_once = (1, 2)

    @mute_logger("odoo.sql_db")
    def test_while_the_first_is_sending(self):
        self.check_while_the_first_is_sending()

    @mute_logger("odoo.sql_db")
    def test_after_the_first_has_sent(self):
        self.check_after_the_first_has_sent()

    @mute_logger("odoo.sql_db")
    def test_two_clicks_on_the_same_link_give_one_archive(self):
        with self.real() as env:
            env["rgpd.request.letter"].browse(self.drafts[0]).action_send()
            offer = env["rgpd.request"].browse(self.request_id).delivery_ids
        one, two = self.open_offer(offer.id), self.open_offer(offer.id)
        stream, size = one._fetch()
        self.assertEqual(len(stream.read()), size)
        one.env.cr.commit()
        with self.assertRaises(SerializationFailure):
            two._fetch()
        two.env.cr.rollback()
        two.env.invalidate_all()
        self.assertIsNone(two._fetch())
        two.env.cr.rollback()
        with self.real() as env:
            request = env["rgpd.request"].browse(self.request_id)
            labels = [step["label"] for step in request._get_file_steps()]
        self.assertEqual(labels.count("Copy of the data downloaded"), 1)

    def open_offer(self, offer_id):
        """Return the offer in a transaction that has begun already."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {})
        offer = env["rgpd.request.delivery"].browse(offer_id)
        self.assertFalse(offer.date_used)
        return offer
