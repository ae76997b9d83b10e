from odoo import api, fields, models


class RgpdInformation(models.Model):
    """The name of the person, for a calendar: tasks and mails copy the number only."""

    _inherit = "rgpd.information"

    person_name = fields.Char(string="Name", compute="_compute_person_name")

    @api.depends("subject_id")
    @api.depends_context("uid", "lang")
    def _compute_person_name(self):
        """Name the person for those who may read their record."""
        for row in self:
            # sudo: rgpd.subject - it looks at the rights of the user by itself
            row.person_name = row.subject_id.sudo().display_name
