"""Until when a lead of somebody who is in the customer file is kept (R01, R07).

A lead serves the steps before a contract, or prospecting. Its period runs from the last
contact that came from the person about it (law.md 2.4): that it was entered, what they
wrote on it, the quotations and orders made from it, that it was won. That the company
lost it, archived it or left it in the first column is no contact: tidying up the
pipeline prolongs nothing. Work that is planned on an open lead keeps it until then.

The period of how a lead came (a referral is used once, R20) is for those who never
answered. A step towards a contract makes it what R07 is about, wherever it came from.
"""

import re
from dataclasses import dataclass
from datetime import date

from .periods import add_period

OPEN, WON, LOST = "pending", "won", "lost"
# Purposes tried in this order where the lead itself names none that has a period
FALLBACK = ("prospect_email_b2c", "quote")
# So long an activity that is overdue still counts: then it was forgotten
OVERDUE = (1, "month")


@dataclass(frozen=True)
class LeadFacts:
    """What is known of a lead; ``state`` is :data:`LOST` for an archived one."""

    entered: date
    state: str = OPEN
    won: date | None = None
    # Last message of the person on it, last quotation or order made from it
    written: date | None = None
    ordered: date | None = None
    # Deadline of the last activity nobody has done yet
    planned: date | None = None


@dataclass(frozen=True)
class LeadRules:
    """Periods ``((delay, unit) in use, (delay, unit) in archive)``; None for none."""

    own: tuple | None = ((3, "year"), (0, "year"))
    quote: tuple | None = ((3, "year"), (0, "year"))
    # Those of which somebody decides at the end
    reviewed: frozenset = frozenset()


def last_contact(facts):
    """Return the last day on which the person came to us about this lead.

    >>> last_contact(LeadFacts(date(2020, 3, 1), WON, won=date(2020, 5, 2)))
    datetime.date(2020, 5, 2)
    """
    won = facts.won if facts.state == WON else None
    days = (facts.entered, won, facts.written, facts.ordered)
    return max(day for day in days if day)


def is_quoted(facts):
    """Tell whether the period of quotations (R07) counts, whatever the origin.

    The person wrote, was quoted or won. So does an open lead: nothing tells that they
    spoke by telephone, and somebody who is in the customer file and still is under
    negotiation is more than a name that a friend gave; in doubt it is kept.

    >>> is_quoted(LeadFacts(date(2024, 2, 29), LOST))
    False
    """
    return facts.state != LOST or bool(facts.written or facts.ordered)


def lead_dates(facts, rules):
    """Return ``(last day in use, last day)`` of a lead; None where no rule tells.

    What is a quotation in the making (:func:`is_quoted`) has the period of quotations
    besides that of its purpose: the longest wins.

    >>> lead_dates(LeadFacts(date(2024, 2, 29)), LeadRules())[1]
    datetime.date(2027, 2, 28)
    """
    periods = [rules.own]
    if is_quoted(facts):
        periods.append(rules.quote)
    start, active_ends, ends = last_contact(facts), [], []
    for active, archive in filter(None, periods):
        active_ends.append(add_period(start, *active))
        ends.append(add_period(active_ends[-1], *archive))
    if not ends:
        return None, None
    if facts.state == OPEN and facts.planned:
        work = add_period(facts.planned, *OVERDUE)
        active_ends.append(work)
        ends.append(work)
    return max(active_ends), max(ends)


def is_reviewed(facts, rules):
    """Tell whether a rule that reaches the end of the lead asks for a human decision.

    >>> is_reviewed(LeadFacts(date(2024, 2, 29)), LeadRules(reviewed={"quote"}))
    True
    """
    start = last_contact(facts)
    periods = {"own": rules.own, "quote": rules.quote if is_quoted(facts) else None}
    ends = {
        name: add_period(add_period(start, *period[0]), *period[1])
        for name, period in periods.items()
        if period
    }
    return any(
        name in rules.reviewed and end == max(ends.values())
        for name, end in ends.items()
    )


def purpose_codes(own, origin, *, is_referred=False, is_business=False):
    """Return the codes of the purposes that may keep a lead, the first one decides.

    :param own: code of the purpose written on the lead, if any
    :param origin: where the data come from, as the lead says

    >>> purpose_codes("", "asked")
    ('quote', 'prospect_email_b2c', 'quote')
    """
    if origin in ("asked", "called"):
        by_origin = "quote"
    elif origin == "referral" or is_referred:
        by_origin = "referral"
    else:
        by_origin = "prospect_b2b_email" if is_business else "prospect_email_b2c"
    return (*((own,) if own else ()), by_origin, *FALLBACK)


@dataclass(frozen=True)
class Details:
    """Name, e-mail and phone, as they are compared; None for none."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


def details(name="", email="", phone="", erased=()):
    """Return what is compared of a lead or a contact.

    :param erased: what an erasure leaves in place of a value: it names nobody,
        whichever of the maskings the DPO chose

    >>> details(" Ana Test ", "", "+33 1 99 00")
    Details(name='ana test', email=None, phone='3319900')
    >>> details("[gone]", "gone-1a", "+33 1 99 00", ["[gone]", "gone-"])
    Details(name=None, email=None, phone='3319900')
    """
    name, email, phone = (
        "" if any(mark.lower() in (value or "").lower() for mark in erased) else value
        for value in (name, email, phone)
    )
    return Details(
        (name or "").strip(" ").lower() or None,
        (email or "").strip(" ").lower() or None,
        re.sub("[^0-9]", "", phone or "") or None,
    )


def names_somebody(lead, organisations, company_name="", kept=()):
    """Tell whether the lead of an organisation names a natural person (Art. 4.1 GDPR).

    What is not the organisation's own is in doubt somebody's: a lead without end would
    keep a direct line for ever, one that ends too early loses an old switchboard.

    :param Details lead: of the contact on the lead
    :param organisations: details of the customer, and of whom it is an address
    :param str company_name: what the lead says the organisation is called
    :param kept: details that no erasure takes away, as the DPO decided: a lead does not
        end for them

    >>> acme = details("ACME", "info@acme.example", "+33 1 99 00 00 00")
    >>> names_somebody(details("", "info@acme.example"), [acme])
    False
    >>> names_somebody(details("Ana Test"), [acme])
    True
    """
    own = [*organisations, details(company_name)]
    return any(
        getattr(lead, name)
        and getattr(lead, name) not in {getattr(o, name) for o in own}
        for name in ("name", "email", "phone")
        if name not in kept
    )
