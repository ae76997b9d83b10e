from odoo import api, fields, models


class RgpdRequest(models.Model):
    """What stands for a request in a calendar: mails and tasks copy its number only."""

    _inherit = "rgpd.request"

    calendar_name = fields.Char(
        string="Reference and person", compute="_compute_calendar_name"
    )

    @api.depends("name", "partner_id", "subject_id")
    @api.depends_context("uid", "lang")
    def _compute_calendar_name(self):
        """Add the person, for those who may read their record, to the number."""
        readable = self.partner_id.sudo(False)._filtered_access("read")
        for request in self:
            # sudo: rgpd.subject - it looks at the rights of the user by itself
            subject = request.subject_id.sudo()
            person = request.partner_id & readable or subject
            names = (request.name, person.display_name)
            request.calendar_name = " · ".join(filter(None, names))
