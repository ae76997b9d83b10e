from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..journal.sql_array import int_array


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
        going = attachments - kept
        guarded = going.filtered(lambda a: not self._may_go(a))
        (going - guarded).unlink()
        self._delete_guarded(guarded)
        return set(kept.ids)

    def _delete_guarded(self, attachments):
        """Delete files that only the audit trail still holds back.

        The duty the trail serves is over (L123-22 C. com.): keeping them longer would
        be unlawful, and the ORM refuses for ever.
        """
        names = [name for name in attachments.mapped("store_fname") if name]
        if attachments:
            self.env.cr.execute(
                SQL("DELETE FROM ir_attachment WHERE id IN %s", attachments._ids)
            )
            attachments.invalidate_recordset(flush=False)
        for name in names:
            attachments._mark_for_gc(name)

    def _get_protected(self, attachments):
        """Files of accounting documents and of their audit trail, while needed."""
        attachments = attachments.sudo()
        moves = attachments.filtered(lambda a: a.res_model == "account.move")
        released = self.env["rgpd.eraser.accounting"]._get_released(
            "account.move", list({a.res_id for a in moves})
        )
        existing = set(
            self.env["account.move"].browse(moves.mapped("res_id")).exists().ids
        )
        kept = moves.filtered(lambda a: a.res_id in existing - released)
        others = attachments - moves
        return kept | others.filtered(lambda a: not self._may_go(a))

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
                "SELECT id FROM ir_attachment WHERE res_model = %s"
                " AND res_id = ANY(%s) AND res_field IN %s",
                model_name,
                int_array(ids),
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
