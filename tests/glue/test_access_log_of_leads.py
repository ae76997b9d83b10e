from odoo import fields

from ..common import RgpdCase


class TestOpeningsOfMergedLeads(RgpdCase):
    """Who opened a lead is still known when it was merged into another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("reader", groups="sales_team.group_sale_manager")
        cls.first, cls.second, cls.strange = cls.env["crm.lead"].create(
            [
                {"name": "Moulin", "contact_name": "Nora Deux"},
                {"name": "Le moulin", "contact_name": "N. Deux"},
                {"name": "Autre", "contact_name": "Camille Autre"},
            ]
        )
        cls.openings = cls.env["rgpd.access.log"].create(
            [
                {
                    "moment": fields.Datetime.now(),
                    "actor": cls.seller.id,
                    "model": model,
                    "res_id": res_id,
                    "company_id": cls.env.company.id,
                }
                for model, res_id in (
                    ("crm.lead", cls.first.id),
                    ("crm.lead", cls.second.id),
                    ("crm.lead", cls.strange.id),
                    ("res.partner", cls.second.id),
                )
            ]
        )

    def test_they_go_to_the_lead_that_stays(self):
        one, two, strange, contact = self.openings
        merged = (self.first | self.second).with_user(self.seller).merge_opportunity()
        self.assertEqual(len(merged.exists()), 1)
        self.assertEqual((one | two).mapped("res_id"), [merged.id, merged.id])
        self.assertEqual(strange.res_id, self.strange.id)
        self.assertEqual(
            (contact.model, contact.res_id), ("res.partner", self.second.id)
        )
