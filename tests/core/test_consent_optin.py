import unittest
from datetime import date, datetime, timedelta

from odoo.addons.rgpd_fichier_client.core.consent import optin
from odoo.addons.rgpd_fichier_client.core.consent.fold import Act, fold

NOW = datetime(2026, 11, 25, 10)
TODAY = date(2026, 11, 25)
MAIL = "prospect_email_b2c"


class TestNeedsConfirmation(unittest.TestCase):
    CASES = [
        # policy, decision, channel, actor, point, proved (, stranger) → waits
        ("public", "given", "email", "self", "portal", False, True),
        ("public", "given", "email", "self", "paper", False, True),
        ("public", "given", "email", "staff", "web_form", False, True),
        ("public", "given", "email", "staff", "api", False, True),
        ("public", "given", "email", "staff", "paper", False, False),
        ("public", "given", "email", "staff", "import", False, False),
        ("public", "given", "email", "self", "preferences", True, False),
        ("public", "given", "sms", "self", "web_form", False, False),
        ("public", "given", "sms", "self", "web_form", False, True, True),
        ("public", "given", "phone", "self", "web_form", False, True, True),
        ("public", "given", "sms", "self", "web_form", True, True, False),
        ("public", "objected", "sms", "self", "web_form", False, True, False),
        ("none", "given", "sms", "self", "web_form", False, True, False),
        ("public", "objected", "email", "self", "web_form", False, False),
        ("all", "given", "email", "staff", "paper", False, True),
        ("all", "given", "email", "staff", "import", False, True),
        ("all", "given", "email", "self", "preferences", True, False),
        ("all", "withdrawn", "email", "self", "preferences", False, False),
        ("none", "given", "email", "self", "web_form", False, False),
        (False, "given", "email", "staff", "paper", False, True),
    ]

    def test_cases(self):
        for *arguments, expected in self.CASES:
            with self.subTest(arguments):
                self.assertEqual(optin.needs_confirmation(*arguments), expected)


class TestLinkState(unittest.TestCase):
    def state(self, **values):
        arguments = {
            "issued": NOW - timedelta(days=6),
            "now": NOW,
            "days": 7,
            "is_same_address": True,
            "is_confirmed": False,
            "is_void": False,
        }
        return optin.read_state(**arguments | values)

    def test_states(self):
        self.assertEqual(self.state(), "open")
        self.assertEqual(self.state(issued=NOW - timedelta(days=7)), "expired")
        self.assertEqual(self.state(issued=NOW + timedelta(days=1)), "expired")
        self.assertEqual(self.state(is_same_address=False), "expired")
        self.assertEqual(self.state(is_void=True), "void")
        self.assertEqual(self.state(is_confirmed=True, is_void=True), "done")

    def test_a_no_after_the_question_closes_the_link(self):
        def no(key):
            return [Act("withdrawn", NOW, MAIL, "email", key=key)]

        self.assertTrue(optin.is_void_since(no(6), 5))
        self.assertFalse(optin.is_void_since(no(4), 5))


class TestPendingFold(unittest.TestCase):
    """What waits gives nothing and takes nothing away."""

    def status(self, *decisions):
        acts = [
            Act(decision, NOW + timedelta(seconds=n), MAIL, "email", key=n)
            for n, decision in enumerate(decisions)
        ]
        return fold(acts, MAIL, "email", TODAY).status

    def test_cases(self):
        for decisions, expected in [
            (("pending",), "pending"),
            (("pending", "given"), "given"),
            (("given", "pending"), "given"),
            (("objected", "pending"), "objected"),
            (("withdrawn", "pending"), "withdrawn"),
            (("pending", "refused"), "refused"),
            (("expired", "pending"), "pending"),
            (("pending", "expired"), "expired"),
        ]:
            with self.subTest(decisions):
                self.assertEqual(self.status(*decisions), expected)

    def test_nothing_waits_for_everything(self):
        wide = Act("pending", NOW, None, "all", key=1)
        self.assertEqual(fold([wide], MAIL, "email", TODAY).status, "none")
