import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ...core.journal import sealing
from ...core.request import proof


class RgpdRequestSealed(models.AbstractModel):
    """A file that few may read: encrypted with a key outside the database.

    It is no attachment: nothing of it is in the chatter, the filestore or an index
    (Art. 32 GDPR).
    """

    _name = "rgpd.request.sealed"
    _description = "Encrypted File of a Request"

    mimetype = fields.Char(readonly=True)
    content_sealed = fields.Binary(
        attachment=False, readonly=True, groups=fields.NO_ACCESS
    )
    file = fields.Binary(
        string="Copy received",
        compute="_compute_file",
        inverse="_inverse_file",
        help="PDF, JPEG or PNG. Encrypted at once.",
    )

    # === COMPUTE METHODS === #

    def _compute_file(self):
        """Nothing comes back by this way."""
        self.file = False

    def _inverse_file(self):
        for record in self.filtered("file"):
            record._take(base64.b64decode(record.file))
            record.file = False

    # === BUSINESS METHODS === #

    def _take(self, content):
        """Keep the bytes of a file; to be extended by what goes with it.

        :param bytes content: the file
        :raise UserError: too large, or not a picture nor a PDF
        """
        self.ensure_one()
        kind = self._read_kind(content)
        key = self.env["rgpd.key"]._get("vault")
        text = base64.b64encode(content).decode()
        # sudo: rgpd.request.sealed - the sealed copy is readable by nobody
        self.sudo().write(
            {
                "content_sealed": base64.b64encode(
                    sealing.seal(key, text, self._get_context())
                ),
                "mimetype": kind,
            }
        )

    def _read_kind(self, content):
        """Return the MIME type of a document that may be kept.

        :raise UserError: too large, or not a picture nor a PDF
        """
        kind = proof.get_paper_kind(content)
        if not kind or len(content) > proof.PAPER_BYTES:
            raise UserError(
                self.env._("Send a PDF, a JPEG or a PNG of less than 8 MB.")
            )
        return kind

    def _open_content(self):
        """Return the bytes; the caller has checked who looks, and journals it."""
        self.ensure_one()
        # sudo: rgpd.request.sealed - the sealed copy is readable by nobody
        sealed = self.sudo().content_sealed
        key = self.env["rgpd.key"]._get("vault")
        text = sealing.unseal(key, base64.b64decode(sealed), self._get_context())
        return base64.b64decode(text)

    def _get_context(self):
        """Return what binds a sealed copy to its row."""
        return f"{self._name},{self.id}"

    def _get_look_action(self, what):
        """Return the client action that shows the file in a tab of its own, by POST."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "rgpd_paper_look",
            "params": {"what": what, "id": self.id},
        }
