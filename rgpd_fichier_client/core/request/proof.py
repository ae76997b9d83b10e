"""Establish who asks, with the least that settles it (Art. 12.6 GDPR, CNIL).

A code sent to an address the file knows already, or what only the customer knows: the
number and the amount of the last order. A copy of an identity paper comes last.
"""

import re
import secrets

CODE_DIGITS = 8
CODE_HOURS = 72
TRIES = 5
# What may come as a copy of an identity paper, by its first bytes.
PAPER_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
PAPER_BYTES = 8 * 1024 * 1024


def make_code():
    """Return a random code of digits, easy to read on the phone."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def read_code(text):
    """Return the digits of what somebody typed, or '' when it can be no code."""
    digits = re.sub(r"\D", "", (text or "")[:64])
    return digits if len(digits) == CODE_DIGITS else ""


def mask_address(email):
    """Return an address that its owner recognises and nobody else can use.

    >>> mask_address("camille.martin@client.example")
    'c…n@c….example'
    """
    local, _at, domain = email.partition("@")
    host, _dot, end = domain.rpartition(".")
    tail = local[-1] if len(local) > 2 else ""
    return f"{local[:1]}…{tail}@{host[:1]}….{end}"


def read_amount(text):
    """Return an amount in cents, or None; both decimal marks are understood.

    >>> read_amount("1 234,50 €")
    123450
    """
    kept = re.sub(r"[^\d,.]", "", (text or "")[:32])
    found = re.fullmatch(r"(\d[\d,.]*?)(?:[,.](\d{1,2}))?", kept)
    if not found:
        return None
    whole = int(re.sub(r"\D", "", found[1]))
    return whole * 100 + int((found[2] or "0").ljust(2, "0"))


def get_paper_kind(content):
    """Return the kind of file of a copy by its first bytes, or None."""
    return next(
        (kind for start, kind in PAPER_KINDS if content.startswith(start)), None
    )
