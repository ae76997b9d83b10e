from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..common import RgpdCase


class TestRgpdRequest(RgpdCase):
    """The life of a request: clock, states, alerts, rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.partner = cls.env["res.partner"].create(
            {"name": "Jeanne Dupont", "email": "jeanne.dupont@example.org"}
        )

    def _request(self, **values):
        return self.env["rgpd.request"].create(
            {
                "partner_id": self.partner.id,
                "date_received": date(2026, 11, 2),
                "officer_id": self.officer.id,
                "item_ids": [(0, 0, {"right": "access"})],
                **values,
            }
        )

    def test_reference_and_due_date(self):
        with freeze_time("2026-11-10 09:00:00"):
            request = self._request()
        self.assertTrue(request.name.startswith("DP/"))
        self.assertEqual(request.date_due, date(2026, 12, 2))
        self.assertEqual(request.date_due_legal, date(2026, 12, 2))

    def test_weekend_moves_the_legal_date_only(self):
        request = self._request(date_received=date(2026, 11, 5))
        self.assertEqual(request.date_due, date(2026, 12, 5))
        self.assertEqual(request.date_due_legal, date(2026, 12, 7))

    def test_reader_sees_nothing(self):
        request = self._request()
        with self.assertRaises(AccessError):
            request.with_user(self.new_user("reader")).read(["name"])

    def test_refusal_needs_a_ground(self):
        request = self._request()
        with self.assertRaises(UserError):
            request.action_refuse()
