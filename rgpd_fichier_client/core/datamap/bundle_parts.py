"""What is written of a bundle before it is put together: named streams, in steps.

A stream whose name begins with a dot is for the work itself and is no entry of the
bundle. Nothing here knows Odoo.
"""

import base64
import io
import tempfile
import zlib

SPOOL = 1024 * 1024

PAGE, DATA = "index.html", "data.json"
# What was found, names learned, files and documents to copy, documents to print
FOUND, NAMES, FILES, PRINTED, TO_PRINT = (
    ".found",
    ".names",
    ".files",
    ".printed",
    ".to_print",
)


class Step:
    """The streams as a step writes them.

    :param append: called with the name of a stream and bytes to add to it
    :param read: called with the name of a stream; gives its bytes so far
    """

    def __init__(self, append, read):
        self._append = append
        self._read = read

    def write(self, name, text):  # pylint: disable=method-required-super
        """Add text to a stream."""
        self._append(name, text.encode())

    def write_bytes(self, name, data):
        """Add bytes to a stream."""
        self._append(name, data)

    def read_lines(self, name):
        """Return the lines of a stream so far, as text."""
        return self._read(name).decode().splitlines()

    def open(self, name):
        """Return a text stream that adds to a stream."""
        return _TextStream(self, name)


class _TextStream(io.TextIOBase):
    def __init__(self, step, name):
        super().__init__()
        self._step = step
        self._name = name

    def write(self, text):  # pylint: disable=method-required-super
        self._step.write(self._name, text)
        return len(text)


class Buffer:
    """What was written since the last time it was packed."""

    def __init__(self):
        self._streams = {}
        self.size = 0

    def append(self, name, data):
        """Add bytes to a stream."""
        self._streams.setdefault(name, []).append(data)
        self.size += len(data)

    def read(self, name):  # pylint: disable=method-required-super
        """Return what is there of a stream."""
        return b"".join(self._streams.get(name, ()))

    def pack(self):
        """Return everything as JSON-able data, and forget it."""
        packed = {
            name: base64.b64encode(zlib.compress(b"".join(pieces), 1)).decode()
            for name, pieces in self._streams.items()
        }
        self._streams, self.size = {}, 0
        return packed


def unpack(packed, name):
    """Return the bytes of one stream of what `pack` gave.

    >>> buffer = Buffer()
    >>> buffer.append("a", b"1")
    >>> unpack(buffer.pack(), "a")
    b'1'
    """
    text = packed.get(name)
    return zlib.decompress(base64.b64decode(text)) if text else b""


class Spool:
    """Streams that live in memory, or unlinked on disk when they are big."""

    def __init__(self):
        self._files = {}

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        for file in self._files.values():
            file.close()

    def append(self, name, data):
        """Add bytes at the end of a stream."""
        if name not in self._files:
            self._files[name] = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        file = self._files[name]
        file.seek(0, io.SEEK_END)
        file.write(data)

    def pour(self, packed):
        """Add what `Buffer.pack` gave."""
        for name in packed:
            self.append(name, unpack(packed, name))

    def get_entries(self):
        """Return the names of the streams that go into the bundle, as they began."""
        return [name for name in self._files if not name.startswith(".")]

    def read(self, name):  # pylint: disable=method-required-super
        """Return the bytes of a stream."""
        if name not in self._files:
            return b""
        return self.open(name).read()

    def read_part(self, name, start, size):
        """Return some bytes of a stream."""
        self._files[name].seek(start)
        return self._files[name].read(size)

    def iterate_lines(self, name):
        """Yield the lines of a stream, as text."""
        if name in self._files:
            for line in self.open(name):
                yield line.decode()

    def open(self, name):
        """Return a stream at its start."""
        self._files[name].seek(0)
        return self._files[name]
