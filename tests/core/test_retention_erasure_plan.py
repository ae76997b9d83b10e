"""Planning of an erasure: tables of cases, then properties."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap.schema import Field
from odoo.addons.rgpd_fichier_client.core.retention import erasure_plan as plan

FieldRule, Kept = plan.FieldRule, plan.Kept
RULES = (
    FieldRule("name", "identity", "pseudonym", required=True),
    FieldRule("email", "contact", "empty"),
    FieldRule("phone", "contact", "empty"),
    FieldRule("zip", "address", "generalise_zip"),
    FieldRule("comment", "note", "empty", "html"),
    FieldRule("image_1920", "image", "delete_file", "binary"),
    FieldRule("country_id", "address", "keep", "many2one"),
    FieldRule("note", "note", "redact", "html"),
)


@dataclass(frozen=True)
class Identifier:
    kind: str
    value: str
    strength: str = "strong"


def test_masking_groups_columns_by_what_is_written():
    result = plan.plan_model("res.partner", "mask", RULES, set())
    assert result.columns == {
        "pseudonym": ("name",),
        "null": ("comment", "email", "phone"),
        "department": ("zip",),
    }
    assert result.files == ("image_1920",)
    assert result.redacted == ("note",)
    assert result.erased == ("address", "contact", "identity", "image", "note")
    assert result.kept == ()


def test_partial_erasure_keeps_identity_and_address_for_an_invoice():
    """law.md 6.6: name and address stay with the invoice, contact data go."""
    result = plan.plan_model("res.partner", "mask", RULES, {"identity", "address"})
    assert result.columns == {"null": ("comment", "email", "phone")}
    assert result.kept == ("address", "identity")
    assert "identity" not in result.erased


def test_deleting_a_row_that_holds_something_kept_becomes_masking():
    rules = (FieldRule("acc_number", "bank", "empty"), FieldRule("x", "note", "empty"))
    assert (
        plan.plan_model("res.partner.bank", "delete", rules, set()).action == "delete"
    )
    result = plan.plan_model("res.partner.bank", "delete", rules, {"bank"})
    assert result.action == "mask"
    assert result.columns == {"null": ("x",)}


def test_redacting_touches_texts_only():
    rules = (
        FieldRule("body", "correspondence", "redact", "html"),
        FieldRule("date", "technical", "keep", "datetime"),
    )
    result = plan.plan_model("mail.message", "redact", rules, set())
    assert result.redacted == ("body",)
    assert not result.columns


@pytest.mark.parametrize("action", ["keep", "unlink_link"])
def test_links_that_change_no_value(action):
    assert not plan.plan_model("account.move", action, RULES, set()).changes_rows


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (FieldRule("a", "c", "empty"), "null"),
        (FieldRule("a", "c", "empty", required=True), "label"),
        (FieldRule("a", "c", "empty", "integer", required=True), "zero"),
        (FieldRule("a", "c", "empty", "date", required=True), ""),
        (FieldRule("a", "c", "empty", "many2one", required=True), ""),
        (FieldRule("a", "c", "empty", translate=True, required=True), "label_json"),
        (FieldRule("a", "c", "pseudonym"), "pseudonym"),
        (FieldRule("a", "c", "pseudonym", translate=True), "pseudonym_json"),
        (FieldRule("a", "c", "pseudonym", company_dependent=True), "null"),
        (FieldRule("a", "c", "random_unique"), "unique"),
        (FieldRule("a", "c", "generalise_date", "date"), "year"),
        (FieldRule("a", "c", "generalise_date", "char"), "null"),
        (FieldRule("a", "c", "generalise_zip"), "department"),
        (FieldRule("a", "c", "keep"), ""),
        (FieldRule("a", "c", "redact"), ""),
    ],
)
def test_value_code(rule, expected):
    assert plan.value_code(rule) == expected


INVOICE = {
    "purpose_code": "invoice",
    "article": "L123-22",
    "end_date": date(2034, 1, 1),
}
PROSPECT = {
    "purpose_code": "softoptin",
    "article": "6.1.f",
    "end_date": date(2027, 1, 1),
}
CONSENT = {"purpose_code": "newsletter", "article": "6.1.a", "end_date": None}
CLAIM = {"purpose_code": "litigation", "article": "17.3.e", "end_date": None}
BASIS = {
    "invoice": "legal_obligation",
    "softoptin": "legitimate_interest",
    "newsletter": "consent",
    "litigation": "legitimate_interest",
}


@pytest.mark.parametrize(
    ("ground", "reasons", "purpose"),
    [
        ("retention", [PROSPECT], "softoptin"),
        ("retention", [PROSPECT, INVOICE], "invoice"),
        ("retention", [CONSENT, INVOICE], "newsletter"),
        ("request", [PROSPECT, CONSENT], None),
        ("request", [PROSPECT, INVOICE], "invoice"),
        ("request", [CLAIM], "litigation"),
        ("objection", [PROSPECT], None),
        ("objection", [INVOICE], "invoice"),
        ("withdrawal", [CONSENT], None),
        ("withdrawal", [PROSPECT, CONSENT], "softoptin"),
    ],
)
def test_which_reason_keeps_a_category(ground, reasons, purpose):
    kept = plan.live_kept({"identity": reasons}, ground, BASIS)
    assert (kept["identity"].purpose if kept else None) == purpose


def test_persons_are_grouped_by_what_stays():
    groups = plan.group_by_kept({1: {"identity": 1}, 2: {}, 3: {"identity": 1}, 4: {}})
    assert groups == {frozenset({"identity"}): [1, 3], frozenset(): [2, 4]}


def test_identifiers_that_stay_or_are_shared_are_not_swept():
    name, email = Identifier("name", "Jo Martin"), Identifier("email", "jo@example.org")
    phone, weak = Identifier("phone", "+33199000001"), Identifier("name", "Jo", "weak")
    every = [name, email, phone, weak]
    assert plan.identifiers_to_sweep(every, set()) == [name, email, phone]
    assert plan.identifiers_to_sweep(every, {"identity"}) == [email, phone]
    shared = {("phone", "+33199000001")}
    assert plan.identifiers_to_sweep(every, {"identity"}, shared) == [email]


CATEGORIES = st.sampled_from(["identity", "contact", "address", "note", "bank", "file"])
STRATEGIES = st.sampled_from(
    [
        "empty",
        "pseudonym",
        "label",
        "redact",
        "generalise_date",
        "generalise_zip",
        "delete_file",
        "random_unique",
        "keep",
    ]
)
TYPES = st.sampled_from(
    ["char", "text", "html", "date", "integer", "many2one", "binary"]
)
RULE = st.builds(
    FieldRule,
    st.uuids().map(str),
    CATEGORIES,
    STRATEGIES,
    TYPES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
ACTIONS = st.sampled_from(list(plan.STRENGTH))


@given(st.lists(RULE, max_size=12), st.sets(CATEGORIES), ACTIONS)
def test_a_kept_category_is_never_touched(rules, kept, action):
    """Whatever the map says, no value of a kept category is written, except text
    redaction in other people's rows, which hold no kept datum of this person."""
    result = plan.plan_model("m", action, rules, kept)
    category = {rule.name: rule.category for rule in rules}
    touched = [n for names in result.columns.values() for n in names]
    touched += result.files
    if result.action == "mask":
        touched += result.redacted
    assert not {category[name] for name in touched} & kept
    if result.action == "delete":
        assert not set(category.values()) & kept


