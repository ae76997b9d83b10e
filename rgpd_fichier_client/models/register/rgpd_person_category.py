from odoo import fields, models


class RgpdPersonCategory(models.Model):
    """Whose data are processed: customers, prospects… (Art. 30.1.c)."""

    _name = "rgpd.person.category"
    _description = "Category of persons"
    _inherit = ["rgpd.sheet.part.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    is_vulnerable = fields.Boolean(
        string="Vulnerable persons",
        help="Children, employees, patients: one of the nine criteria of a DPIA.",
    )

    processing_ids = fields.Many2many("rgpd.processing", string="Sheets")

    _code_unique = models.Constraint("UNIQUE(code)", "This code exists already.")

    def _get_snapshot(self):
        """Return the category as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {"name": self.name}
