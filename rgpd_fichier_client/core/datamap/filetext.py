"""The text of a file, for the formats people attach to customers.

Used to look for identifiers only: layout does not matter, and a file that cannot be
read gives an error rather than an empty text, so that nobody takes it for clean.
"""

import io
import zipfile

import pypdf
from lxml import etree

from ..errors import CoreError

TEXT_TYPES = ("text/", "message/", "application/json", "application/xml")
ZIP_TYPES = (
    "application/vnd.openxmlformats",
    "application/vnd.oasis.opendocument",
)
PDF_TYPE = "application/pdf"
# A part of an office document larger than this is not the writing of a human
LARGEST_PART = 50_000_000


class UnreadableFileError(CoreError):
    """The file says it is of a known format and cannot be read as such."""


def is_readable(mimetype):
    """Return whether the text of files of this type can be read."""
    return (mimetype or "").startswith((*TEXT_TYPES, *ZIP_TYPES, PDF_TYPE))


def read(data, mimetype):
    """Return the text of a file.

    :param bytes data: content of the file
    :param str mimetype: a type for which ``is_readable``
    :raise UnreadableFileError: when the content is damaged or encrypted
    """
    try:
        if mimetype.startswith(PDF_TYPE):
            pages = pypdf.PdfReader(io.BytesIO(data)).pages
            return "\n".join(page.extract_text() for page in pages)
        if mimetype.startswith(ZIP_TYPES):
            return "\n".join(_read_parts(data))
    except Exception as error:
        raise UnreadableFileError(type(error).__name__) from error
    return _decode(data)


def _read_parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            if part.filename.endswith(".xml") and part.file_size <= LARGEST_PART:
                parser = etree.XMLParser(resolve_entities=False, no_network=True)
                yield " ".join(etree.fromstring(archive.read(part), parser).itertext())


def _decode(data):
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
