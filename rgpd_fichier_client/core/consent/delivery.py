"""What a delivery status notification says of a message (RFC 3464)."""

# Actions after which the message may still arrive, or has
NOT_FAILED = frozenset({"delayed", "delivered", "relayed", "expanded"})
# A mail server tries this long before it gives up (RFC 5321, section 4.5.4.1)
GIVE_UP_DAYS = 5


def is_failure(actions):
    """Tell whether a report says that the message did not arrive.

    A report without readable action is what old servers send when they give up.

    :param actions: values of the ``Action`` fields, one per recipient

    >>> is_failure(["failed"]), is_failure([]), is_failure([" Delayed "])
    (True, True, False)
    """
    known = [action.strip().lower() for action in actions if action and action.strip()]
    return not known or any(action not in NOT_FAILED for action in known)


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
