from odoo import api, fields, models


class RgpdRequestGround(models.Model):
    """A ground on which the law lets a right be refused, with its text (Art. 12.4).

    The words are printed in the letter of refusal: shipped with their source, they can
    be made clearer by the company; which ground fits which right is in `core`.
    """

    _name = "rgpd.request.ground"
    _description = "Ground of Refusal"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    article = fields.Char(required=True, translate=True)
    text = fields.Text(
        string="What the law says",
        required=True,
        translate=True,
        help="Printed in the letter, in plain words.",
    )
    remains = fields.Text(
        string="What remains possible",
        translate=True,
        help="What the person may still ask for or do; printed in the letter.",
    )
    source = fields.Char(required=True)
    date_checked = fields.Date(string="Checked on", required=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "There is one text per ground of refusal."
    )

    @api.model
    def _of(self, code):
        """Return the ground of this code, in the language of the context."""
        # sudo: rgpd.request.ground - texts of the law, for whoever reads the letter
        return self.sudo().search([("code", "=", code)], limit=1)
