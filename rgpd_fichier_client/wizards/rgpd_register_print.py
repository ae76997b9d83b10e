from odoo import fields, models
from odoo.exceptions import UserError


class RgpdRegisterPrint(models.TransientModel):
    """Print the register, or one sheet, as it was on a past day (Art. 30.4)."""

    _name = "rgpd.register.print"
    _description = "Print the register on a past day"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    day = fields.Date(
        string="As it was on",
        required=True,
        default=fields.Date.context_today,
        help="At the end of that day.",
    )
    processing_id = fields.Many2one(
        "rgpd.processing", string="Sheet", help="Empty: the whole register."
    )
    version_ids = fields.Many2many(
        "rgpd.processing.version", string="Versions", compute="_compute_version_ids"
    )

    def _compute_version_ids(self):
        for wizard in self:
            wizard.version_ids = wizard._find_versions()

    def _find_versions(self):
        """Return the versions in force at the end of the day, in register order.

        A sheet is part of the register from its first validation until the
        processing stops.
        """
        self.ensure_one()
        end = fields.Datetime.end_of(fields.Datetime.to_datetime(self.day), "day")
        sheets = self.env["rgpd.processing"].with_context(active_test=False)
        domain = [("date_validated", "!=", False)]
        if self.processing_id:
            domain += [("id", "=", self.processing_id.id)]
        else:
            own = self.company_id.sudo().rgpd_has_own_register
            companies = [self.company_id.id] + ([] if own else [False])
            domain += [
                ("company_id", "in", companies),
                "|",
                ("date_closed", "=", False),
                ("date_closed", ">", end),
            ]
        found = sheets.search(domain)
        versions = self.env["rgpd.processing.version"]._get_on(end, found)
        order = {sheet: rank for rank, sheet in enumerate(found)}
        return versions.sorted(lambda version: order[version.processing_id])

    def action_print(self):
        """Print what was validated on that day."""
        self.ensure_one()
        if not self._find_versions():
            raise UserError(self.env._("No sheet was validated on that day."))
        report = self.env.ref("rgpd_fichier_client.rgpd_register_past_report")
        return {**report.report_action(self), "close_on_report_download": True}
