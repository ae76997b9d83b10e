from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class RgpdEraserFile(models.AbstractModel):
    """Delete the files of a person, in the database and on the disk.

    Rows go through the ORM, which marks the file for Odoo's own garbage collection;
    the sweep runs that collection, so that the certificate closes on a disk where the
    file is gone unless another row uses the same content.
    """

    _name = "rgpd.eraser.file"
    _description = "Deletion of Files"

    @api.model
    def _delete(self, attachment_ids):
        """Delete attachments; return the ids that accounting protects.

        :return: ids kept (posted accounting documents and their audit trail)
        """
        attachments = self.env["ir.attachment"].browse(attachment_ids).exists()
        kept = self._get_protected(attachments)
        (attachments - kept).unlink()
        return set(kept.ids)

    def _get_protected(self, attachments):
        """Files of posted accounting documents, and what the audit trail guards."""
        moves = attachments.filtered(lambda a: a.res_model == "account.move")
        posted = (
            self.env["account.move"]
            .browse({a.res_id for a in moves})
            .exists()
            .filtered(lambda move: move.posted_before or move.state == "posted")
        )
        kept = moves.filtered(lambda a: a.res_id in posted._ids)
        for attachment in attachments - kept:
            if not self._may_go(attachment):
                kept |= attachment
        return kept

    def _may_go(self, attachment):
        """False when the audit trail of accounting refuses the deletion."""
        if not hasattr(attachment, "_except_audit_trail"):
            return True
        try:
            attachment._except_audit_trail()
        except UserError:
            return False
        return True

    @api.model
    def _find_of_fields(self, model_name, ids, names):
        """Attachment rows behind the binary fields of these records (avatars…)."""
        if not ids or not names:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM ir_attachment WHERE res_model = %s AND res_id IN %s"
                " AND res_field IN %s",
                model_name,
                tuple(ids),
                tuple(names),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _collect_garbage(self):
        """Remove the files nobody refers to any more from the disk; commits.

        For crons only: the collection locks the table in a transaction of its own.
        """
        self.env["ir.attachment"]._gc_file_store()