@given(st.lists(RULE, max_size=12), st.sets(CATEGORIES), st.sets(CATEGORIES))
def test_more_reasons_never_erase_more(rules, kept, more):
    less = plan.plan_model("m", "mask", rules, kept | more)
    full = plan.plan_model("m", "mask", rules, kept)
    assert set(less.erased) <= set(full.erased)


@given(st.lists(ACTIONS, min_size=1), st.lists(ACTIONS))
def test_another_link_never_weakens(actions, more):
    first, both = plan.strongest(actions), plan.strongest(actions + more)
    assert plan.STRENGTH[both] >= plan.STRENGTH[first]


def test_structured_texts_are_redacted_too():
    rules = [
        FieldRule("history", "note", "redact", "json"),
        FieldRule("extra", "note", "empty", "properties"),
        FieldRule("scan", "file", "delete_file", "binary"),
    ]
    result = plan.plan_model("acme.member", "redact", rules, set())
    assert result.redacted == ("history", "extra")


def test_what_nobody_judged_loses_identifiers_only():
    def strategy(status, ttype):
        return plan.get_strategy(Field("acme", "x", ttype, status=status))

    for ttype in ("char", "text", "html", "json", "properties"):
        assert strategy("unclassified", ttype) == "redact"
    # No name can be taken out of a file
    assert strategy("unclassified", "binary") == "delete_file"
    assert strategy("not_personal", "binary") == "keep"
    assert strategy("classified", "char") == "keep"
