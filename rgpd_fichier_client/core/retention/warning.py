"""The warning before the end: whom to ask whether to stay in touch, and when.

At the end of the period a company may contact a prospect once more to know whether
they want to stay in touch; without an explicit yes the data are deleted (reference
framework of the CNIL on customer files, deliberation 2021-131).
"""

from datetime import timedelta

# Less than a week is no fair time to answer before silence means erasure.
LEAST_DAYS_TO_ANSWER = 7

ERASE, ARCHIVE, REVIEW = "erase", "archive", "review"


def fate_of(end, kept_until, end_action):
    """Return what happens to a person the day after the end of daily use.

    :param end: last day of daily use
    :param kept_until: last day of the last reason, None when a hold has no end
    :param str end_action: what the rule of the last reason asks for

    >>> from datetime import date
    >>> end, later = date(2026, 12, 31), date(2031, 12, 31)
    >>> fate_of(end, end, "delete"), fate_of(end, later, "delete")
    ('erase', 'archive')
    >>> fate_of(end, None, "delete"), fate_of(end, end, "review")
    ('archive', 'review')
    """
    if kept_until is None or kept_until > end:
        return ARCHIVE
    return REVIEW if end_action in ("review", "archive") else ERASE


def refusal_to_ask(*, is_wanted, fate, today, end, asked_on, last_contact):
    """Return why a person is not asked whether to stay in touch, None to ask.

    :param is_wanted: the company decided to ask
    :param fate: of :func:`fate_of`
    :param asked_on: day of the last such message, None when there was none
    :param last_contact: last contact that came from the person, None when unknown
    """
    if not is_wanted:
        return "not_wanted"
    if fate == REVIEW:
        # Nobody knows yet what will become of the data: nothing true could be said
        return "review"
    if asked_on and (last_contact is None or asked_on >= last_contact):
        # One message per term: silence is an answer, asking again is prospecting
        return "asked_before"
    if end - today < timedelta(days=LEAST_DAYS_TO_ANSWER):
        return "too_late"
    return None
