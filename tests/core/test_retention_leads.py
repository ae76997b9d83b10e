"""One lead: its last contact and its dates (law.md 2.3 R01 and R07, 2.4)."""

import doctest
from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.retention import leads
from odoo.addons.rgpd_fichier_client.core.retention.leads import LeadFacts, LeadRules

from .lead_cases import NAMED

D = date.fromisoformat
THREE = ((3, "year"), (0, "year"))
MONTH = ((1, "month"), (0, "year"))
PHONE = ((1, "year"), (2, "year"))


def test_examples():
    assert doctest.testmod(leads).failed == 0


@pytest.mark.parametrize(
    "facts, own, active_end, last_day",
    [
        ({}, THREE, "2023-02-28", "2023-02-28"),
        # Losing or archiving it is no contact; winning it is one
        ({"state": "lost", "won": D("2022-01-01")}, THREE, "2023-02-28", "2023-02-28"),
        ({"state": "won", "won": D("2022-01-31")}, THREE, "2025-01-31", "2025-01-31"),
        ({"written": D("2024-02-29")}, THREE, "2027-02-28", "2027-02-28"),
        ({"ordered": D("2021-05-05")}, MONTH, "2024-05-05", "2024-05-05"),
        ({"state": "lost"}, MONTH, "2020-03-29", "2020-03-29"),
        # A step towards a contract, whatever the origin: the longest wins
        ({}, MONTH, "2023-02-28", "2023-02-28"),
        ({"state": "lost", "written": D("2020-03-05")}, MONTH, *2 * ("2023-03-05",)),
        ({"state": "lost", "ordered": D("2020-03-05")}, MONTH, *2 * ("2023-03-05",)),
        ({"state": "won", "won": D("2020-03-31")}, MONTH, "2023-03-31", "2023-03-31"),
        ({"state": "lost"}, PHONE, "2021-02-28", "2023-02-28"),
        ({}, PHONE, "2023-02-28", "2023-02-28"),
        # What is planned keeps an open one, and no other
        ({"planned": D("2026-01-31")}, THREE, "2026-02-28", "2026-02-28"),
        ({"planned": D("2020-12-31")}, THREE, "2023-02-28", "2023-02-28"),
        (
            {"state": "lost", "planned": D("2026-01-31")},
            THREE,
            "2023-02-28",
            "2023-02-28",
        ),
    ],
)
def test_lead(facts, own, active_end, last_day):
    found = leads.lead_dates(LeadFacts(D("2020-02-29"), **facts), LeadRules(own=own))
    assert found == (D(active_end), D(last_day))


def test_no_rule_means_no_end():
    facts = LeadFacts(D("2020-02-29"), planned=D("2020-03-01"))
    assert leads.lead_dates(facts, LeadRules(None, None)) == (None, None)
    lost = LeadFacts(D("2020-02-29"), leads.LOST)
    assert leads.lead_dates(lost, LeadRules(None)) == (None, None)


@pytest.mark.parametrize(
    "given, first",
    [
        (("loyalty", "asked"), "loyalty"),
        (("", "called"), "quote"),
        (("", "referral"), "referral"),
        (("", "bought"), "prospect_email_b2c"),
    ],
)
def test_the_purpose_that_decides(given, first):
    assert leads.purpose_codes(*given)[0] == first


def test_a_business_is_prospected_by_another_rule():
    codes = leads.purpose_codes("", "met", is_business=True)
    assert codes[0] == "prospect_b2b_email"
    assert leads.purpose_codes("", "met", is_referred=True)[0] == "referral"


@pytest.mark.parametrize(
    "own, state, reviewed, expected",
    [
        # Quotations decide: what the purpose asks at its own end came and went
        (MONTH, leads.OPEN, {"quote"}, True),
        (MONTH, leads.OPEN, {"own"}, False),
        (MONTH, leads.LOST, {"quote"}, False),
        (MONTH, leads.LOST, {"own"}, True),
        (THREE, leads.OPEN, {"own"}, True),
        (None, leads.LOST, {"own", "quote"}, False),
    ],
)
def test_who_looks_at_the_end(own, state, reviewed, expected):
    facts = LeadFacts(D("2020-02-29"), state)
    rules = LeadRules(own=own, reviewed=frozenset(reviewed))
    assert leads.is_reviewed(facts, rules) is expected


MARKS = ("Personne effacée ", "erased-", "[effacé]")


@pytest.mark.parametrize("customer, lead, expected", NAMED)
def test_the_lead_of_an_organisation_names_somebody(customer, lead, expected):
    *details, company = lead
    found = leads.names_somebody(
        leads.details(*map(dial, details), erased=MARKS),
        [leads.details(*map(dial, customer))],
        company,
    )
    assert found is expected


def dial(value):
    """Write a number as the database does: with the country."""
    return value.replace("01 99", "+33 1 99")


def test_what_the_dpo_keeps_ends_no_lead():
    lead = leads.details("Jeanne Dupré", "", "+33 6 39 98 30 77")
    assert leads.names_somebody(lead, [], kept={"name"})
    assert not leads.names_somebody(lead, [], kept={"name", "phone"})
