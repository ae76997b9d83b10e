from odoo import api, fields, models

from ..core.consent.evidence import text_digest


class RgpdOrderChoiceLine(models.TransientModel):
    """One box: one purpose, one channel, one text; never ticked beforehand."""

    _name = "rgpd.order.choice.line"
    _description = "Choice taken with an order"
    _order = "id"

    wizard_id = fields.Many2one(
        "rgpd.order.choice", required=True, readonly=True, ondelete="cascade"
    )
    notice_id = fields.Many2one(
        "rgpd.notice", required=True, readonly=True, ondelete="cascade"
    )
    text = fields.Text(string="Text to read", required=True, readonly=True)
    channel = fields.Selection(related="notice_id.channel")
    is_objection = fields.Boolean(compute="_compute_is_objection")
    meaning = fields.Selection(
        [("consent", "Consent"), ("objection", "Objection")],
        string="Ticked, it is",
        compute="_compute_is_objection",
        help="Offers that need a consent are sent only if it is ticked. Those that "
        "rest on a legitimate interest stop if it is ticked.",
    )
    is_ticked = fields.Boolean(string="The customer ticks it")

    @api.depends("notice_id")
    def _compute_is_objection(self):
        choices = self.env["rgpd.signature.choice"]
        for line in self:
            purpose = choices._get_purpose(
                line.notice_id.sudo(),  # sudo: rgpd.notice - shown to the public
                line.wizard_id.order_id.company_id,
            )
            line.is_objection = bool(purpose) and choices._is_objection(purpose)
            line.meaning = "objection" if line.is_objection else "consent"

    def _get_digest(self):
        """Return the mark of the text as it was on the screen."""
        self.ensure_one()
        return text_digest(self.text)
