"""What a delivery status notification says of a message (RFC 3464)."""

import re
from typing import NamedTuple

# Actions after which the message may still arrive, or has
NOT_FAILED = frozenset({"delayed", "delivered", "relayed", "expanded"})
# A mail server tries this long before it gives up (RFC 5321, section 4.5.4.1)
GIVE_UP_DAYS = 5
# Reports of messages that were received: read (RFC 8098), complained of (RFC 5965)
RECEIVED = frozenset({"disposition-notification", "feedback-report"})
# The recipient's address itself is wrong or closed (RFC 3463, sections 3.2 and 3.3).
# 5.1.7 and 5.1.8 are about the sender, 5.2.2 is a full mailbox, 5.7 a refused server.
DEAD = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")


class Recipient(NamedTuple):
    """What a report says of one address (RFC 3464, section 2.3)."""

    email: str | None
    action: str = ""
    status: str = ""

    @property
    def is_dead(self):
        """Whether mail to this address can never arrive.

        >>> Recipient("a@x.example", "failed", "5.1.1").is_dead
        True
        >>> Recipient("a@x.example", "failed", "5.7.1 (blocked)").is_dead
        False
        """
        [code, *_comment] = self.status.split() or [""]
        return bool(DEAD.fullmatch(code))


def is_report(report_type, has_status, sender):
    """Tell whether a message is about delivery, sent by a mail server.

    ``Auto-Submitted`` says nothing of it: servers and holiday replies set it alike.

    :param report_type: parameter of ``multipart/report``, maybe empty
    :param has_status: whether it holds a ``message/delivery-status``
    :param sender: address it comes from

    >>> is_report("delivery-status", True, "postmaster@x.example")
    True
    >>> is_report("disposition-notification", False, "mailer-daemon@x.example")
    False
    >>> is_report("", False, "camille@x.example")
    False
    """
    if (report_type or "").strip().lower() in RECEIVED:
        return False
    local = (sender or "").split("@", 1)[0].strip().lower()
    return has_status or local == "mailer-daemon"


def select_failed(recipients):
    """Return those of the recipients who did not get the message.

    A report without readable action is what old servers send when they give up.

    >>> a, b = Recipient("a@x.example", "delivered"), Recipient("b@x.example", "Failed")
    >>> select_failed([a, b]) == [b]
    True
    >>> select_failed([Recipient("a@x.example")])
    [Recipient(email='a@x.example', action='', status='')]
    """
    if not any(one.action.strip() for one in recipients):
        return list(recipients)
    return [
        one
        for one in recipients
        if one.action.strip() and one.action.strip().lower() not in NOT_FAILED
    ]


def select_returned(showings, email, reached):
    """Return the showings that a report of non-delivery is about.

    One number may be that of a message to several persons: the address decides. Where
    nobody has the address any more, the only one who was told by the message is meant,
    unless the address is known to be that of somebody else.

    :param showings: ``{key: addresses the person has today}``
    :param email: the address that returned the message, or ``None``
    :param reached: whether the address is that of somebody else we know

    >>> select_returned({1: ["a@x.example"], 2: ["b@x.example"]}, "b@x.example", False)
    [2]
    >>> select_returned({1: ["new@x.example"]}, "old@x.example", False)
    [1]
    >>> select_returned({1: ["new@x.example"]}, "old@x.example", True)
    []
    """
    having = [key for key, emails in showings.items() if email and email in emails]
    if having:
        return having
    return list(showings) if len(showings) == 1 and not reached else []
