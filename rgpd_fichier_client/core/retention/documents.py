"""What becomes of a document whose own reasons have ended while the person stays.

The longest rule wins per document, not per person: somebody who still buys keeps no
order of fifteen years ago. Pure decisions, in the order in which they are looked at.
"""

KEEP = "keep"
REQUEST = "request"
REVIEW = "review"
COUNTED = "counted"
DRAFT = "draft"
ERASE = "erase"
DECISIONS = (KEEP, REQUEST, REVIEW, COUNTED, DRAFT, ERASE)
# What holds a document back once its reasons have ended, and what it is then called:
# the first that holds decides. The database asks in the same order.
HELD_BY = (
    ("has_request", REQUEST),
    ("is_reviewed", REVIEW),
    ("is_counted", COUNTED),
    ("has_draft", DRAFT),
)
# Where the night writes that a reason counts from the person's record, or from a hold:
# no document makes it
FOREIGN_EVENTS = ("collection", "hold")


def decide(
    phase,
    *,
    has_request=False,
    is_reviewed=False,
    is_counted=False,
    has_draft=False,
):
    """Decide about one document of a person who still has a live reason.

    :param str phase: of the document itself: ``active``, ``archive`` or ``expired``
    :param has_request: a request of somebody it names is open, their data are
        restricted or held
    :param is_reviewed: the rule that ended asks for a human decision
    :param is_counted: a live reason of the person counts from this very document, so
        that erasing it would make the person leave too early
    :param has_draft: an invoice made from it is not finished, and is younger than the
        period of the document or will post by itself: the accountant is at work on it

    >>> decide("archive"), decide("expired"), decide("expired", is_counted=True)
    ('keep', 'erase', 'counted')
    >>> decide("expired", has_draft=True)
    'draft'
    """
    if phase != "expired":
        return KEEP
    facts = {
        "has_request": has_request,
        "is_reviewed": is_reviewed,
        "is_counted": is_counted,
        "has_draft": has_draft,
    }
    return next((code for fact, code in HELD_BY if facts[fact]), ERASE)


def most(expected, ratio, margin):
    """How many documents a night may erase at most under an approval.

    >>> most(100, 0.2, 20)
    140
    """
    return int(expected * (1 + ratio)) + margin


def shortened(before, after, today):
    """Persons who are still kept and whose data would leave earlier than before.

    :param before: ``{person: last day}``, None for no known end
    :param after: the same, afterwards

    >>> from datetime import date
    >>> sorted(shortened({1: date(2030, 1, 1), 2: None, 3: None, 4: date(2020, 1, 1)},
    ...                  {1: date(2029, 1, 1), 2: date(2029, 1, 1), 3: None,
    ...                   4: date(2019, 1, 1)}, date(2026, 1, 1)))
    [1, 2]
    """
    return {
        person
        for person, day in before.items()
        if (day is None or day >= today) and _is_earlier(after.get(person), day)
    }


def _is_earlier(day, other):
    """Compare two last days; no known end is the latest of all."""
    return day is not None and (other is None or day < other)
