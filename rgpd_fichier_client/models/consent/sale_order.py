from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rgpd_objection_offered = fields.Boolean(
        string="Could object to offers when ordering",
        readonly=True,
        copy=False,
        help="The person saw, when accepting, a free and simple way to object to "
        "offers (art. L. 34-5 CPCE, condition of prospecting customers).",
    )

    def _get_rgpd_signature_choices(self, user):
        """Return the boxes to show beside the signature; called by the portal page.

        :param user: the visitor; the order itself comes with all rights
        """
        self.ensure_one()
        return self.env["rgpd.signature.choice"]._get(self, user)
