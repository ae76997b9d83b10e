"""Who wrote a mail that a colleague forwarded, read with caution.

A colleague who forwards the mail of a customer is not the customer. The headers that
mail programs copy into the text name the original sender; they are words like others,
easily changed: what is read here is proposed to the officer and never taken by itself
(Art. 12.6 GDPR).
"""

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses

from ..datamap import normalise

# What the mail programs write above the mail they pass on, folded.
_MARK = re.compile(
    r"^[\s>*_-]*(?:"
    r"forwarded message|begin forwarded message|original message"
    r"|message transfere|debut du message (?:transfere|reexpedie)"
    r"|message d'origine|message original"
    r")[\s:*_-]*$"
)
_SENDER = re.compile(r"^\s*(?:from|de|expediteur)\s*:")
# What stands beside the sender in such headers: one alone could be a sentence.
_OTHER = re.compile(
    r"^\s*(?:sent|date|envoye(?: le)?|subject|objet|sujet|to|a|pour|destinataire)\s*:"
)
_DECORATION = re.compile(r"^[\s>]+|[*_]")
HEADER_LINES = 8
# A mail larger than that is left to the officer
LARGEST_MAIL = 10 * 1024 * 1024


def read_sender(text):
    """Return name and address of who wrote a forwarded mail, or None.

    Only the first headers of the text count, and only when they are complete: one
    sender with one address, and at least two of date, subject and addressee. Anything
    else is left to the officer.

    :param str text: the mail as plain text
    :rtype: tuple(str, str) | None

    >>> read_sender('''For you.
    ... ---------- Forwarded message ---------
    ... De : Jeanne Exemple <jeanne@client.example>
    ... Date: lun. 2 nov. 2026
    ... Subject: Mes données
    ... To: Paul <paul@maison.example>''')
    ('Jeanne Exemple', 'jeanne@client.example')
    """
    lines = [_DECORATION.sub("", line) for line in (text or "").splitlines()]
    lines = [line.strip() for line in lines if line.strip()]
    folded = [_fold(line) for line in lines]
    for index, line in enumerate(folded):
        if _SENDER.match(line):
            block = folded[index + 1 : index + HEADER_LINES]
            before = folded[max(index - 4, 0) : index]
            if _is_header(block, any(_MARK.match(mark) for mark in before)):
                return _read_line(lines[index])
    return None


def read_attached(attachments):
    """Return the mails that a colleague attached to theirs instead of passing them on.

    :param attachments: pairs of file name and content: an `EmailMessage` when it came
        as ``message/rfc822``, bytes or text otherwise
    :rtype: list[EmailMessage]
    """
    found = []
    for name, content in attachments:
        if isinstance(content, EmailMessage):
            found.append(content)
        elif (name or "").lower().endswith(".eml"):
            mail = _parse(content)
            if mail and mail["from"]:
                found.append(mail)
    return found


def _parse(content):
    data = content.encode() if isinstance(content, str) else content
    if not data or len(data) > LARGEST_MAIL:
        return None
    try:
        return message_from_bytes(data, policy=policy.SMTP)
    except (MessageError, ValueError):
        return None


def read_header(mail):
    """Return name and address of the sender in the header of a mail, or None.

    >>> mail = EmailMessage()
    >>> mail["From"] = "Jeanne Exemple <Jeanne@client.example>"
    >>> read_header(mail)
    ('Jeanne Exemple', 'jeanne@client.example')
    """
    pairs = [pair for pair in getaddresses([str(mail["from"] or "")]) if pair[1]]
    if len(pairs) != 1:
        return None
    found = normalise.emails(pairs[0][1])
    return (" ".join(pairs[0][0].split()), found[0]) if len(found) == 1 else None


def read_words(mail):
    """Return the subject of a mail, and its text: one of plain text and HTML.

    :rtype: tuple(str, str, bool)
    :return: subject, text, whether the text is HTML
    """
    part = mail.get_body(preferencelist=("plain", "html"))
    try:
        text = part.get_content() if part else ""
    except (LookupError, ValueError, MessageError):
        text = ""
    is_html = bool(part) and part.get_content_type() == "text/html"
    return str(mail["subject"] or ""), str(text), is_html


def _fold(line):
    return normalise.fold(line).strip()


def _is_header(block, is_marked):
    """Whether lines below a sender make it a header of a forwarded mail."""
    kinds = {match[0] for line in block if (match := _OTHER.match(line))}
    return len(kinds) >= (1 if is_marked else 2)


def _read_line(line):
    """Return name and address of a sender line, or None unless there is one address."""
    value = line.partition(":")[2]
    found = normalise.emails(value)
    if len(found) != 1:
        return None
    name = re.sub(r"\[?(?:mailto:)?[<(\[]?\S+@\S+[>)\]]?", "", value)
    name = " ".join(name.strip(" \"'<>()[];,").split())
    return name, found[0]
