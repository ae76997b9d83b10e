"""Each lock that keeps two officers apart, without the other ones in its way."""

from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import LockError
from odoo.fields import Command
from odoo.tools import mute_logger

from .test_rgpd_request_officers import TwoOfficersCase


class LockCase(TwoOfficersCase):
    right = kind = "objection"

    def open(self, index):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        # Where no lock of ours is asked first, the row says so instead of waiting
        cr.execute("SET LOCAL lock_timeout = '1s'")
        letter = api.Environment(cr, SUPERUSER_ID, {})["rgpd.request.letter"]
        letter = letter.browse(self.drafts[index])
        # The snapshot of this transaction is taken here
        self.assertEqual(letter.state, "draft")
        return letter

    def count_handed_over(self, letter):
        """Return a list that grows with each letter handed to its channel."""
        handed = []
        self.startPatcher(
            patch.object(
                type(letter), "_dispatch", lambda letter: handed.append(letter.id)
            )
        )
        return handed


class TestLockOfSending(LockCase):
    """The request is locked before anything is printed or handed over."""

    @mute_logger("odoo.sql_db")
    def test_the_second_draft_is_stopped_before_it_leaves(self):
        one, two = self.open(0), self.open(1)
        handed = self.count_handed_over(one)
        one.action_send()
        with self.assertRaises(LockError):
            two.action_send()
        self.assertEqual(handed, [one.id])

    @mute_logger("odoo.sql_db")
    def test_an_answer_to_one_right_of_two(self):
        """The request is not answered yet: no act of it stops the second officer."""
        with self.real() as env:
            request = env["rgpd.request"].browse(self.request_id)
            request.item_ids = [Command.create({"right": "access"})]
        one, two = self.open(0), self.open(1)
        one.action_send()
        self.assertEqual(one.request_id.state, "in_progress")
        with self.assertRaises(LockError):
            two.action_send()

    @mute_logger("odoo.sql_db")
    def test_a_letter_without_a_request(self):
        """The letter is locked itself: two clicks on it send it once."""
        with self.real() as env:
            request = env["rgpd.request"].browse(self.request_id)
            letter = env["rgpd.request.letter"]._prepare_for_subject(
                env["rgpd.subject"]._of(request.partner_id),
                "retention_end",
                request.company_id,
                date_effect="2027-01-15",
                last_contact="2024-01-10",
            )
            self.drafts = [letter.id, letter.id]
        one, two = self.open(0), self.open(1)
        handed = self.count_handed_over(one)
        one.action_send()
        with self.assertRaises(LockError):
            two.action_send()
        self.assertEqual(handed, [one.id])


class TestLockOfActs(LockCase):
    """An act of the state machine locks the request, whoever asks for it."""

    @mute_logger("odoo.sql_db")
    def test_two_acts_at_the_same_moment(self):
        one, two = self.open(0).request_id, self.open(1).request_id
        one.action_cancel()
        with self.assertRaises(LockError):
            two.action_ask_clarification()

    @mute_logger("odoo.sql_db")
    def test_given_up_while_the_answer_leaves(self):
        one, two = self.open(0), self.open(1).request_id
        one.action_send()
        with self.assertRaises(LockError):
            two.action_cancel()
