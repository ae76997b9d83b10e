"""The text of a file, for the formats people attach to customers.

Used to look for identifiers only: layout does not matter, but what stands in one
paragraph stays together, as word processors cut words anywhere. Files inside files are
opened too: an archive, an attachment of an e-mail, a sheet in a letter. A file that
cannot be read gives an error rather than an empty text, so that nobody takes it for
clean.
"""

import email
import io
import zipfile
from email import policy
from pathlib import PurePosixPath

import pypdf
from lxml import etree

from ..errors import CoreError

TEXT_TYPES = ("text/", "application/json", "application/xml", "application/sql")
MAIL_TYPES = ("message/",)
ZIP_TYPES = (
    "application/vnd.openxmlformats",
    "application/vnd.oasis.opendocument",
    "application/zip",
    "application/x-zip",
)
PDF_TYPE = "application/pdf"

# Beyond these a file is no writing of a human, or one made to stop the reader
LARGEST_PART = 50_000_000
LARGEST_TOTAL = 200_000_000
MOST_PARTS = 5_000
DEEPEST = 4

TEXT_ENDINGS = {
    ".csv", ".css", ".htm", ".html", ".ics", ".json", ".log", ".md", ".rels", ".rtf",
    ".sql", ".tsv", ".txt", ".vcf", ".xml", ".yaml", ".yml",
}  # fmt: skip
MAIL_ENDINGS = {".eml", ".mht", ".mhtml"}
# Elements of office documents that stand inside a word
INLINE = {
    "a", "b", "bookmarkEnd", "bookmarkStart", "del", "hyperlink", "i", "ins", "lang",
    "proofErr", "r", "rPr", "smartTag", "span", "t", "u",
}  # fmt: skip
SPACES = {"br", "cr", "line-break", "s", "tab"}


class UnreadableFileError(CoreError):
    """The file says it is of a known format and cannot be read as such.

    :param str text: what could be read of it all the same
    """

    def __init__(self, message, text=""):
        super().__init__(message)
        self.text = text


class TooLargeFileError(UnreadableFileError):
    """The file is no damaged one: there is more in it than can be read here."""


def is_readable(mimetype):
    """Return whether the text of files of this type can be read."""
    return (mimetype or "").startswith((*TEXT_TYPES, *MAIL_TYPES, *ZIP_TYPES, PDF_TYPE))


def is_plain(mimetype):
    """Return whether a readable file of this type is its own text."""
    return not mimetype.startswith((*MAIL_TYPES, *ZIP_TYPES, PDF_TYPE))


def read(data, mimetype):
    """Return the text of a file and of the files inside it.

    :param bytes data: content of the file
    :param str mimetype: a type for which ``is_readable``
    :raise UnreadableFileError: when the content, or that of a file inside it, is
        damaged, encrypted, or larger and deeper than what a human writes; for the
        latter a TooLargeFileError
    """
    texts = []
    reader = _Reader()
    try:
        for text in reader.read_file(data, mimetype):
            texts.append(text)
    except Exception as error:
        kind = _get_kind(error)
        raise kind(type(error).__name__, "\n".join(texts)) from error
    if reader.unread:
        raise reader.kind(reader.unread, "\n".join(texts))
    return "\n".join(texts)


def has_unread_page(data):
    """Return whether a page of a PDF is a picture without a text: a scan.

    The text of the other pages says nothing about it. A page without anything is empty,
    and read; of a damaged page nobody knows what it says.

    :param bytes data: content of a PDF that ``read`` could read
    """
    try:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        return any(not p.extract_text().strip() and _has_picture(p) for p in pages)
    except Exception:  # noqa: BLE001 - whatever a damaged file makes of the reader
        return True


def _has_picture(page):
    """Return whether something is drawn on a page; a form may hold the picture."""
    objects = page
    for name in ("/Resources", "/XObject"):
        objects = objects.get(name)
        if objects is None:
            return False
        objects = objects.get_object()
    kinds = {item.get_object().get("/Subtype") for item in objects.values()}
    return bool(kinds & {"/Image", "/Form"})


def _get_kind(error):
    is_large = isinstance(error, (MemoryError, TooLargeFileError))
    return TooLargeFileError if is_large else UnreadableFileError


