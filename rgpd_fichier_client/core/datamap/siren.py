"""The number of a French business in its three writings: SIREN, SIRET, VAT number.

A customer quotes one, the file holds another; the nine digits of the SIREN are in all.
"""

import re

_SIREN = re.compile(r"(\d{9})(?:\d{5})?")
_VAT = re.compile(r"FR[0-9A-Z]{2}(\d{9})")


def read(code):
    """Return the SIREN that a code without separators holds, or ''.

    >>> read("303265045"), read("30326504500012"), read("FR40303265045"), read("CLI-1")
    ('303265045', '303265045', '303265045', '')
    """
    match = _SIREN.fullmatch(code) or _VAT.fullmatch(code)
    return match.group(1) if match else ""


def vat(siren):
    """Return the VAT number of a SIREN (BOI-TVA-DECLA-20-10-10-10: its key).

    >>> vat("303265045")
    'FR40303265045'
    """
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
