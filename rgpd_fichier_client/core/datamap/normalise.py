"""One spelling for what people write in many ways.

Two values are the same identifier when they are equal after normalising.
"""

import re
import unicodedata
from contextlib import suppress

import phonenumbers

_EMAIL = re.compile(
    r"[^\s<>\"(),:;@\[\]\\]+@[^\s<>\"(),:;@\[\]\\]+\.[^\s<>\"(),:;@\[\]\\.]+"
)
# As nearly all are stored: nothing is to be changed
_BARE_EMAIL = re.compile(
    r"[a-z0-9_\-](?:[a-z0-9._+\-]*[a-z0-9_\-])?@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"
)
# Letters that do not decompose into a base letter and an accent.
_LIGATURES = str.maketrans({
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "’": "'", "ʼ": "'", "‐": "-", "‑": "-",
})  # fmt: skip
# French numbers as nearly everybody writes them: the library says the same, slowly.
_FRENCH = re.compile(r"(\+33|0)([1-9][0-9]{8})")
_SEPARATORS = str.maketrans("", "", " .-\u00a0")
# What follows the number of a house, at once or not: 12bis, 12 bis, 12, bis
_HOUSE = re.compile(r"\b(\d+)\W*(bis|ter|quater|[a-z])\b")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def emails(text):
    """Return the addresses in a text, normalised, in order and once.

    Display names, several addresses and upper case are understood; the domain is
    brought to its ASCII form. Plus tags stay: they are another mailbox for the
    provider; ``email_base`` compares without them.
    """
    if text and _BARE_EMAIL.fullmatch(text):
        return [text]
    found = []
    for match in _EMAIL.finditer(_INVISIBLE.sub("", text or "")):
        email = _normalise_email(match.group().strip("'.").lower())
        if email and email not in found:
            found.append(email)
    return found


def email(text):
    """Return the first address in a text, normalised, or ''."""
    return next(iter(emails(text)), "")


def email_base(address):
    """Return the address without its plus tag."""
    local, _at, domain = address.partition("@")
    return f"{local.split('+')[0] or local}@{domain}" if domain else address


def _normalise_email(address):
    local, _at, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return ""
    return f"{unicodedata.normalize('NFC', local)}@{domain}" if local else ""


def email_spellings(address):
    """Return the ways a normalised address may be written: the IDN forms."""
    local, _at, domain = address.rpartition("@")
    spellings = [address]
    if "xn--" in domain:
        with suppress(UnicodeError):
            spellings.append(f"{local}@{domain.encode().decode('idna')}")
    return spellings


def phone(text, country="FR"):
    """Return the number in E.164, or '' when it is not a possible number.

    :param country: ISO code for numbers without a country prefix
    """
    text = _INVISIBLE.sub("", text or "").replace("(0)", "")
    if text.strip().startswith("00"):
        text = "+" + text.strip()[2:]
    french = _FRENCH.fullmatch(text.translate(_SEPARATORS))
    if french and (french[1] == "+33" or (country or "FR") == "FR"):
        return f"+33{french[2]}"
    return _parse_phone(text, country)


def _parse_phone(text, country):
    try:
        number = phonenumbers.parse(text, country or "FR")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_spellings(number):
    """Return the ways a number in E.164 is written when separators are left out.

    What Odoo indexes: it takes reserved and unassigned numbers for wrong ones and
    does not normalise them.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return []
    country = str(parsed.country_code)
    national = phonenumbers.national_significant_number(parsed)
    starts = (f"+{country}", f"00{country}", f"+{country}0", f"00{country}0", "0", "")
    return [f"{start}{national}" for start in starts]


def phone_digits(number):
    """Return the last nine digits: what every spelling of a number has."""
    return re.sub(r"\D", "", number or "")[-9:]


def fold(text):
    """Return the text without accents, in lower case, with single spaces."""
    if text and text.isascii():
        return " ".join(text.lower().split())
    text = _INVISIBLE.sub("", text or "").translate(_LIGATURES)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.casefold().split())


def name(text):
    """Return the name folded, without civility and punctuation."""
    folded = re.sub(r"[^\w\s'-]", " ", fold(text)).replace("_", " ")
    words = folded.split()
    while words and words[0] in CIVILITIES:
        words = words[1:]
    return " ".join(words)


CIVILITIES = {
    "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "me", "maitre",
    "dr", "docteur",
}  # fmt: skip


def code(text):
    """Return a VAT number, an IBAN… in capitals without separators."""
    return re.sub(r"[\s.\-_/]", "", text or "").upper()


def house(street, between=" "):
    """Return a folded street with ``12bis`` and ``12 bis`` in one spelling."""
    return _HOUSE.sub(rf"\1{between}\2", street)


def address(street, postcode, city):
    """Return a full postal address in one line, or '' when it is not full."""
    parts = [house(fold(street)), code(postcode).lower(), fold(city)]
    return "|".join(parts) if all(parts) else ""
