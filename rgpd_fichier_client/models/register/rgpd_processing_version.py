from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.register import canonical


class RgpdProcessingVersion(models.Model):
    """A sheet as it was when it was validated: who, when, what. It never changes."""

    _name = "rgpd.processing.version"
    _description = "Version of a sheet"
    _order = "date desc, id desc"

    processing_id = fields.Many2one(
        "rgpd.processing",
        string="Sheet",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="processing_id.company_id", store=True)
    number = fields.Integer(required=True, readonly=True)
    date = fields.Datetime(string="Validated on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Validated by", readonly=True, ondelete="set null"
    )
    content = fields.Json(required=True, readonly=True)
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    change = fields.Text(string="What changed", readonly=True)

    _number_unique = models.Constraint(
        "UNIQUE(processing_id, number)", "This version exists already."
    )

    @api.depends("processing_id.reference", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(reference)s, version %(number)s",
                reference=version.processing_id.reference,
                number=version.number,
            )

    # A version is evidence: this write only refuses.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A version of a sheet never changes."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A version of a sheet is not deleted."))

    def _verify(self):
        """Return the versions whose content no longer matches its digest."""
        return self.filtered(lambda v: canonical.get_digest(v.content) != v.sha256)

    @api.model
    def _get_on(self, moment, sheets):
        """Return, for each sheet, the version in force at a moment."""
        versions = self.search(
            [("processing_id", "in", sheets.ids), ("date", "<=", moment)],
            order="number",
        )
        last = {version.processing_id: version for version in versions}
        return self.browse(version.id for version in last.values())
