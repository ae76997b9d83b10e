"""The parts of a copy in preparation, sealed one by one (for `rgpd.request.copy`)."""

from functools import cached_property

from odoo.fields import Command

from ...core.datamap import bundle_parts
from ...core.journal import sealing


class SealedParts:
    """Keeps what steps write until it is put together; nothing lies about in clear.

    A part holds what was written since the part before and the state after it, in one
    row: whoever goes on finds both, or neither. The key is not in the database.

    :param copy: `rgpd.request.copy` in sudo
    """

    def __init__(self, copy):
        self._copy = copy
        self._buffer = bundle_parts.Buffer()
        self.step = bundle_parts.Step(self._buffer.append, self._read)

    @cached_property
    def _key(self):
        return self._copy.env["rgpd.key"]._get("vault")

    @property
    def size(self):
        """Return how many bytes wait for `keep`."""
        return self._buffer.size

    def keep(self, state):
        """Seal what was written as a part of its own; the caller commits."""
        number = len(self._copy.part_ids) + 1
        content = {"streams": self._buffer.pack(), "state": state}
        part = self._copy.env["ir.attachment"].create(
            {
                "name": f"part.{number:06}",
                "raw": sealing.seal(self._key, content, self._get_context(number)),
                "mimetype": "application/octet-stream",
                "res_model": self._copy._name,
                "res_id": self._copy.id,
            }
        )
        self._copy.part_ids = [Command.link(part.id)]

    def get_state(self):
        """Return the state after the last part, None without any."""
        contents = self._iterate(start=max(0, len(self._copy.part_ids) - 1))
        return next((content["state"] for content in contents), None)

    def pour(self, spool):
        """Write every part into streams that delete themselves."""
        for content in self._iterate():
            spool.pour(content["streams"])

    def _read(self, name):
        kept = [bundle_parts.unpack(c["streams"], name) for c in self._iterate()]
        return b"".join([*kept, self._buffer.read(name)])

    def _iterate(self, start=0):
        """Yield the parts from one on, in order; memory holds one."""
        parts = self._copy.part_ids.sorted("name")
        for number, part in enumerate(parts[start:], start + 1):
            sealed = part.raw
            part.invalidate_recordset()
            yield sealing.unseal(self._key, sealed, self._get_context(number))

    def _get_context(self, number):
        return f"{self._copy._name},{self._copy.id},{number}"
