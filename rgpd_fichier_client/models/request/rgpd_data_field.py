from odoo import api, models
from odoo.fields import Domain
from odoo.tools import remove_accents

WORDS = "rgpd_in_words"


class RgpdDataField(models.Model):
    """A datum to correct is chosen by the words of the form, not by a technical name.

    Where the context says `rgpd_in_words`: the map itself names `res.partner.city`.
    """

    _inherit = "rgpd.data.field"

    @api.depends_context(WORDS, "lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get(WORDS):
            for field in self:
                field.display_name = field.label or field.display_name
        return result

    @api.model
    def _search_display_name(self, operator, value):
        if not self.env.context.get(WORDS) or operator != "ilike":
            return super()._search_display_name(operator, value)
        fields = self.search([("effective_status", "=", "classified")])
        words = remove_accents(value or "").lower()
        found = fields.filtered(
            lambda field: words in remove_accents(field.label or "").lower()
        )
        return Domain("id", "in", found.ids)
