"""The gate as tables: who may be contacted, why, under which article."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import gate
from odoo.addons.rgpd_fichier_client.core.consent.fold import (
    CHANNELS,
    NO_CHOICE,
    PROSPECTING,
    Choice,
)
from odoo.addons.rgpd_fichier_client.core.consent.gate import (
    Declared,
    Facts,
    Situation,
    decide,
)

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

# Monday 23 November 2026, 11:00 in Paris
NOW = datetime(2026, 11, 23, 10)
LOCAL = datetime(2026, 11, 23, 11)
YEAR_END = date(2027, 6, 1)
GIVEN = Choice("given", datetime(2026, 6, 2), None)
GIVEN_PHONE = Choice("given", datetime(2026, 6, 2), YEAR_END)
VOUCHED = Declared(
    similar_only=True,
    unsubscribe_in_messages=True,
    objection_at_collection_since=date(2026, 1, 1),
    profession_only=True,
    informs_at_collection=True,
    contract_calls_only=True,
)
BOUGHT = Facts(ordered_on=date(2026, 5, 1))
CONTRACT = Facts(current_contract=True)


def situation(purpose, channel, **values):
    defaults = {"now": NOW, "local": LOCAL, "address": "nominative"}
    return Situation(purpose=purpose, channel=channel, **defaults | values)


def check(expected, purpose, channel, **values):
    verdict = decide(situation(purpose, channel, **values))
    assert verdict.code == expected
    assert verdict.article
    return verdict.allowed


MAJORITY = date(2026, 9, 1)
CONSENT_PURPOSES = [
    ("prospect_email_b2c", "email"),
    ("prospect_sms_b2c", "sms"),
    ("partner_electronic", "partners"),
    ("mail_tracking", "tracking"),
]


@pytest.mark.parametrize(("purpose", "channel"), CONSENT_PURPOSES)
@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (NO_CHOICE, "no_consent"),
        (GIVEN, "consent"),
        (Choice("expired", NOW), "consent_expired"),
        (Choice("withdrawn", NOW), "consent_withdrawn"),
        (Choice("refused", NOW), "consent_refused"),
        (Choice("objected", NOW), "objected"),
        (Choice("given", NOW + timedelta(hours=1)), "consent_unproved"),
        (Choice("given", None), "consent_unproved"),
    ],
)
def test_consent_purposes(purpose, channel, choice, code):
    assert check(code, purpose, channel, choice=choice) is (code == "consent")


SOFT_OPT_IN = [
    ("softoptin", BOUGHT, VOUCHED),
    ("softoptin_no_sale", Facts(), VOUCHED),
    ("softoptin_not_similar", BOUGHT, replace(VOUCHED, similar_only=False)),
    (
        "softoptin_no_objection_offered",
        BOUGHT,
        replace(VOUCHED, objection_at_collection_since=None),
    ),
    (
        "softoptin_no_objection_offered",
        Facts(ordered_on=date(2025, 12, 31)),
        VOUCHED,
    ),
    (
        "softoptin",
        Facts(ordered_on=date(2025, 12, 31), objection_offered=True),
        VOUCHED,
    ),
    (
        "softoptin_no_unsubscribe",
        BOUGHT,
        replace(VOUCHED, unsubscribe_in_messages=False),
    ),
]


@pytest.mark.parametrize(("code", "facts", "declared"), SOFT_OPT_IN)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_soft_opt_in_needs_its_five_conditions(code, facts, declared, channel):
    allowed = check(code, "softoptin", channel, facts=facts, declared=declared)
    assert allowed is (code == "softoptin")


def test_soft_opt_in_does_not_walk_round_a_withdrawal():
    values = {"facts": BOUGHT, "declared": VOUCHED}
    withdrawn = Choice("withdrawn", NOW)
    assert not check(
        "consent_withdrawn", "softoptin", "email", other_choice=withdrawn, **values
    )
    # A consent that ran out is no refusal.
    assert check(
        "softoptin",
        "softoptin",
        "email",
        other_choice=Choice("expired", NOW),
        **values,
    )


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("b2b", {"is_professional": True, "address": "professional"}),
        ("b2b_generic_mailbox", {"address": "generic"}),
        ("b2b_not_professional", {"is_professional": True, "address": "personal"}),
        ("b2b_not_professional", {"address": "professional"}),
        (
            "b2b_not_profession",
            {
                "is_professional": True,
                "address": "professional",
                "declared": replace(VOUCHED, profession_only=False),
            },
        ),
        (
            "not_informed",
            {
                "is_professional": True,
                "address": "professional",
                "declared": replace(VOUCHED, informs_at_collection=False),
            },
        ),
        (
            "b2b_no_unsubscribe",
            {
                "is_professional": True,
                "address": "professional",
                "declared": replace(VOUCHED, unsubscribe_in_messages=False),
            },
        ),
        (
            "objected",
            {
                "is_professional": True,
                "address": "professional",
                "choice": Choice("objected", NOW),
            },
        ),
        ("no_address", {"address": None}),
        # The lists of mail services are missing: nobody is taken for a professional.
        ("rules_unreadable", {"is_professional": True, "address": "unknown"}),
    ],
)
def test_b2b_email(code, values):
    allowed = check(
        code, "prospect_b2b_email", "email", **{"declared": VOUCHED, **values}
    )
    assert allowed is (code in ("b2b", "b2b_generic_mailbox"))


PHONE = [
    ("no_consent", {}),
    ("consent", {"choice": GIVEN_PHONE}),
    # Without an end the consent could last more than a year.
    ("consent_unproved", {"choice": GIVEN}),
    ("consent_expired", {"choice": Choice("expired", NOW, date(2026, 11, 22))}),
    ("phone_contract", {"facts": CONTRACT, "declared": VOUCHED}),
    # A contract does not open calls about something else.
    ("no_consent", {"facts": CONTRACT}),
    ("phone_press", {"declared": Declared(press=True)}),
    (
        "phone_banned_sector",
        {"choice": GIVEN_PHONE, "declared": Declared(banned_sector=True)},
    ),
    (
        "phone_contract",
        {"facts": CONTRACT, "declared": replace(VOUCHED, banned_sector=True)},
    ),
    ("objected", {"facts": CONTRACT, "choice": Choice("objected", NOW)}),
    ("suppressed", {"choice": GIVEN_PHONE, "suppressed": True}),
    ("rules_unreadable", {"choice": GIVEN_PHONE, "calling": None}),
]


@pytest.mark.parametrize(("code", "values"), PHONE)
def test_phone_b2c(code, values):
    allowed = check(code, "prospect_phone_b2c", "phone", **values)
    assert allowed is (code in ("consent", "phone_contract", "phone_press"))


@pytest.mark.parametrize(
    ("code", "calls", "refused"),
    [
        ("consent", 3, None),
        ("call_too_many", 4, None),
        ("call_silence", 0, NOW - timedelta(days=59)),
        ("consent", 0, NOW - timedelta(days=60)),
    ],
)
def test_calls_are_few_and_stop_after_a_refusal(code, calls, refused):
    facts = Facts(
        calls=tuple(NOW - timedelta(days=day + 1) for day in range(calls)),
        call_refused_on=refused,
    )
    check(code, "prospect_phone_b2c", "phone", choice=GIVEN_PHONE, facts=facts)


def test_old_calls_do_not_count():
    facts = Facts(calls=tuple(NOW - timedelta(days=31) for _ in range(9)))
    assert check(
        "consent", "prospect_phone_b2c", "phone", choice=GIVEN_PHONE, facts=facts
    )


@pytest.mark.parametrize(
    ("code", "local"),
    [
        ("call_hours", datetime(2026, 11, 23, 9, 59, 59)),
        ("consent", datetime(2026, 11, 23, 10)),
        ("consent", datetime(2026, 11, 23, 12, 59, 59)),
        ("call_hours", datetime(2026, 11, 23, 13)),
        ("consent", datetime(2026, 11, 23, 14)),
        ("consent", datetime(2026, 11, 23, 19, 59, 59)),
        ("call_hours", datetime(2026, 11, 23, 20)),
        ("call_weekday", datetime(2026, 11, 21, 11)),
        ("call_weekday", datetime(2026, 11, 22, 11)),
        ("call_holiday", datetime(2026, 11, 11, 11)),
        ("call_holiday", datetime(2027, 3, 29, 11)),
    ],
)
def test_calling_hours_are_those_of_the_person(code, local):
    check(code, "prospect_phone_b2c", "phone", choice=GIVEN_PHONE, local=local)


@pytest.mark.parametrize(
    ("purpose", "channel", "values", "code"),
    [
        ("prospect_phone_b2b", "phone", {"is_professional": True}, "b2b"),
        ("prospect_phone_b2b", "phone", {}, "b2b_not_professional"),
        ("prospect_postal", "post", {}, "not_objected"),
        ("prospect_postal", "post", {"address": None}, "no_address"),
        ("prospect_postal", "post", {"declared": Declared()}, "not_informed"),
        ("partner_postal", "partners", {}, "not_objected"),
        ("prospect_robot", "phone", {}, "no_consent"),
        ("prospect_robot", "phone", {"choice": GIVEN_PHONE}, "consent"),
        (
            "prospect_robot",
            "phone",
            {"choice": GIVEN_PHONE, "local": datetime(2026, 11, 22, 11)},
            "call_weekday",
        ),
        ("prospect_robot", "phone", {"is_professional": True}, "b2b"),
        (
            "prospect_robot",
            "phone",
            {"is_professional": True, "declared": Declared()},
            "not_informed",
        ),
        (
            "prospect_robot",
            "phone",
            {"choice": GIVEN, "declared": replace(VOUCHED, banned_sector=True)},
            "phone_banned_sector",
        ),
        ("referral", "email", {}, "referral_once"),
        ("referral", "email", {"facts": Facts(referred_once=True)}, "referral_used"),
        ("survey", "email", {}, "not_objected"),
        ("survey", "email", {"choice": Choice("objected", NOW)}, "objected"),
        ("survey", "phone", {"address": None}, "no_address"),
        # Neither a tracker nor a partner rides on a survey or on the loyalty scheme.
        ("survey", "tracking", {}, "channel_not_for_purpose"),
        ("loyalty", "partners", {}, "channel_not_for_purpose"),
        ("loyalty", "email", {}, "not_objected"),
        ("statistics", "email", {}, "no_rule"),
        ("objection_list", "email", {}, "no_rule"),
        ("security_log", "email", {}, "no_rule"),
        ("prospect_email_b2c", "phone", {}, "channel_not_for_purpose"),
        ("segmentation", "email", {}, "no_rule"),
        ("made_up", "email", {"choice": GIVEN}, "no_rule"),
    ],
)
def test_other_purposes(purpose, channel, values, code):
    check(code, purpose, channel, **{"declared": VOUCHED, **values})


@pytest.mark.parametrize("purpose", sorted(gate.SERVICE))
def test_an_objection_stops_no_invoice(purpose):
    values = {"choice": Choice("objected", NOW), "suppressed": True}
    assert check("service", purpose, "email", **values)
    assert not check("channel_not_for_purpose", purpose, "partners", **values)


@pytest.mark.parametrize(
    "code", sorted(set(gate.BLOCKED_ARTICLES) - {"person_in_archive"})
)
@pytest.mark.parametrize("purpose", ["prospect_email_b2c", "invoice", "survey"])
def test_nobody_writes_to_who_must_not_be_contacted(code, purpose):
    assert not check(code, purpose, "email", choice=GIVEN, blocked=code)


@pytest.mark.parametrize("purpose", sorted(gate.DUTIES))
def test_duties_reach_a_restricted_or_archived_person(purpose):
    assert check("service", purpose, "email", blocked="person_restricted")
    assert check("service", purpose, "email", blocked="person_archived")
    assert not check("person_erased", purpose, "email", blocked="person_erased")


def test_the_intermediate_archive_is_not_for_advertising():
    archived = {"blocked": "person_in_archive", "declared": VOUCHED, "facts": BOUGHT}
    assert not check("person_in_archive", "softoptin", "email", **archived)
    assert not check("person_in_archive", "survey", "email", **archived)
    assert check("service", "invoice", "email", **archived)
    assert check("consent", "prospect_email_b2c", "email", choice=GIVEN, **archived)


def test_an_unreadable_suppression_list_denies_prospecting_only():
    assert not check(
        "suppression_unreadable",
        "prospect_email_b2c",
        "email",
        choice=GIVEN,
        suppressed=None,
    )
    assert check("service", "invoice", "email", suppressed=None)


situations = st.builds(
    Situation,
    purpose=st.sampled_from(sorted(PROSPECTING)),
    channel=st.sampled_from(CHANNELS),
    now=st.just(NOW),
    local=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    choice=st.sampled_from([NO_CHOICE, GIVEN, GIVEN_PHONE]),
    other_choice=st.sampled_from([NO_CHOICE, GIVEN, Choice("withdrawn", NOW)]),
    suppressed=st.sampled_from([False, True, None]),
    address=st.sampled_from([None, "generic", "personal", "professional"]),
    is_professional=st.booleans(),
    facts=st.builds(
        Facts,
        ordered_on=st.sampled_from([None, date(2026, 5, 1)]),
        objection_offered=st.booleans(),
        current_contract=st.booleans(),
    ),
    declared=st.builds(
        Declared,
        similar_only=st.booleans(),
        unsubscribe_in_messages=st.booleans(),
        profession_only=st.booleans(),
        informs_at_collection=st.booleans(),
        contract_calls_only=st.booleans(),
        press=st.booleans(),
    ),
)


@hypothesis.given(situations)
def test_an_objection_always_blocks(case):
    objected = replace(case, choice=Choice("objected", NOW))
    assert not decide(objected).allowed


@hypothesis.given(situations)
def test_the_suppression_list_always_blocks(case):
    assert not decide(replace(case, suppressed=True)).allowed
    assert not decide(replace(case, suppressed=None)).allowed


@hypothesis.given(situations)
def test_nothing_vouched_for_nothing_chosen_nothing_allowed(case):
    bare = replace(case, choice=NO_CHOICE, declared=Declared(), is_professional=False)
    allowed = decide(bare)
    assert not allowed.allowed or allowed.code in (
        "b2b_generic_mailbox",
        "referral_once",
    )


class TestChildren:
    """Art. 8 GDPR, art. 45 LIL: the holder of parental authority agrees below 15."""

    @pytest.mark.parametrize(("purpose", "channel"), CONSENT_PURPOSES)
    @pytest.mark.parametrize("actor", ["self", "staff", "system", None])
    def test_the_consent_of_a_child_alone_is_void(self, purpose, channel, actor):
        choice = replace(GIVEN, actor=actor)
        assert not check(
            "person_minor", purpose, channel, choice=choice, majority=date.max
        )

    @pytest.mark.parametrize(("purpose", "channel"), CONSENT_PURPOSES)
    def test_that_of_the_parent_counts(self, purpose, channel):
        choice = replace(GIVEN, actor="parent")
        assert check("consent", purpose, channel, choice=choice, majority=date.max)

    def test_calls_and_robots_too(self):
        for purpose in ("prospect_phone_b2c", "prospect_robot"):
            choice = replace(GIVEN_PHONE, actor="self")
            assert not check(
                "person_minor", purpose, "phone", choice=choice, majority=date.max
            )
            choice = replace(GIVEN_PHONE, actor="parent")
            assert check("consent", purpose, "phone", choice=choice, majority=date.max)

    def test_the_birthday_heals_nothing_and_ends_nothing(self):
        """Given in June; the birthday was in September; asked in November."""
        mail = ("prospect_email_b2c", "email")
        for actor, code in (("self", "person_minor"), ("parent", "consent")):
            choice = replace(GIVEN, actor=actor)
            check(code, *mail, choice=choice, majority=MAJORITY)
        after = Choice("given", datetime(2026, 9, 1, 8), actor="self")
        assert check("consent", *mail, choice=after, majority=MAJORITY)

    @pytest.mark.parametrize("channel", ["email", "sms"])
    @pytest.mark.parametrize(
        ("code", "values"),
        [
            ("softoptin_minor", {}),
            ("softoptin_minor", {"choice": replace(GIVEN, actor="self")}),
            ("softoptin_minor", {"other_choice": replace(GIVEN, actor="staff")}),
            (
                "softoptin_minor",
                {"other_choice": Choice("expired", NOW, actor="parent")},
            ),
            ("softoptin", {"choice": replace(GIVEN, actor="parent")}),
            ("softoptin", {"other_choice": replace(GIVEN, actor="parent")}),
            ("consent_withdrawn", {"other_choice": Choice("withdrawn", NOW)}),
        ],
    )
    def test_no_soft_opt_in_without_the_parent(self, code, values, channel):
        """A purchase of a child is no reason to send offers to the child."""
        values = {"facts": BOUGHT, "declared": VOUCHED, **values}
        allowed = check(
            code, "softoptin", channel, majority=date(2026, 11, 24), **values
        )
        assert allowed is (code == "softoptin")

    def test_soft_opt_in_from_the_birthday_on(self):
        values = {"facts": BOUGHT, "declared": VOUCHED}
        for majority in (LOCAL.date(), MAJORITY, None):
            assert check("softoptin", "softoptin", "email", majority=majority, **values)

    def test_a_child_is_served_and_a_no_of_theirs_counts(self):
        assert check("service", "order", "email", majority=date.max)
        refused = Choice("withdrawn", datetime(2026, 6, 2), actor="self")
        check(
            "consent_withdrawn",
            "prospect_email_b2c",
            "email",
            choice=refused,
            majority=date.max,
        )

    def test_a_void_consent_opens_nothing_else(self):
        """Neither the intermediate archive, nor what a refusal has closed."""
        void = replace(GIVEN, actor="self")
        refused = Choice("refused", datetime(2026, 6, 2))
        check(
            "person_in_archive",
            "prospect_email_b2c",
            "email",
            choice=void,
            blocked="person_in_archive",
            majority=date.max,
        )
        check(
            "consent_refused",
            "softoptin",
            "email",
            choice=void,
            other_choice=refused,
            facts=BOUGHT,
            declared=VOUCHED,
            majority=date.max,
        )


def test_a_robot_needs_a_consent_with_an_end():
    """A consent to be called without an end is not one: one year is the longest."""
    check("consent_unproved", "prospect_robot", "phone", choice=GIVEN)
    assert check("consent", "prospect_robot", "phone", choice=GIVEN_PHONE)


def test_an_address_that_returns_mail_gets_no_offer():
    """Accuracy, art. 5.1.d GDPR; an order is served, a no is told first."""
    mail = ("prospect_email_b2c", "email")
    check("address_bounces", *mail, choice=GIVEN, bounces=True)
    check("address_bounces", "survey", "email", bounces=True)
    refused = Choice("withdrawn", datetime(2026, 6, 2))
    check("consent_withdrawn", *mail, choice=refused, bounces=True)
    assert check("service", "invoice", "email", bounces=True)
