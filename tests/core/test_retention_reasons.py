"""Tables of cases of law.md 2.3 and 2.4, and what must hold for every person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.retention.facts import Facts
from odoo.addons.rgpd_fichier_client.core.retention.phases import (
    category_phases,
    end_of,
    kept_categories,
    next_change,
    phase_of,
)
from odoo.addons.rgpd_fichier_client.core.retention.reasons import (
    PHASES,
    Reason,
    Situation,
    build_reasons,
    extend,
    hold_reason,
    limit_hold,
)
from odoo.addons.rgpd_fichier_client.core.retention.rules import Rule, Variant

CONTACT = frozenset({"identity", "contact"})
RULES = {
    rule.code: rule
    for rule in (
        Rule(
            "prospect_postal",
            "legitimate_interest",
            "last_contact",
            3,
            "year",
            is_prospecting=True,
            categories=frozenset({"identity", "address"}),
        ),
        Rule(
            "prospect_b2b_email",
            "legitimate_interest",
            "last_contact",
            3,
            "year",
            is_prospecting=True,
            categories=CONTACT,
        ),
        Rule(
            "prospect_email_b2c",
            "consent",
            "last_contact",
            3,
            "year",
            is_prospecting=True,
            categories=CONTACT,
        ),
        Rule(
            "softoptin",
            "legitimate_interest",
            "relation_end",
            3,
            "year",
            is_prospecting=True,
            categories=CONTACT,
        ),
        Rule("quote", "contract", "collection", 3, "year", categories=CONTACT),
        Rule("account", "contract", "last_contact", 2, "year"),
        Rule(
            "order",
            "contract",
            "contract_end",
            0,
            "year",
            5,
            "year",
            categories=CONTACT | {"order"},
            electronic_years=10,
        ),
        Rule(
            "invoice",
            "legal_obligation",
            "fiscal_year_end",
            0,
            "year",
            10,
            "year",
            categories=frozenset({"identity", "address", "invoice"}),
        ),
        Rule("statistics", "legitimate_interest", "collection", 5, "year"),
        Rule("claim", "contract", "claim_closed", 0, "year", 5, "year"),
    )
}
ALL_RULES = list(RULES.values())
D = date.fromisoformat
TODAY = date(2026, 11, 23)


INBOUND = ("contact", "quotation", "order", "payment", "login", "claim", "click")


def reasons_of(situation=None, today=TODAY, **facts):
    """Return ``{code: reason}`` of a person with these facts."""
    days = {
        kind: day if isinstance(day, date) else D(day) for kind, day in facts.items()
    }
    inbound = [day for kind, day in days.items() if kind in INBOUND]
    days["inbound"] = max(inbound, default=None)
    found = build_reasons(ALL_RULES, Facts(**days), situation or Situation(), today)
    return {reason.code: reason for reason in found}


@pytest.mark.parametrize(
    "facts, code, start, active_end, archive_end",
    [
        # R01: a prospect runs from collection, or from the last contact they made.
        ({}, "prospect_postal", "2020-02-29", "2023-02-28", "2023-02-28"),
        (
            {"contact": "2024-06-30"},
            "prospect_postal",
            "2024-06-30",
            "2027-06-30",
            "2027-06-30",
        ),
        ({"click": "2025-01-02"}, "prospect_postal", "2025-01-02", *["2028-01-02"] * 2),
        # R02: a customer runs from the end of the relation.
        (
            {"order": "2021-03-01", "delivery": "2021-04-15"},
            "softoptin",
            "2021-04-15",
            "2024-04-15",
            "2024-04-15",
        ),
        # R03: the account runs from the last login, not from an order.
        (
            {"login": "2023-01-01", "order": "2025-01-01"},
            "account",
            "2023-01-01",
            "2025-01-01",
            "2025-01-01",
        ),
        # R04: five years after the end of the contract.
        (
            {"order": "2021-03-01", "delivery": "2021-04-15"},
            "order",
            "2021-04-15",
            "2021-04-15",
            "2026-04-15",
        ),
        # R05: ten years when it was electronic and large.
        (
            {
                "order": "2021-03-01",
                "delivery": "2021-04-15",
                "electronic": "2021-04-15",
            },
            "order",
            "2021-04-15",
            "2021-04-15",
            "2031-04-15",
        ),
        # R06: from the end of the financial year.
        (
            {"invoice": "2021-03-01"},
            "invoice",
            "2021-12-31",
            "2021-12-31",
            "2031-12-31",
        ),
        # R07: a quotation that nobody accepted.
        (
            {"quotation": "2024-02-29"},
            "quote",
            "2024-02-29",
            "2027-02-28",
            "2027-02-28",
        ),
        # R10
        ({"claim": "2022-08-31"}, "claim", "2022-08-31", "2022-08-31", "2027-08-31"),
    ],
)
def test_case(facts, code, start, active_end, archive_end):
    reason = reasons_of(collected="2020-02-29", **facts)[code]
    assert (reason.start, reason.active_end, reason.archive_end) == (
        D(start),
        D(active_end),
        D(archive_end),
    )


def test_fiscal_year_of_the_company():
    situation = Situation(fiscal_month=6, fiscal_day=30)
    reason = reasons_of(situation, collected="2020-01-01", invoice="2020-07-01")
    assert reason["invoice"].archive_end == D("2031-06-30")


def test_only_what_happened_gives_a_reason():
    assert set(reasons_of(collected="2026-01-01")) == {"prospect_postal"}
    assert set(reasons_of(collected="2026-01-01", invoice="2026-02-01")) == {
        "prospect_postal",
        "softoptin",
        "invoice",
    }


def test_accessory_purposes_never_keep_anybody():
    assert "statistics" not in reasons_of(collected="2026-11-01")


def test_professional_prospecting_is_for_professionals():
    situation = Situation(is_professional=True)
    assert "prospect_b2b_email" in reasons_of(situation, collected="2026-01-01")
    assert "prospect_b2b_email" not in reasons_of(collected="2026-01-01")


def test_consent_makes_the_reason_and_withdrawal_ends_it():
    situation = Situation(consents=frozenset({"prospect_email_b2c"}))
    assert "prospect_email_b2c" in reasons_of(situation, collected="2026-01-01")
    assert "prospect_email_b2c" not in reasons_of(collected="2026-01-01")


def test_objection_ends_prospecting_and_nothing_else():
    situation = Situation(objections=frozenset({"prospect_postal", "softoptin"}))
    found = reasons_of(situation, collected="2026-01-01", invoice="2026-02-01")
    assert set(found) == {"invoice"}


def test_ten_years_are_for_consumers():
    facts = {
        "collected": "2020-01-01",
        "order": "2021-03-01",
        "electronic": "2021-03-01",
    }
    professional = Situation(is_professional=True)
    assert reasons_of(**facts)["order"].archive_end == D("2031-03-01")
    assert reasons_of(professional, **facts)["order"].archive_end == D("2026-03-01")


def test_an_invoice_is_no_contact_from_the_person():
    found = reasons_of(collected="2020-01-01", invoice="2026-03-01")
    assert found["prospect_postal"].start == D("2020-01-01")


def test_a_professional_contact_lives_as_long_as_the_customer():
    found = reasons_of(
        Situation(is_professional=True), collected="2020-01-01", employer="2026-02-01"
    )
    assert found["prospect_b2b_email"].start == D("2026-02-01")
    assert "order" not in found


def test_a_contact_dated_in_the_future_is_a_typing_error():
    found = reasons_of(collected="2020-01-01", contact="2099-01-01")
    assert found["prospect_postal"].start == TODAY


def test_a_delivery_may_lie_in_the_future():
    found = reasons_of(
        collected="2020-01-01", order="2026-11-01", delivery="2027-03-01"
    )
    assert found["order"].start == D("2027-03-01")
    assert found["order"].phase(TODAY) == "active"


@pytest.mark.parametrize(
    "today, phase",
    [
        ("2026-05-10", "active"),
        ("2026-05-11", "archive"),
        ("2031-05-10", "archive"),
        ("2031-05-11", "expired"),
    ],
)
def test_the_last_day_is_kept_and_the_next_one_not(today, phase):
    reason = Reason("order", D("2023-05-10"), D("2026-05-10"), D("2031-05-10"))
    assert reason.phase(D(today)) == phase


def test_longest_wins_per_category_and_not_per_person():
    found = reasons_of(collected="2015-01-01", order="2020-03-01", invoice="2020-03-01")
    kept = kept_categories(found.values(), TODAY)
    assert set(kept) == {"identity", "address", "invoice"}
    assert [reason.code for reason in kept["identity"]] == ["invoice"]
    phases = category_phases(found.values(), TODAY)
    assert phases["contact"] == ("expired", D("2025-03-01"))
    assert phases["invoice"] == ("archive", D("2030-12-31"))


def test_longest_reason_first():
    found = reasons_of(collected="2025-01-01", order="2025-03-01", invoice="2025-03-01")
    codes = [r.code for r in kept_categories(found.values(), TODAY)["identity"]]
    assert codes == ["invoice", "order", "softoptin", "prospect_postal"]


def test_nobody_without_reason_is_kept():
    assert phase_of([], TODAY) == "expired"
    assert next_change([], TODAY) is None
    assert end_of([]) == (True, None)


def test_a_hold_without_end_keeps_everything():
    held = hold_reason("litigation", D("2020-01-01"), None, CONTACT)
    assert phase_of([held], date(2090, 1, 1)) == "active"
    assert next_change([held], TODAY) is None
    assert end_of([held]) == (False, None)


def test_a_hold_only_prolongs():
    reason = Reason("order", D("2020-01-01"), D("2020-01-01"), D("2025-01-01"))
    assert extend(reason, D("2024-01-01")).archive_end == D("2025-01-01")
    assert extend(reason, D("2027-01-01")).archive_end == D("2027-01-01")
    assert extend(reason, None).archive_end is None


# === RULES ABOUT SOME DATA ONLY === #
PAYMENT = frozenset({"payment"})
TAX = Variant("R06b", "invoice", 0, "year", 6, "year", frozenset({"invoice"}))
CARD = Variant("R08", "payment", 0, "year", 13, "month", PAYMENT)
DEFERRED = Variant("R08d", "payment", 0, "year", 15, "month", PAYMENT)
IBAN = Variant("R09", "payment", 0, "year", 13, "month", frozenset({"bank"}))
GUARANTEE = Variant("own", "delivery", 2, "year", 0, "year", CONTACT)
VARIANTS = (TAX, CARD, DEFERRED, IBAN, GUARANTEE)


def with_variants(rule, *variants, **vals):
    return replace(rule, variants=tuple(variants), **vals)


def variants_of(rule, situation=None, **facts):
    """Return ``{key: reason}`` of what the rules about some data add."""
    facts = Facts(**{kind: D(day) for kind, day in facts.items()})
    found = build_reasons([rule], facts, situation or Situation(), TODAY)
    return {reason.variant: reason for reason in found if reason.variant}


@pytest.mark.parametrize(
    "rule, variant, facts, start, archive_end",
    [
        # R06, art. L102 B LPF: six years from the document, when the company keeps
        # its accounts for less.
        (
            replace(RULES["invoice"], archive_delay=1),
            TAX,
            {"invoice": "2021-03-01"},
            "2021-03-01",
            "2027-03-01",
        ),
        # R08: thirteen months after the debit, fifteen with a deferred debit card.
        (
            replace(RULES["order"], archive_delay=0),
            CARD,
            {"order": "2025-01-01", "payment": "2025-12-31"},
            "2025-12-31",
            "2027-01-31",
        ),
        (
            replace(RULES["order"], archive_delay=0),
            DEFERRED,
            {"order": "2025-01-01", "payment": "2025-11-30"},
            "2025-11-30",
            "2027-02-28",
        ),
        # R09: from the last debit.
        (
            replace(RULES["invoice"], archive_delay=0),
            IBAN,
            {"invoice": "2025-01-01", "payment": "2026-06-30"},
            "2026-06-30",
            "2027-07-30",
        ),
    ],
)
def test_case_of_some_data(rule, variant, facts, start, archive_end):
    rule = with_variants(rule, variant)
    reason = variants_of(rule, collected="2020-01-01", **facts)[variant.key]
    assert (reason.start, reason.active_end) == (D(start), D(start))
    assert reason.archive_end == D(archive_end)
    assert reason.categories == variant.categories
    assert reason.code == rule.code


def test_a_rule_that_ends_within_its_purpose_adds_nothing():
    rule = with_variants(RULES["invoice"], TAX)
    assert not variants_of(rule, collected="2020-01-01", invoice="2021-03-01")


def test_a_rule_whose_event_never_happened_says_nothing():
    rule = with_variants(RULES["order"], DEFERRED, archive_delay=0)
    assert not variants_of(rule, collected="2020-01-01", order="2021-03-01")


def test_a_rule_about_data_the_purpose_does_not_hold_adds_them():
    rule = with_variants(RULES["order"], CARD)
    facts = {"collected": "2025-01-01", "order": "2026-01-01", "payment": "2026-01-01"}
    assert variants_of(rule, **facts)["R08"].archive_end == D("2027-02-01")


def test_the_card_goes_when_its_proof_is_over_and_the_order_stays():
    rule = with_variants(RULES["order"], CARD, DEFERRED)
    facts = Facts(
        collected=D("2020-01-01"), order=D("2024-01-01"), payment=D("2024-01-01")
    )
    reasons = build_reasons([rule], facts, Situation(), TODAY)
    assert set(kept_categories(reasons, D("2025-02-01"))) == rule.categories | PAYMENT
    assert set(kept_categories(reasons, D("2025-04-01"))) == rule.categories | PAYMENT
    assert set(kept_categories(reasons, D("2025-04-02"))) == rule.categories


def test_a_hold_of_an_unpaid_debt_ends_by_itself():
    limit = (3, "year")
    assert limit_hold(D("2023-11-22"), None, limit) == D("2026-11-22")
    assert limit_hold(D("2023-11-22"), D("2024-01-31"), limit) == D("2024-01-31")
    assert limit_hold(D("2023-11-22"), D("2030-01-31"), limit) == D("2026-11-22")
    assert limit_hold(D("2023-11-22"), None, None) is None


# === WHAT HOLDS FOR EVERYBODY === #
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
OPTIONAL = st.none() | DAYS
FACTS = st.builds(Facts, DAYS, *[OPTIONAL] * 10, electronic=OPTIONAL, employer=OPTIONAL)
CODES = st.frozensets(st.sampled_from(sorted(RULES)))
SITUATIONS = st.builds(
    Situation, st.booleans(), CODES, CODES, st.integers(1, 12), st.integers(1, 31)
)


def last_day(reasons):
    _known, end = end_of(reasons)
    return end or date.min


@given(FACTS, SITUATIONS, CODES, CODES, DAYS)
def test_more_rules_never_shorten(facts, situation, some, others, today):
    few = build_reasons([RULES[c] for c in some], facts, situation, today)
    many = build_reasons([RULES[c] for c in some | others], facts, situation, today)
    assert last_day(few) <= last_day(many)
    assert PHASES.index(phase_of(many, today)) <= PHASES.index(phase_of(few, today))
    assert set(kept_categories(few, today)) <= set(kept_categories(many, today))


@given(FACTS, SITUATIONS, st.sets(st.sampled_from(VARIANTS)), st.integers(0, 12), DAYS)
def test_rules_about_some_data_never_shorten(facts, situation, variants, years, today):
    """Neither the last day of the person nor that of any category, nor any phase."""
    rules = [replace(rule, archive_delay=years) for rule in ALL_RULES]
    more = [with_variants(rule, *variants) for rule in rules]
    few = build_reasons(rules, facts, situation, today)
    many = build_reasons(more, facts, situation, today)
    assert [reason for reason in many if not reason.variant] == few
    assert last_day(few) <= last_day(many)
    assert PHASES.index(phase_of(many, today)) <= PHASES.index(phase_of(few, today))
    assert set(kept_categories(few, today)) <= set(kept_categories(many, today))
    before, after = category_phases(few, today), category_phases(many, today)
    for category, (phase, end) in before.items():
        assert PHASES.index(after[category][0]) <= PHASES.index(phase)
        assert after[category][1] >= end


@given(FACTS, FACTS, SITUATIONS, DAYS)
def test_more_facts_never_shorten(facts, others, situation, today):
    more = replace(facts.merged(others), collected=facts.collected)
    few = {r.code: r for r in build_reasons(ALL_RULES, facts, situation, today)}
    many = {r.code: r for r in build_reasons(ALL_RULES, more, situation, today)}
    assert set(few) <= set(many)
    for code, reason in few.items():
        # Only the day of collection, a stopgap, gives way to an older event.
        stopgap = reason.start == facts.capped(today).collected
        assert stopgap or many[code].archive_end >= reason.archive_end


@given(FACTS, SITUATIONS, DAYS, st.integers(0, 9000))
def test_time_only_moves_phases_forward(facts, situation, today, days):
    """With reasons as they were computed, no day brings a phase back."""
    reasons = build_reasons(ALL_RULES, facts, situation, today)
    later = today + timedelta(days=days)
    assert PHASES.index(phase_of(reasons, today)) <= PHASES.index(
        phase_of(reasons, later)
    )
    assert set(kept_categories(reasons, later)) <= set(kept_categories(reasons, today))


@given(FACTS, SITUATIONS, DAYS, DAYS)
def test_recomputed_later_nothing_comes_back_without_a_new_fact(
    facts, situation, one, other
):
    """Facts known on the first day, computed again later, give the same or less."""
    today, later = sorted((one, other))
    known = facts.capped(today)
    before = build_reasons(ALL_RULES, known, situation, today)
    after = build_reasons(ALL_RULES, known, situation, later)
    assert before == after


@given(FACTS, SITUATIONS, DAYS)
def test_next_change_is_when_the_phase_changes(facts, situation, today):
    reasons = build_reasons(ALL_RULES, facts, situation, today)
    day = next_change(reasons, today)
    if day is None:
        assert phase_of(reasons, today) == "expired"
        return
    phase = phase_of(reasons, today)
    assert phase_of(reasons, day) == phase
    assert phase_of(reasons, day + timedelta(days=1)) != phase


@given(FACTS, DAYS)
def test_a_new_contact_from_the_person_never_brings_the_end_forward(facts, today):
    known = facts.capped(today)
    before = build_reasons(ALL_RULES, known, Situation(), today)
    for kind in INBOUND:
        again = build_reasons(
            ALL_RULES,
            replace(known, inbound=today, **{kind: today}),
            Situation(),
            today,
        )
        assert last_day(before) <= last_day(again)


@given(FACTS, SITUATIONS, OPTIONAL, DAYS)
def test_a_hold_never_shortens(facts, situation, hold_end, today):
    for reason in build_reasons(ALL_RULES, facts, situation, today):
        longer = extend(reason, hold_end)
        assert longer.archive_end is None or longer.archive_end >= reason.archive_end
