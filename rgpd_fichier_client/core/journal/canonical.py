"""The exact text that evidence is hashed from.

One entry, one text, for ever: a digest made today must be found again in ten years
by another version of this code. The text therefore starts with the version of its
form, and an old form is never changed; a new need is a new version.

Version 1: ``rgpd.journal/1:`` then JSON with sorted keys, no ASCII escaping, no
spaces. Moments are UTC, in ISO 8601 with six decimals and no offset.
"""

import hashlib
import json
from datetime import datetime

VERSION = 1


def dump(value):
    """Return the compact, sorted JSON text of `value`.

    Raises `TypeError` on what JSON cannot say and `ValueError` on NaN or infinity.
    """
    return json.dumps(
        value,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )


def moment_text(moment):
    """Return the one spelling of a naive UTC `datetime`."""
    return moment.isoformat(timespec="microseconds")


def canonical(kind, values, version=VERSION):
    """Return the canonical text of a mapping, `kind` being "journal" or "seal"."""
    if version != 1:
        raise ValueError(f"unknown canonical form {version}")
    plain = {
        key: moment_text(value) if isinstance(value, datetime) else value
        for key, value in values.items()
    }
    return f"rgpd.{kind}/{version}:{dump(plain)}"


def digest(text):
    """Return the SHA-256 of a text, in hexadecimal.

    A lone surrogate, which PostgreSQL refuses anyway, must not stop a verification.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def commitment(uid, salt):
    """Return what an entry keeps of the person it is about: a salted digest.

    The link itself is not hashed, because a merge moves it and an erasure cuts it;
    with the salt the commitment proves which person it was, without it nothing.
    """
    return digest(f"rgpd.subject/1:{salt}:{uid}") if uid else ""
