"""Which incoming mails are no request: answers of machines, and our own mails.

A request that is thrown away is a right refused: only what a machine declares itself,
or what we sent ourselves, is left aside. A mailing list header is no reason, because
the privacy address may itself be a list that forwards here.
"""

AUTOMATIC_PRECEDENCES = ("auto_reply", "bulk", "junk")
AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")


def get_reason_to_ignore(headers, sender, own_addresses=()):
    """Return why a mail opens no request and joins none, or None.

    :param headers: mapping of header names to values, without regard to case
    :param str sender: normalised address of the sender
    :param own_addresses: normalised addresses this database sends from or receives at
    :return: `auto_reply` (RFC 3834), `bulk`, `bounce`, `loop` or None
    """
    automatic = (headers.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    if automatic != "no" or any(headers.get(name) for name in AUTOMATIC_HEADERS):
        return "auto_reply"
    precedence = (headers.get("Precedence") or "").strip().lower()
    if precedence in AUTOMATIC_PRECEDENCES:
        return "auto_reply" if precedence == "auto_reply" else "bulk"
    if (headers.get("Return-Path") or "").strip() == "<>":
        return "bounce"
    if sender and sender in own_addresses:
        return "loop"
    return None
