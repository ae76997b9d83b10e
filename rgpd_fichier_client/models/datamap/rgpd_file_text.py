import base64

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.datamap import filetext
from ...core.journal import sealing

# Reading these again each night costs more than everything else together
SLOW_TYPES = (*filetext.ZIP_TYPES, *filetext.MAIL_TYPES, filetext.PDF_TYPE)


class RgpdFileText(models.Model):
    """The text of a file of the filestore, so that each is opened once.

    The name of a file is the checksum of its content: its text never changes. The text
    is personal data, so it is sealed with a key outside the database, nobody has a
    right on it, and it goes when no attachment has that content any more.
    """

    _name = "rgpd.file.text"
    _description = "Text of a File"
    _log_access = False
    _rec_name = "fname"

    fname = fields.Char(string="File", required=True, readonly=True)
    mimetype = fields.Char(string="Type", required=True, readonly=True)
    sealed = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS)

    _fname_uniq = models.UniqueIndex("(fname, mimetype)")

    @api.model
    def _read(self, fname, mimetype):
        """Return the text of a file of the filestore.

        Of a damaged or encrypted file, what can be read of it.

        :param str fname: name in the filestore, as in ``ir.attachment.store_fname``
        :param str mimetype: a type for which ``filetext.is_readable``
        :return: the text, '' when the file is missing
        :raise TooLargeFileError: with what could be read; it is not kept
        """
        if not mimetype.startswith(SLOW_TYPES):
            return self._read_text(fname, mimetype)
        # sudo: rgpd.file.text - nobody has a right on the texts but the sweep
        texts = self.sudo()
        known = texts.search([("fname", "=", fname), ("mimetype", "=", mimetype)])
        key = self.env["rgpd.key"]._get("vault")
        context = f"rgpd.file.text,{fname}"
        if known:
            return sealing.unseal(key, base64.b64decode(known.sealed), context)
        text = self._read_text(fname, mimetype)
        if not text:
            # Perhaps the file is only missing for now
            return text
        texts.create(
            {
                "fname": fname,
                "mimetype": mimetype,
                "sealed": base64.b64encode(sealing.seal(key, text, context)),
            }
        )
        return text

    def _read_text(self, fname, mimetype):
        # sudo: ir.attachment - files of any company and of hidden fields
        data = self.env["ir.attachment"].sudo()._file_read(fname)
        try:
            return filetext.read(data, mimetype)
        except filetext.TooLargeFileError:
            raise
        except filetext.UnreadableFileError as error:
            return error.text

    @api.model
    def _forget(self):
        """Delete the texts of files that no attachment has any more.

        :return: how many
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM rgpd_file_text t
                    WHERE NOT EXISTS (SELECT FROM ir_attachment a
                                       WHERE a.store_fname = t.fname)"""
            )
        )
        count = self.env.cr.rowcount
        self.env.invalidate_all(flush=False)
        return count
