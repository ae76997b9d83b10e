"""Cells of a table that a spreadsheet opens: text stays text."""

# What makes a spreadsheet take a text for a formula (CWE-1236).
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text):
    """Return the text so that no spreadsheet runs it.

    >>> safe_cell("=1+1")
    "'=1+1"
    >>> safe_cell("Camille")
    'Camille'
    """
    text = str(text or "").replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(TRIGGERS) else text


def dialled(phone):
    """Return an E.164 number as it is dialled, without the plus of a formula.

    >>> dialled("+33639980001")
    '0033639980001'
    """
    return f"00{phone[1:]}" if phone.startswith("+") else phone
