"""Collect the files of a person into the bundle (used by the exporter)."""

import io
import mimetypes
import os

FILE_FIELDS = ("name", "type", "url", "mimetype", "file_size", "checksum")
STORED_AS_IS = ("image/", "video/", "audio/", "application/zip", "application/pdf")


class FileCollector:
    """Copies attachments into the ZIP, each content once, missing ones noted.

    :param env: environment with all rights
    :param BundleWriter writer: the archive
    """

    def __init__(self, env, writer):
        self.env = env
        self.writer = writer
        self.items = []
        self.missing = 0
        self._count = 0
        self._by_checksum = {}

    def add(self, res_id, values, owner):
        """Add one attachment.

        :param int res_id: of the attachment
        :param dict values: `FILE_FIELDS` as they were when it was noted
        :param str owner: what it belongs to, in words
        """
        if values["type"] == "url":
            self.items.append(
                {
                    "name": values["name"],
                    "path": None,
                    "url": values["url"],
                    "attached_to": [owner],
                }
            )
            return
        known = self._by_checksum.get(values["checksum"])
        if known and values["checksum"]:
            if owner not in known["attached_to"]:
                known["attached_to"].append(owner)
            return
        item = self._copy(res_id, values, owner)
        self.items.append(item)
        if values["checksum"]:
            self._by_checksum[values["checksum"]] = item

    def add_withheld(self, label):
        """List a file that stays out: its name may tell about somebody else."""
        self.items.append({"name": label, "path": None, "attached_to": []})

    def add_document(self, content, *, name, extension, owner, size):
        """Add a document made for this bundle, such as the PDF of an invoice."""
        path = self._next_path(extension)
        self.writer.add_bytes(path, content)
        self.items.append(
            {"name": name, "path": path, "size": size, "attached_to": [owner]}
        )

    def _copy(self, res_id, values, owner):
        mimetype = values["mimetype"] or "application/octet-stream"
        item = {
            "name": values["name"],
            "path": None,
            "mimetype": mimetype,
            "size": values["file_size"] or 0,
            "attached_to": [owner],
        }
        extension = mimetypes.guess_extension(mimetype) or ".bin"
        compress = not mimetype.startswith(STORED_AS_IS)
        attachment = self.env["ir.attachment"].browse(res_id).exists()
        source = self._open(attachment) if attachment else None
        self.env.invalidate_all()
        if source is None:
            self.missing += 1
            return {**item, "missing": True}
        item["path"] = self._next_path(extension)
        with source:
            self.writer.add_stream(item["path"], source, compress=compress)
        return item

    def _open(self, attachment):
        """Return a binary stream over the content, or None when it is lost."""
        if attachment.store_fname:
            path = attachment._full_path(attachment.store_fname)
            if os.path.isfile(path):
                try:
                    return open(path, "rb")
                except OSError:
                    return None
        # another storage than the filestore, or in the database
        content = attachment.raw
        if not content and attachment.file_size:
            return None
        return io.BytesIO(content or b"")

    def _next_path(self, extension):
        """Return a fresh entry name that says nothing about anybody."""
        self._count += 1
        return f"files/{self._count:05d}{extension}"
