"""An order names more people than its customer: each of them counts."""

from odoo import Command
from odoo.tools import mute_logger

from .document_common import DocumentCase

ERASER = "odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_document"


class TestDocumentOthers(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift = cls.new_order(cls.customer, 12, partner_shipping_id=cls.other.id)
        # The other one is alone in the file with this order
        cls.date(cls.old, years=0)

    def subject(self, partner):
        return self.env["rgpd.subject"]._of(partner)

    def assert_waits(self, number=1):
        """The simulation shows the order as held back, and the night leaves it."""
        simulation = self.approve()
        self.assertEqual(simulation.document_count, 0)
        self.assertEqual(simulation.document_held_count, number)
        self.run_night()
        self.assertEqual(self.gift.partner_shipping_id, self.other)

    def test_without_anything_of_the_other_the_order_is_erased(self):
        self.approve()
        self.run_night()
        self.assertNotEqual(self.gift.partner_shipping_id, self.other)

    def test_a_request_of_who_received_the_goods_keeps_the_order(self):
        self.env["rgpd.request"].create(
            {
                "partner_id": self.other.id,
                "item_ids": [Command.create({"right": "access"})],
            }
        )
        self.assert_waits()

    def test_a_restriction_of_who_received_the_goods_keeps_the_order(self):
        self.env["rgpd.restriction"].create(
            {
                "subject_id": self.subject(self.other).id,
                "ground": "accuracy",
                "company_id": self.env.company.id,
            }
        )
        self.assert_waits()

    def test_a_hold_on_who_received_the_goods_keeps_the_order(self):
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.other.id})
        self.assert_waits()

    def test_a_hold_on_the_household_of_who_received_the_goods_keeps_it(self):
        address = self.env["res.partner"].create(
            {"parent_id": self.other.id, "type": "delivery", "name": "Chez Malo"}
        )
        self.gift.sudo().partner_shipping_id = address
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.other.id})
        self.assertEqual(self.simulate().document_count, 0)

    @mute_logger(ERASER)
    def test_the_eraser_itself_refuses(self):
        self.env["rgpd.hold"].create({"name": "Litige", "partner_id": self.other.id})
        erasure = self.env["rgpd.eraser"]._erase_documents(self.gift)
        self.assertFalse(erasure)
        self.assertEqual(self.gift.partner_shipping_id, self.other)
        row = self.document(self.gift)
        self.assertIn("hold", row.error)
        self.assertTrue(row.date_retry)