class _Reader:
    """Reads one file with those inside it, within limits for all of them together."""

    def __init__(self):
        self._parts = 0
        self._size = 0
        self.unread = ""
        self.kind = UnreadableFileError

    def read_file(self, data, mimetype, depth=0):
        """Yield the texts of a file."""
        self._count(len(data), depth)
        if mimetype.startswith(PDF_TYPE):
            for page in pypdf.PdfReader(io.BytesIO(data)).pages:
                yield page.extract_text()
        elif mimetype.startswith(ZIP_TYPES):
            yield from self._read_zip(data, depth)
        elif mimetype.startswith(MAIL_TYPES):
            message = email.message_from_bytes(data, policy=policy.default)
            yield from self._read_mail(message, depth)
        else:
            yield _decode(data)

    def _count(self, size, depth):
        self._parts += 1
        self._size += size
        if depth > DEEPEST:
            raise TooLargeFileError("too many files inside one another")
        if self._parts > MOST_PARTS or self._size > LARGEST_TOTAL:
            raise TooLargeFileError("too large")

    # === ARCHIVES AND OFFICE DOCUMENTS === #

    def _read_zip(self, data, depth):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            is_office = bool(names & {"[Content_Types].xml", "mimetype"})
            for part in parts:
                yield part.filename
                if part.is_dir():
                    continue
                ending = PurePosixPath(part.filename).suffix.lower()
                if not self._may_hold_text(archive, part, ending):
                    continue
                content = self._open(archive, part)
                if is_office and ending in (".xml", ".rels"):
                    self._count(len(content), depth)
                    yield _read_xml(content)
                else:
                    yield from self._read_inside(content, ending, depth)

    @staticmethod
    def _may_hold_text(archive, part, ending):
        """A film in an archive makes it large, and holds no text."""
        if part.file_size <= LARGEST_PART:
            return True
        with archive.open(part) as stream:
            return bool(_guess(stream.read(1000), ending))

    def _open(self, archive, part):
        """Return the content of a part, which may lie about its size."""
        with archive.open(part) as stream:
            content = stream.read(LARGEST_PART + 1)
        if len(content) > LARGEST_PART:
            raise TooLargeFileError("too large")
        return content

    def _read_inside(self, data, ending, depth):
        """One damaged file does not hide what the others say."""
        mimetype = _guess(data, ending)
        if not mimetype:
            return
        try:
            yield from self.read_file(data, mimetype, depth + 1)
        except Exception as error:
            self.unread = type(error).__name__
            if _get_kind(error) is TooLargeFileError:
                self.kind = TooLargeFileError

    # === E-MAIL === #

    def _read_mail(self, message, depth):
        """Yield the headers and the parts; encoded words and bodies are decoded."""
        for name, value in message.items():
            yield f"{name}: {value}"
        for part in message.iter_parts() if message.is_multipart() else [message]:
            if part is not message and part.get_content_type().startswith("multipart/"):
                yield from self._read_mail(part, depth)
                continue
            name = part.get_filename() or ""
            yield name
            content = _get_content(part)
            if isinstance(content, email.message.EmailMessage):
                self._count(0, depth + 1)
                yield from self._read_mail(content, depth + 1)
            elif isinstance(content, str):
                self._count(len(content), depth)
                yield content
            elif content:
                ending = PurePosixPath(name).suffix.lower()
                yield from self._read_inside(content, ending, depth)


def _get_content(part):
    """Return the decoded content of a part, as bytes when its charset is unknown."""
    try:
        return part.get_content()
    except (KeyError, LookupError):
        return part.get_payload(decode=True)


def _guess(data, ending):
    """Return the type of a file inside another, '' when it holds no text."""
    if data.startswith(b"PK\x03\x04"):
        return "application/zip"
    if data.startswith(b"%PDF"):
        return PDF_TYPE
    if ending in MAIL_ENDINGS:
        return "message/rfc822"
    if ending in TEXT_ENDINGS or (not ending and b"\0" not in data[:1000]):
        return "text/plain"
    return ""


def _read_xml(data):
    """Return the text of an office document: one line per paragraph or cell."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(data, parser)
    pieces = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        if event == "start":
            pieces.append(node.text or "")
            pieces += [v for k, v in node.items() if k in ("Target", "tooltip")]
            if name in SPACES:
                pieces.append(" ")
            continue
        if name not in INLINE and name not in SPACES and (len(node) or node.text):
            pieces.append("\n")
        pieces.append(node.tail or "")
    return "".join(pieces)


def _decode(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
