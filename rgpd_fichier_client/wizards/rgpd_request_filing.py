from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.request.rgpd_request_filing import DESTROY, PAPER


class RgpdRequestFiling(models.TransientModel):
    """Put files that came by mail where they belong: encrypted, or nowhere.

    A mandate that came with a mail need not be sent again; an identity paper that
    nobody asked for leaves the messages (Art. 5.1 c and 32 GDPR).
    """

    _name = "rgpd.request.filing"
    _description = "File What Came with a Mail"

    request_id = fields.Many2one("rgpd.request", required=True, readonly=True)
    allowed_attachment_ids = fields.Many2many(
        "ir.attachment", compute="_compute_allowed_attachment_ids"
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        domain="[('id', 'in', allowed_attachment_ids)]",
    )
    what = fields.Selection(
        selection="_get_kinds",
        string="What they are",
        required=True,
        help="They leave the messages for the encrypted store, each look is in the "
        "journal. Destroy an identity paper that was not needed.",
    )

    @api.model
    def _get_kinds(self):
        proofs = self.env["rgpd.request.proof"]._fields["kind"]
        return [
            *proofs._description_selection(self.env),
            (PAPER, self.env._("Copy of an identity paper, needed to decide")),
            (DESTROY, self.env._("Not needed: destroy it")),
        ]

    @api.depends("request_id")
    def _compute_allowed_attachment_ids(self):
        for wizard in self:
            wizard.allowed_attachment_ids = wizard.request_id._get_sent_files()

    def action_file(self):
        """Move the files, then show the request again."""
        self.ensure_one()
        request = self.request_id
        request.check_access("write")
        if not self.attachment_ids:
            raise UserError(self.env._("Choose the files first."))
        for attachment in self.attachment_ids & request._get_sent_files():
            request._file_attachment(attachment, self.what)
        return request._get_form_action()
