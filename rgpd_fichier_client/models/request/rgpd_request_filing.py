from odoo import api, fields, models

DESTROY = "destroy"
PAPER = "paper"


class RgpdRequest(models.Model):
    """What came with a mail goes to the encrypted store, and leaves the messages."""

    _inherit = "rgpd.request"

    sent_file_count = fields.Integer(compute="_compute_sent_file_count")

    @api.depends("message_ids.attachment_ids")
    def _compute_sent_file_count(self):
        for request in self:
            request.sent_file_count = len(request._get_sent_files())

    # === ACTION METHODS === #

    def action_file_attachments(self):
        """Choose files among the messages, and say what they are."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put files into the encrypted store"),
            "res_model": "rgpd.request.filing",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_sent_files(self):
        """Return the files of the messages, but the letters that are evidence."""
        self.ensure_one()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self._origin.id)]
        )
        return files - self.letter_ids.pdf_id

    def _file_attachment(self, attachment, what):
        """Move one file out of the messages.

        :param what: a kind of `rgpd.request.proof`, `paper`, or `destroy`
        :raise UserError: it is not a document that the store keeps
        """
        self.ensure_one()
        # sudo: ir.attachment - the officer sees it, by their right on the request
        file_sudo = attachment.sudo()
        content = file_sudo.raw or b""
        if what == PAPER:
            self.env["rgpd.request.paper"]._keep(self, content)
        elif what != DESTROY:
            self.env["rgpd.request.proof"]._receive(self, what, content)
        file_sudo.unlink()
        # sudo: ir.cron - so that the file leaves the disk soon, not the next day
        self.env.ref("base.autovacuum_job").sudo()._trigger()
        self._journal("file_destroyed" if what == DESTROY else "file_sealed", kind=what)
        self.message_post(
            body=self.env._("A file was destroyed: it was not needed.")
            if what == DESTROY
            else self.env._("A file was moved to the encrypted store."),
            subtype_xmlid="mail.mt_note",
        )
