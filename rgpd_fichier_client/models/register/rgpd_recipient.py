from odoo import fields, models

from .rgpd_selection import get_label

RECIPIENT_KINDS = [
    ("internal", "Internal department"),
    ("processor", "Processor"),
    ("partner", "Commercial or institutional partner"),
    ("authority", "Public authority or legal professional"),
    ("third_country", "Recipient outside the EU or international organisation"),
    ("other", "Other"),
]


class RgpdRecipient(models.Model):
    """Who receives data, by category (Art. 30.1.d, 13.1.e)."""

    _name = "rgpd.recipient"
    _description = "Recipient of personal data"
    _inherit = ["rgpd.sheet.part.mixin"]
    _order = "kind, name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(RECIPIENT_KINDS, required=True, default="internal")
    description = fields.Text(
        translate=True, help="What they receive, and what they need it for."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Organisation",
        domain="[('is_company', '=', True)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: the recipient serves the sheets of every company."
    )
    processing_ids = fields.Many2many("rgpd.processing", string="Sheets")

    def _get_snapshot(self):
        """Return the recipient as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {"name": self.name, "kind": get_label(self, "kind")}
