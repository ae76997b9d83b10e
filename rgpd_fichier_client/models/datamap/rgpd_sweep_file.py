import os

from odoo import models
from odoo.tools.mimetypes import guess_mimetype

from ...core.datamap import filetext, pieces
from .rgpd_sweep import UNREAD

UNKNOWN_TYPE = "application/octet-stream"
# Of a file, enough to tell its type; an office document is then a mere archive
HEAD = 1 << 16


class RgpdSweep(models.AbstractModel):
    """How one file is read: whole, in pieces when it is large, or told as unread."""

    _inherit = "rgpd.sweep"

    def _read_stored(self, fname, mimetype, scan):
        """Return ``[(kind, identifier)]`` found in a file of the filestore."""
        # sudo: ir.attachment - files of any company and of hidden fields
        attachments = self.env["ir.attachment"].sudo()
        path = attachments._full_path(fname)
        size = os.path.getsize(path) if os.path.isfile(path) else 0
        if not mimetype or mimetype == UNKNOWN_TYPE:
            is_large = size > pieces.LARGEST_WHOLE
            data = _read_head(path) if is_large else attachments._file_read(fname)
            mimetype = guess_mimetype(data, UNKNOWN_TYPE)
        texts = self.env["rgpd.file.text"]
        return self._read_file(
            path, size, mimetype, scan, lambda: texts._read(fname, mimetype)
        )

    def _read_orphan(self, path, scan):
        """Return ``[(kind, identifier)]`` found in a file no attachment names."""
        size = os.path.getsize(path)
        mimetype = guess_mimetype(_read_head(path), UNKNOWN_TYPE)
        return self._read_file(
            path, size, mimetype, scan, lambda: self._read_text(path, mimetype)
        )

    def _read_file(self, path, size, mimetype, scan, read):
        """Look through a file: a large text in pieces, what is too large not at all.

        :param read: called for the text of a file that is not large
        """
        if not filetext.is_readable(mimetype):
            return []
        if filetext.is_plain(mimetype) and size > pieces.LARGEST_WHOLE:
            with open(path, "rb") as stream:
                found = pieces.find_in_stream(scan, stream)
            return [(identifier.kind, identifier) for identifier in found]
        if size > filetext.LARGEST_TOTAL:
            return [(UNREAD, None)]
        return self._look(read, scan)

    def _read_text(self, path, mimetype):
        """Return the text of a file; of a damaged one what can be read of it."""
        with open(path, "rb") as stream:
            data = stream.read()
        try:
            return filetext.read(data, mimetype)
        except filetext.TooLargeFileError:
            raise
        except filetext.UnreadableFileError as error:
            return error.text

    def _look(self, read, scan):
        """Return ``[(kind, identifier)]`` of a text, with what was not read of it."""
        unread = []
        try:
            text = read()
        except filetext.TooLargeFileError as error:
            text, unread = error.text, [(UNREAD, None)]
        try:
            found = [(identifier.kind, identifier) for identifier in scan(text)]
        except MemoryError:
            found, unread = [], [(UNREAD, None)]
        return found + unread


def _read_head(path):
    with open(path, "rb") as stream:
        return stream.read(HEAD)
