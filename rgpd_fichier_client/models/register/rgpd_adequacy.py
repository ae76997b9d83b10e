from odoo import api, fields, models

from ...core.register import transfer

# What decides where data may go.
LIST_FIELDS = {"active", "country_id", "kind", "scope", "date_start", "date_end"}


class RgpdAdequacy(models.Model):
    """Countries where data may go without further ado: EEA and Art. 45 decisions."""

    _name = "rgpd.adequacy"
    _description = "Adequacy of a country"
    _order = "kind desc, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", index=True)
    kind = fields.Selection(
        [("eea", "European Economic Area"), ("adequacy", "Adequacy decision")],
        required=True,
        default="adequacy",
        help="Within the EEA data move freely: there is no transfer. Elsewhere the "
        "Commission decides that a country protects data well enough (Art. 45).",
    )
    scope = fields.Selection(
        [
            ("full", "Everyone"),
            ("commercial", "Commercial organisations only"),
            ("certified", "Certified organisations only"),
        ],
        required=True,
        default="full",
    )
    date_start = fields.Date(string="In force from")
    date_end = fields.Date(string="In force until")
    reference = fields.Char(translate=True, help="The decision or the treaty.")
    source = fields.Char(required=True)
    date_checked = fields.Date(
        string="Checked on",
        required=True,
        help="The list changes: check it once a year on the website of the CNIL.",
    )

    _dates = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_start <= date_end)",
        "The end cannot be before the start.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self._follow_list()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not LIST_FIELDS.isdisjoint(vals):
            self._follow_list()
        return result

    def unlink(self):
        result = super().unlink()
        self._follow_list()
        return result

    @api.model
    def _follow_list(self):
        """Judge the transfers and the processors again: the list changed.

        Sheets that say something else now go back to review (Art. 45, 46); the nightly
        check does the same for decisions that begin or end on a date.
        """
        self.flush_model()
        self.env["rgpd.transfer"]._notice_day()
        self.env["rgpd.processor"]._notice_day()

    @api.model
    def _is_outside_eea(self, country):
        """Tell whether a country is outside the European Economic Area today."""
        today = fields.Date.context_today(self)
        return not any(
            line.country == country.code and line.kind == "eea"
            for line in self._get_adequacies()
            if line.is_in_force(today)
        )

    @api.model
    def _get_adequacies(self):
        """Return the list as the core reads it; a public list, the same for all."""
        # sudo: rgpd.adequacy - a public legal list, read whoever asks for a verdict
        return [
            transfer.Adequacy(
                country=line.country_id.code,
                kind=line.kind,
                scope=line.scope,
                start=line.date_start,
                end=line.date_end,
            )
            for line in self.sudo().search([("country_id", "!=", False)])
        ]
