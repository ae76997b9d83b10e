from dataclasses import replace

from odoo.addons.rgpd_fichier_client.core.register import (
    basis,
    completeness,
    difference,
    state,
)
from odoo.addons.rgpd_fichier_client.core.register.completeness import (
    ProcessorFacts,
    PurposeFacts,
    SheetFacts,
)

PURPOSE = PurposeFacts("Orders", "contract", has_period=True, has_data=True)
FULL = SheetFacts(
    name="Orders",
    reference="RT-001",
    has_contact=True,
    has_country=True,
    has_contact_person=True,
    objective="Sell",
    purposes=(PURPOSE,),
    person_categories=1,
    data_categories=1,
    recipients=1,
    measures=1,
    data_origin="person",
    has_responsible=True,
    has_review_date=True,
)


def codes(gaps):
    return [gap.code for gap in gaps]


def test_a_full_sheet_lacks_nothing():
    assert completeness.get_gaps(FULL) == []
    assert completeness.get_score(FULL) == 100
    assert completeness.get_completion(FULL) == "complete"


def test_what_is_missing_blocks_or_does_not():
    improvable = replace(FULL, has_country=False)
    assert completeness.get_completion(improvable) == "improvable"
    blocked = replace(FULL, has_country=False, objective="")
    assert completeness.get_completion(blocked) == "blocked"


def test_an_empty_sheet_is_at_zero_and_says_everything():
    gaps = completeness.get_gaps(SheetFacts())
    assert completeness.get_score(SheetFacts()) == 0
    for code in ("name", "contact", "country", "contact_person", "purposes"):
        assert code in codes(gaps)


def test_a_company_outside_the_union_names_a_representative():
    outside = replace(FULL, is_outside_union=True)
    (gap,) = completeness.get_gaps(outside)
    assert (gap.code, gap.is_blocking) == ("representative", False)
    assert completeness.get_score(outside) < 100
    named = replace(outside, has_representative=True)
    assert completeness.get_score(named) == 100
    assert completeness.get_score(SheetFacts(is_outside_union=True)) == 0


def test_an_upper_limit_is_told_when_it_is_exceeded():
    limited = replace(PURPOSE, has_limit=True)
    assert completeness.get_score(replace(FULL, purposes=(limited,))) == 100
    over = replace(FULL, purposes=(replace(limited, is_over_limit=True),))
    (gap,) = completeness.get_gaps(over)
    assert (gap.code, gap.about, gap.is_blocking) == ("purpose_limit", "Orders", False)


def test_a_certificate_that_ended_is_told_and_does_not_block():
    host = ProcessorFacts("Host", has_contract=True)
    assert completeness.get_score(replace(FULL, processors=(host,))) == 100
    host = replace(host, is_certificate_expired=True)
    (gap,) = completeness.get_gaps(replace(FULL, processors=(host,)))
    assert (gap.code, gap.is_blocking) == ("processor_certificate", False)


def test_the_contact_is_asked_for_but_does_not_block():
    gaps = completeness.get_gaps(SheetFacts())
    blocking = {gap.code: gap.is_blocking for gap in gaps}
    assert blocking["contact"]
    assert not blocking["country"]
    assert not blocking["contact_person"]


def test_what_each_basis_asks_for():
    cases = {
        "legal_obligation": ["purpose_text"],
        "legitimate_interest": ["purpose_interest", "purpose_balancing"],
        "consent": ["purpose_notice"],
        "contract": [],
        "vital_interest": [],
        "public_task": [],
    }
    assert set(cases) == set(basis.BASES)
    for legal_basis, expected in cases.items():
        purpose = PurposeFacts("P", legal_basis, has_period=True, has_data=True)
        assert codes(completeness.get_purpose_gaps(purpose)) == expected


def test_a_contract_with_a_processor():
    none = completeness.get_processor_gaps(ProcessorFacts("Host"))
    assert codes(none) == ["processor_contract"]
    poor = ProcessorFacts("Host", has_contract=True, is_expired=True, missing_clauses=2)
    assert codes(completeness.get_processor_gaps(poor)) == [
        "processor_expired",
        "processor_clauses",
    ]


def test_difference_names_the_parts_that_changed():
    assert difference.get_changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == [
        "b",
        "c",
    ]
    assert difference.get_changed({"a": 1, "z": 1}, {"a": 1}) == ["z"]
    assert difference.get_changed(None, {}) == []


def test_states():
    assert state.is_allowed("draft", "validated")
    assert not state.is_allowed("archived", "validated")
    assert not state.is_allowed("validated", "draft")


def test_a_joint_controller_has_an_arrangement_and_no_contract():
    alone = ProcessorFacts("Partner", role="joint")
    assert codes(completeness.get_processor_gaps(alone)) == ["arrangement"]
    poor = replace(alone, has_contract=True, is_expired=True, missing_clauses=1)
    assert codes(completeness.get_processor_gaps(poor)) == [
        "arrangement_expired",
        "arrangement_points",
    ]
    assert not completeness.get_processor_gaps(replace(alone, has_contract=True))
    assert not completeness.get_processor_gaps(ProcessorFacts("X", role="separate"))


def test_a_processor_outside_the_area_needs_its_transfer():
    far = ProcessorFacts("Host", has_contract=True, missing_transfers=1)
    assert codes(completeness.get_processor_gaps(far)) == ["processor_transfer"]
    far = ProcessorFacts("Host", missing_transfers=1)
    assert len(completeness.get_processor_gaps(far)) == 2


def test_a_lost_balancing_test_forbids_validation():
    lost = PurposeFacts(
        "Offers",
        "legitimate_interest",
        interest="Sell",
        has_balancing=True,
        is_balancing_lost=True,
        has_period=True,
        has_data=True,
    )
    (gap,) = completeness.get_purpose_gaps(lost)
    assert (gap.code, gap.is_blocking) == ("purpose_lost", True)
