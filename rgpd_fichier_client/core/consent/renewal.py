"""Whom to ask again before a consent ends, and when a consent may be asked again.

A consent to be called lasts one year and is never renewed by silence (décret 2026-662).
So the person may be asked once, while they can still be written to, with nothing
ticked; whoever said no is not asked again, not even "to renew" (art. 7.3 and 21.3
GDPR).
"""

from datetime import timedelta

from .gate import TOO_SOON

# The only refusals of the gate that pass with the hour or the day.
PASSING = frozenset(
    {"call_hours", "call_weekday", "call_holiday", "call_too_many", TOO_SOON}
)
ASKED = "renewal_asked"
NO_MAIL = "renewal_no_mail"
NO_PERSON = "person_missing"


def get_exclusion(own, mail, is_asked):
    """Return the code of why a person is not asked, ``None`` when they are.

    :param own: verdict of the gate for the consent that ends, ``None`` without person
    :param mail: verdict for offers by e-mail, ``None`` without person
    :param is_asked: they were asked about this consent already: one message only
    """
    if own is None or mail is None:
        return NO_PERSON
    if is_asked:
        return ASKED
    if not own["allowed"] and own["code"] not in PASSING:
        return own["code"]
    if mail["allowed"]:
        return None
    return TOO_SOON if mail["code"] == TOO_SOON else NO_MAIL


def is_renewable(expires_on, is_to_renew, today, days):
    """Tell whether a consent in force may be asked again on the preference page.

    Its end is near, or the words that were agreed to are not known.

    :param days: how long before the end
    """
    if is_to_renew:
        return True
    return expires_on is not None and expires_on - today <= timedelta(days=days)
