"""From the acts of a person to their choice today.

An act (:class:`Act`) says what the person decided about one channel, for one
purpose or for all of them, and when. The fold reads acts in any order and
returns one :class:`Choice`:

- the latest act counts; of two acts of the same moment the stricter one counts;
- a consent that waits to be confirmed (``pending``) takes nothing away and lifts
  nothing: it shows only where there is no other choice;
- a consent with an end is over the day after that end (``expired``);
- an objection to prospecting on a channel covers every prospecting purpose of
  that channel (art. 21.2 and 21.3 GDPR), and only a later consent of the person
  lifts it, for the purpose consented to and for no other.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

CHANNELS = ("email", "sms", "phone", "post", "partners", "tracking")
ALL_CHANNELS = "all"
# What a person decides, or what becomes of it.
CHOICES = ("given", "pending", "refused", "withdrawn", "expired", "objected")
# What becomes of an address. No act of the person: it makes no choice and ends none.
REACHABILITY = ("unreachable", "reachable")
DECISIONS = CHOICES + REACHABILITY
# From the loosest to the strictest: used for ties and for merged persons.
STRICTNESS = {
    "none": 0,
    "given": 1,
    "pending": 2,
    "expired": 3,
    "refused": 4,
    "withdrawn": 5,
    "objected": 6,
}
# Purposes that art. 21.2 GDPR calls direct marketing.
PROSPECTING = frozenset(
    {
        "prospect_email_b2c",
        "prospect_sms_b2c",
        "softoptin",
        "prospect_b2b_email",
        "prospect_phone_b2c",
        "prospect_phone_b2b",
        "prospect_postal",
        "prospect_robot",
        "partner_electronic",
        "partner_postal",
        "referral",
    }
)


@dataclass(frozen=True)
class Act:
    """One recorded act of a person.

    :param decision: one of ``CHOICES``
    :param moment: naive UTC datetime of the act
    :param purpose: purpose code, or ``None`` for every purpose
    :param channel: channel code, or ``all``
    :param expires_on: last day a consent counts, or ``None``
    :param key: whatever identifies the act for the caller
    :param actor: who did it, see ``core.consent.minor``
    """

    decision: str
    moment: datetime
    purpose: str | None = None
    channel: str = ALL_CHANNELS
    expires_on: date | None = None
    key: object = None
    actor: str | None = None


@dataclass(frozen=True)
class Choice:
    """What holds today, and since which act."""

    status: str = "none"
    moment: datetime | None = None
    expires_on: date | None = None
    key: object = None
    actor: str | None = None

    @property
    def is_given(self):
        return self.status == "given"


NO_CHOICE = Choice()


def concerns(act, purpose, channel):
    """Tell whether an act has an effect on this purpose and channel."""
    if act.channel not in (channel, ALL_CHANNELS):
        return False
    if act.purpose is None:
        # "All of it" can only restrict: a consent is always for one purpose.
        return act.decision not in ("given", "pending")
    if act.purpose == purpose:
        return True
    return (
        act.decision == "objected"
        and act.purpose in PROSPECTING
        and purpose in PROSPECTING
    )


def _rank(act):
    """Order acts by moment, then strictness; the rest only makes it total."""
    end = act.expires_on or date.max
    return (act.moment, STRICTNESS[act.decision], -end.toordinal(), str(act.key))


def fold(acts, purpose, channel, today):
    """Return the :class:`Choice` that holds today (art. 7 and 21 GDPR).

    ``acts`` may come in any order and may contain acts about other purposes.
    """
    relevant = [act for act in acts if concerns(act, purpose, channel)]
    choice = _last([act for act in relevant if act.decision != "pending"], today)
    waiting = _last([act for act in relevant if act.decision == "pending"], today)
    if waiting.status == "none" or choice.status not in ("none", "expired"):
        return choice
    is_older = choice.moment is not None and waiting.moment < choice.moment
    return choice if is_older else waiting


def _last(acts, today):
    """Return the choice that the last of these acts made."""
    if not acts:
        return NO_CHOICE
    last = max(acts, key=_rank)
    status = last.decision
    if status == "given" and is_over(last.expires_on, today):
        status = "expired"
    return Choice(status, last.moment, last.expires_on, last.key, last.actor)


def is_over(expires_on, today):
    """Tell whether a consent whose last day is ``expires_on`` is over today."""
    return expires_on is not None and today > expires_on


def strictest(choices):
    """Return the strictest of several choices; the latest among equals."""
    return max(
        choices,
        key=lambda choice: (
            STRICTNESS[choice.status],
            choice.moment or datetime.min,
        ),
        default=NO_CHOICE,
    )


def merge_decision(choices):
    """Return the decision to record when several persons turn out to be one.

    The stricter choice holds until the person speaks again. ``None`` when the
    choices do not contradict each other, so that nothing needs recording. A mere
    absence of choice contradicts nothing, nor does a consent that has run out or waits
    to be confirmed.
    """
    spoken = {choice.status for choice in choices} - {"none", "expired", "pending"}
    if len(spoken) < 2:
        return None
    return max(spoken, key=STRICTNESS.get)


def household_acts(acts, is_same_person):
    """Return the acts recorded elsewhere that count for a record of the same address.

    Of the same person, all of them. Of somebody else who shares the mailbox or the
    number, only those that restrict: nobody consents for another (art. 4.11 GDPR).
    """
    if is_same_person:
        return list(acts)
    return [act for act in acts if STRICTNESS[act.decision] >= STRICTNESS["refused"]]


def last_day_of_consent(given_on, days=None, months=None):
    """Return the last day a consent given on this day counts.

    Both limits may be given; the stricter one wins. Phone consent lasts one year
    (décret 2026-662): 365 days or the day before the same calendar day of the
    following year, whichever comes first, so a leap day never adds a day.
    """
    ends = []
    if days:
        ends.append(given_on + timedelta(days=days))
    if months:
        ends.append(add_months(given_on, months))
    return min(ends) - timedelta(days=1) if ends else None


def add_months(day, months):
    """Return the same day some months later, the last of a shorter month."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("unreachable: every month has 28 days")
