from odoo import models


class RgpdDataCategory(models.Model):
    """The category as the sheets name it: who renames it changes what they say."""

    _name = "rgpd.data.category"
    _inherit = ["rgpd.data.category", "rgpd.sheet.part.mixin"]

    def _get_sheets(self):
        # sudo: rgpd.purpose - a sheet is wrong whoever may see it
        purposes = self.env["rgpd.purpose"].sudo()
        return purposes.search([("data_category_ids", "in", self.ids)]).processing_id

    def _get_snapshot(self):
        """Return the category as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {"name": self.name, "sensitive": self.is_sensitive}
