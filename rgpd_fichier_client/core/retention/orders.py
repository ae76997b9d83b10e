"""What the law says of one sale order (law.md 2.3: R04 to R07).

An order rests on the contract, or on what comes before it when the person asked for
a quotation; an invoice adds the legal duty of accounting. A quotation that nobody
accepted goes after three years.
"""

from dataclasses import dataclass
from datetime import date

from .periods import add_period, fiscal_year_end

QUOTATION_STATES = ("draft", "sent", "cancel")


@dataclass(frozen=True)
class OrderFacts:
    """The dates of an order."""

    state: str
    ordered: date
    delivered: date | None = None
    # Last posted invoice, None when there is none.
    invoiced: date | None = None
    is_electronic: bool = False
    fiscal_month: int = 12
    fiscal_day: int = 31


@dataclass(frozen=True)
class OrderRules:
    """The periods of the three purposes that speak of orders, as `(delay, unit)`."""

    quote: tuple = (3, "year")
    contract: tuple = (0, "year")
    contract_archive: tuple = (5, "year")
    electronic_years: int = 10
    accounting: tuple = (0, "year")
    accounting_archive: tuple = (10, "year")
    # Rules about documents that count from the invoice itself, as `(active, archive)`:
    # six years for the tax office (art. L102 B LPF).
    documents: tuple = ()


def order_basis(facts):
    """Return the legal basis code of an order."""
    if facts.invoiced:
        return "contract_legal_obligation"
    if facts.state in QUOTATION_STATES:
        return "precontractual"
    return "contract"


def order_dates(facts, rules):
    """Return ``(last active day, last day)`` of an order."""
    ends = []
    if facts.state in QUOTATION_STATES:
        end = add_period(facts.ordered, *rules.quote)
        ends.append((end, end))
    else:
        start = max(facts.ordered, facts.delivered or facts.ordered)
        active = add_period(start, *rules.contract)
        archive = add_period(active, *rules.contract_archive)
        if facts.is_electronic:
            archive = max(archive, add_period(start, rules.electronic_years, "year"))
        ends.append((active, archive))
    if facts.invoiced:
        closing = fiscal_year_end(facts.invoiced, facts.fiscal_month, facts.fiscal_day)
        active = add_period(closing, *rules.accounting)
        ends.append((active, add_period(active, *rules.accounting_archive)))
        for active, archive in rules.documents:
            active_end = add_period(facts.invoiced, *active)
            ends.append((active_end, add_period(active_end, *archive)))
    return max(end[0] for end in ends), max(end[1] for end in ends)


def order_phase(dates, today):
    """Return the phase of an order whose dates are known."""
    active_end, last_day = dates
    if today <= active_end:
        return "active"
    return "archive" if today <= last_day else "expired"
