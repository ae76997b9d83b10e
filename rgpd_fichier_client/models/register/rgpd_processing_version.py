from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

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
    change = fields.Text(string="Changed parts", readonly=True)
    change_text = fields.Text(
        string="What changed",
        compute="_compute_change_text",
        help="The parts of the sheet that differ from the version before.",
    )

    _number_unique = models.Constraint(
        "UNIQUE(processing_id, number)", "This version exists already."
    )

    @api.depends("processing_id.reference", "number")
    def _compute_display_name(self):
        # sudo: rgpd.processing - an auditor reads versions, not the sheets themselves
        for version in self.sudo():
            version.display_name = self.env._(
                "%(reference)s, version %(number)s",
                reference=version.processing_id.reference,
                number=version.number,
            )

    @api.depends("change", "number")
    @api.depends_context("lang")
    def _compute_change_text(self):
        labels = self._get_part_labels()
        for version in self:
            names = [name for name in (version.change or "").split(", ") if name]
            text = ", ".join(labels.get(name, name) for name in names)
            if version.number == 1:
                text = self.env._("First version")
            version.change_text = text or self.env._("Validated without a change")

    def _get_part_labels(self):
        """Return the words for the parts of the stored sheet."""
        return {
            "name": self.env._("name"),
            "reference": self.env._("reference"),
            "role": self.env._("role"),
            "date_start": self.env._("start date"),
            "date_review": self.env._("review date"),
            "objective": self.env._("main objective"),
            "controller": self.env._("controller"),
            "contact": self.env._("DPO or contact"),
            "joint_controllers": self.env._("joint controllers"),
            "served_controllers": self.env._("customers served"),
            "representative": self.env._("representative"),
            "responsible": self.env._("person in charge"),
            "purposes": self.env._("purposes"),
            "persons": self.env._("categories of persons"),
            "data": self.env._("categories of data"),
            "data_detail": self.env._("details of the data"),
            "sensitive": self.env._("sensitive data"),
            "origin": self.env._("origin of the data"),
            "origin_detail": self.env._("sources"),
            "recipients": self.env._("recipients"),
            "processors": self.env._("processors"),
            "transfers": self.env._("transfers"),
            "measures": self.env._("security measures"),
            "tools": self.env._("tools"),
            "person_count": self.env._("number of persons"),
            "dpia": self.env._("impact assessment"),
        }

    # A version is evidence: this write only refuses.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A version of a sheet never changes."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A version of a sheet is not deleted."))

    def action_print(self):
        """Print these versions as they were validated."""
        report = self.env.ref("rgpd_fichier_client.rgpd_processing_version_report")
        return report.report_action(self)

    def _get_stamp(self):
        """Return the number and the day of a version in words; empty without one."""
        if not self:
            return ""
        return self.env._(
            "Version %(number)s of %(date)s",
            number=self.number,
            date=format_date(self.env, self.date),
        )

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
