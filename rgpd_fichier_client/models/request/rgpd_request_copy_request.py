from odoo import api, fields, models

from ...core.request import sealed_zip


class RgpdRequest(models.Model):
    """A request shows how far its copies are, and keeps back what is doubtful."""

    _inherit = "rgpd.request"

    copy_ids = fields.One2many("rgpd.request.copy", "request_id", string="Copies")
    copy_id = fields.Many2one(
        "rgpd.request.copy", compute="_compute_copy", string="Copy in preparation"
    )
    copy_state = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.request.copy"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        compute="_compute_copy",
        string="Copy",
    )
    copy_progress = fields.Char(compute="_compute_copy")
    copy_todo_count = fields.Integer(compute="_compute_copy")
    copy_failure = fields.Char(compute="_compute_copy")

    @api.depends("copy_ids.state", "copy_ids.record_done", "copy_ids.line_ids.decision")
    def _compute_copy(self):
        for request in self:
            copy = request.copy_ids[:1]
            request.copy_id = copy
            request.copy_state = copy.state
            request.copy_progress = copy.progress_text
            request.copy_todo_count = copy.todo_count
            request.copy_failure = copy.failure

    def action_open_copy(self):
        """Open the preparation of the copy."""
        self.ensure_one()
        return self.copy_id._get_action()

    def action_prepare_copy(self):
        """Read what the copy would hold, and show what to decide."""
        self.ensure_one()
        right, persons = self._get_copy_persons()
        return self._prepare_copy(right, persons)._get_action()

    def _prepare_copy(self, right, persons):
        """Return the copy of this request, read as it is now."""
        self.ensure_one()
        return self.env["rgpd.request.copy"]._prepare_for(self, right, persons)

    def _get_copy(self, right):
        """Return the copy prepared for one right, or none."""
        self.ensure_one()
        return self.copy_ids.filtered(lambda copy: copy.right == right)[:1]

    def _get_copy_download(self, copy):
        """Return the action that downloads the copy, or shows what keeps it back."""
        if not copy.can_leave:
            return copy._get_action()
        delivery, secret = self.env["rgpd.request.delivery"]._grant(copy)
        # A copy drawn on the fly has a password of its own, kept nowhere
        password = copy._get_password() if copy.is_big else sealed_zip.make_password()
        return self._get_download_action(delivery, secret, password)
