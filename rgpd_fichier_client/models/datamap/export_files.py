"""Collect the files of a person into the bundle (used by the exporter)."""

import io
import mimetypes
import os

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

    def add(self, attachment, owner):
        """Add one attachment; `owner` says in words what it belongs to."""
        if attachment.type == "url":
            self.items.append(
                {
                    "name": attachment.name or "",
                    "path": None,
                    "url": attachment.url or "",
                    "attached_to": [owner],
                }
            )
            return
        known = self._by_checksum.get(attachment.checksum)
        if known and attachment.checksum:
            if owner not in known["attached_to"]:
                known["attached_to"].append(owner)
            return
        item = self._copy(attachment, owner)
        self.items.append(item)
        if attachment.checksum:
            self._by_checksum[attachment.checksum] = item

    def add_withheld(self, label):
        """List a file that stays out: its name may tell about somebody else."""
        self.items.append({"name": label, "path": None, "attached_to": []})

    def add_bytes(self, name, content, extension, owner):
        """Add a document made for this bundle, such as the PDF of an invoice."""
        path = self._next_path(extension)
        self.writer.add_bytes(path, content)
        self.items.append(
            {
                "name": name,
                "path": path,
                "size": len(content),
                "attached_to": [owner],
            }
        )

    def _copy(self, attachment, owner):
        mimetype = attachment.mimetype or "application/octet-stream"
        item = {
            "name": attachment.name or "",
            "path": None,
            "mimetype": mimetype,
            "size": attachment.file_size or 0,
            "attached_to": [owner],
        }
        extension = mimetypes.guess_extension(mimetype) or ".bin"
        compress = not mimetype.startswith(STORED_AS_IS)
        source = self._open(attachment)
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
