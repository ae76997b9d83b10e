from odoo import fields, models

from .rgpd_selection import get_label

GUIDE_PARTS = [
    ("users", "Users"),
    ("equipment", "My IT, my equipment"),
    ("data", "My control of the data"),
    ("incident", "Preparing for an incident"),
    ("focus", "In focus"),
]


class RgpdMeasure(models.Model):
    """A security measure of Art. 32, after the CNIL guide of 2024."""

    _name = "rgpd.measure"
    _description = "Security measure"
    _inherit = ["mail.thread", "mail.activity.mixin", "rgpd.sheet.part.mixin"]
    _order = "guide_number, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    guide_number = fields.Integer(
        string="Guide sheet",
        help="Number of the sheet in the security guide of the CNIL (2024).",
    )
    part = fields.Selection(GUIDE_PARTS)
    description = fields.Text(translate=True)
    state = fields.Selection(
        [
            ("to_do", "To do"),
            ("partial", "Partly applied"),
            ("applied", "Applied"),
            ("not_applicable", "Not applicable"),
        ],
        required=True,
        default="to_do",
        tracking=True,
        help="Art. 32: measures fitted to the risk, tested regularly. A measure is "
        "applied when you can show the proof.",
    )
    proof = fields.Text(help="Where the proof is: document, screen, contract, test.")
    owner_id = fields.Many2one("res.users", string="Person in charge", tracking=True)
    date_checked = fields.Date(string="Last checked on")
    company_id = fields.Many2one("res.company")
    processing_ids = fields.Many2many("rgpd.processing", string="Sheets")

    def _get_snapshot(self):
        """Return the measure as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {"name": self.name, "state": get_label(self, "state")}
