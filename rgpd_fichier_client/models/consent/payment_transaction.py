from odoo import fields, models

ACCEPTED = ("pending", "authorized", "done")
FAILED = ("cancel", "error")


class PaymentTransaction(models.Model):
    """A payment that accepts a quotation, with the boxes ticked beside it."""

    _inherit = "payment.transaction"

    rgpd_choices = fields.Json(
        string="Choices that wait for the payment",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Consents ticked beside the payment: recorded once it is accepted, "
        "forgotten when it fails.",
    )

    def _post_process(self):
        """Record the choices of who paid, whoever tells that the payment succeeded."""
        result = super()._post_process()
        # sudo: payment.transaction - nobody may read what waits
        for transaction_sudo in self.sudo().filtered("rgpd_choices"):
            transaction_sudo._rgpd_settle()
        return result

    def _rgpd_settle(self):
        """Record or forget the choices that waited for this payment."""
        self.ensure_one()
        if self.state in ACCEPTED:
            self.env["rgpd.payment.choice"]._record(
                self.sale_order_ids[:1], self.id, self.rgpd_choices
            )
        if self.state in (*ACCEPTED, *FAILED):
            self.rgpd_choices = False
