"""From facts to reasons: why a company may still keep somebody's data, until when."""

from dataclasses import dataclass, replace
from datetime import date

from .periods import add_period, fiscal_year_end
from .rules import (
    TRIGGER_ALL,
    TRIGGER_CUSTOMER,
    TRIGGER_HOLD,
    TRIGGER_NONE,
    TRIGGER_PROFESSIONAL,
)

PHASES = ("active", "archive", "expired")


@dataclass(frozen=True)
class Situation:
    """What retention needs to know of a person besides the facts."""

    is_professional: bool = False
    # Codes of the purposes for which a consent is in force.
    consents: frozenset = frozenset()
    # Codes of the purposes the person objected to.
    objections: frozenset = frozenset()
    # End of the financial year of the company: month and day.
    fiscal_month: int = 12
    fiscal_day: int = 31


@dataclass(frozen=True)
class Reason:
    """One purpose that is, or was, alive for one person.

    ``active_end`` and ``archive_end`` are the last days of each phase; an
    ``archive_end`` of None never comes by itself (a hold without end).
    """

    code: str
    start: date
    active_end: date | None
    archive_end: date | None
    categories: frozenset = frozenset()
    # Key of the rule about some data only that makes it; None: the purpose itself.
    variant: int | str | None = None

    def phase(self, today):
        """Return where the reason stands on ``today``."""
        if self.active_end is None or today <= self.active_end:
            return "active"
        if self.archive_end is None or today <= self.archive_end:
            return "archive"
        return "expired"


def build_reasons(rules, facts, situation, today):
    """Return the reasons of one person in one company, ended ones included.

    The latest event decides each start. A purpose on consent needs one in force
    (art. 6.1.a); an objection ends prospecting (art. 21.3).
    """
    facts = facts.capped(today)
    reasons = []
    for rule in rules:
        if not applies(rule, facts, situation):
            continue
        reason = build_reason(rule, facts, situation)
        reasons += [reason, *build_variants(rule, reason, facts, situation)]
    return reasons


def applies(rule, facts, situation):
    """Tell whether a rule says anything about a person."""
    if rule.is_prospecting and rule.code in situation.objections:
        return False
    if rule.needs_consent and rule.code not in situation.consents:
        return False
    trigger = rule.trigger
    if trigger in (TRIGGER_NONE, TRIGGER_HOLD):
        return False
    if trigger == TRIGGER_ALL:
        return True
    if trigger == TRIGGER_CUSTOMER:
        return facts.is_customer
    if trigger == TRIGGER_PROFESSIONAL:
        return situation.is_professional
    return bool(getattr(facts, trigger))


def build_reason(rule, facts, situation):
    """Compute the days of a reason that applies."""
    start = _start(rule, facts)
    start, active_end, archive_end = _get_days(rule, start, situation)
    if rule.electronic_years and facts.electronic and not situation.is_professional:
        electronic_end = add_period(facts.electronic, rule.electronic_years, "year")
        archive_end = max(archive_end, electronic_end)
    return Reason(rule.code, start, active_end, archive_end, rule.categories)


def build_variants(rule, reason, facts, situation):
    """Return the reasons that keep some data of a purpose longer than it does.

    A rule whose event never happened says nothing, one that ends within the reason
    of its purpose adds nothing: neither makes a reason.
    """
    found = []
    for variant in rule.variants:
        start = facts.latest(*variant.start_kinds)
        if start is None:
            continue
        days = _get_days(variant, start, situation)
        if (
            days[2] > reason.archive_end
            or (variant.active_delay and days[1] > reason.active_end)
            or not variant.categories <= rule.categories
        ):
            found.append(Reason(rule.code, *days, variant.categories, variant.key))
    return found


def _get_days(rule, start, situation):
    """Return the first day, the last active day and the last day of a rule."""
    if rule.start_event == "fiscal_year_end":
        start = fiscal_year_end(start, situation.fiscal_month, situation.fiscal_day)
    active_end = add_period(start, rule.active_delay, rule.active_unit)
    archive_end = add_period(active_end, rule.archive_delay, rule.archive_unit)
    return start, active_end, archive_end


def _start(rule, facts):
    days = [getattr(facts, kind) for kind in rule.start_kinds]
    return max(filter(None, days), default=facts.collected)


def limit_hold(start, end, limit):
    """Return the last day of a hold that the law ends by itself after some time.

    An unpaid debt keeps nobody in the file for more than three years after the
    incident, whoever forgets to lift the hold; ``limit`` is ``(delay, unit)`` or None.

    >>> limit_hold(date(2024, 2, 29), None, (3, "year"))
    datetime.date(2027, 2, 28)
    """
    if not limit:
        return end
    last = add_period(start, *limit)
    return min(end or last, last)


def hold_reason(code, start, end, categories):
    """Return the reason that a hold makes: everything is kept until its end."""
    return Reason(code, start, end, end, categories)


def extend(reason, hold_end):
    """Return a reason prolonged by a hold; ``None`` means without end."""
    if reason.archive_end is None or hold_end is None:
        return replace(reason, archive_end=None)
    return replace(reason, archive_end=max(reason.archive_end, hold_end))
