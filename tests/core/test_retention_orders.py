"""One order: its basis and its dates (law.md 2.3, R04 to R07)."""

from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.retention.orders import (
    OrderFacts,
    OrderRules,
    order_basis,
    order_dates,
    order_phase,
)

D = date.fromisoformat


@pytest.mark.parametrize(
    "facts, basis, active_end, last_day",
    [
        (("draft", "2023-02-28"), "precontractual", "2026-02-28", "2026-02-28"),
        (("sent", "2024-02-29"), "precontractual", "2027-02-28", "2027-02-28"),
        (("cancel", "2024-03-31"), "precontractual", "2027-03-31", "2027-03-31"),
        (("sale", "2024-03-31"), "contract", "2024-03-31", "2029-03-31"),
        (
            ("sale", "2024-03-31", D("2024-05-02")),
            "contract",
            "2024-05-02",
            "2029-05-02",
        ),
        (
            ("sale", "2024-03-31", D("2024-05-02"), None, True),
            "contract",
            "2024-05-02",
            "2034-05-02",
        ),
        (
            ("sale", "2024-03-31", None, D("2024-04-15")),
            "contract_legal_obligation",
            "2024-12-31",
            "2034-12-31",
        ),
        (
            ("sale", "2024-03-31", None, D("2024-04-15"), True, 6, 30),
            "contract_legal_obligation",
            "2024-06-30",
            "2034-06-30",
        ),
        # Cancelled after invoicing: accounting keeps it all the same.
        (
            ("cancel", "2024-03-31", None, D("2024-04-15")),
            "contract_legal_obligation",
            "2027-03-31",
            "2034-12-31",
        ),
    ],
)
def test_order(facts, basis, active_end, last_day):
    state, ordered, *rest = facts
    order = OrderFacts(state, D(ordered), *rest)
    assert order_basis(order) == basis
    assert order_dates(order, OrderRules()) == (D(active_end), D(last_day))


@pytest.mark.parametrize(
    "accounting, last_day",
    [
        # The longest wins: the books for ten years, or the document for six.
        ((10, "year"), "2034-12-31"),
        ((1, "year"), "2030-04-15"),
        ((0, "year"), "2030-04-15"),
    ],
)
def test_the_tax_office_may_ask_for_six_years(accounting, last_day):
    rules = OrderRules(
        contract_archive=(0, "year"),
        accounting_archive=accounting,
        documents=(((0, "year"), (6, "year")),),
    )
    facts = OrderFacts("sale", D("2024-03-31"), invoiced=D("2024-04-15"))
    assert order_dates(facts, rules)[1] == D(last_day)
    alone = OrderFacts("sale", D("2024-03-31"))
    assert order_dates(alone, rules)[1] == D("2024-03-31"), "nothing was invoiced"


@pytest.mark.parametrize(
    "today, phase",
    [
        ("2024-03-31", "active"),
        ("2024-04-01", "archive"),
        ("2029-03-31", "archive"),
        ("2029-04-01", "expired"),
    ],
)
def test_order_phase(today, phase):
    dates = order_dates(OrderFacts("sale", D("2024-03-31")), OrderRules())
    assert order_phase(dates, D(today)) == phase
