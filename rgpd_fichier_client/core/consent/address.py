"""Addresses: one spelling for each, and whether they are professional."""

import re

# A shape check, on purpose loose: the mail server has the last word.
EMAIL = re.compile(r"[^@\s<>(),;:\"]+@[^@\s<>(),;:\"]+\.[^@\s.<>(),;:\"]{2,}")


def normalise_email(text):
    """Return the address trimmed and in lower case, or ``None`` if it is not one."""
    email = (text or "").strip().lower()
    return email if EMAIL.fullmatch(email) and ".." not in email else None


def is_e164(phone):
    """Tell whether a phone number is in the form +33123456789."""
    return bool(re.fullmatch(r"\+[1-9][0-9]{6,14}", phone or ""))


def email_kind(email, generic, free):
    """Return ``generic``, ``personal`` or ``professional``.

    ``generic``: a mailbox of nobody in particular (contact@…). ``personal``: the
    domain belongs to a consumer mail service (``free``).
    """
    local, _at, domain = email.partition("@")
    if domain in free:
        return "personal"
    return "generic" if local in generic else "professional"
