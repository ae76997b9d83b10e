"""The fold: acts in any order, one choice today."""

from datetime import date, datetime, timedelta

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.fold import (
    PROSPECTING,
    STRICTNESS,
    Act,
    Choice,
    fold,
    last_day_of_consent,
    merge_decision,
    strictest,
)

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

TODAY = date(2026, 11, 23)
JUNE = datetime(2026, 6, 1, 9)
JULY = datetime(2026, 7, 1, 9)
MAIL = "prospect_email_b2c"
SOFT = "softoptin"


def status(*acts, purpose=MAIL, channel="email", today=TODAY):
    return fold(acts, purpose, channel, today).status


CASES = [
    # (name, acts, expected status for the e-mail purpose)
    ("silence", [], "none"),
    ("a consent", [Act("given", JUNE, MAIL, "email")], "given"),
    (
        "withdrawn later",
        [Act("given", JUNE, MAIL, "email"), Act("withdrawn", JULY, MAIL, "email")],
        "withdrawn",
    ),
    (
        "consent after objection lifts it",
        [Act("objected", JUNE, MAIL, "email"), Act("given", JULY, MAIL, "email")],
        "given",
    ),
    (
        "same moment, stricter wins",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JUNE, MAIL, "email")],
        "objected",
    ),
    (
        "global objection",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JULY, None, "all")],
        "objected",
    ),
    (
        "objection to the channel",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JULY, None, "email")],
        "objected",
    ),
    (
        "objection on another channel",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JULY, None, "sms")],
        "given",
    ),
    (
        "objection to another prospecting purpose of the channel",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JULY, SOFT, "email")],
        "objected",
    ),
    (
        "objection to surveys is about surveys",
        [Act("given", JUNE, MAIL, "email"), Act("objected", JULY, "survey", "email")],
        "given",
    ),
    (
        "withdrawal of another purpose is about that one",
        [Act("given", JUNE, MAIL, "email"), Act("withdrawn", JULY, SOFT, "email")],
        "given",
    ),
    (
        "withdrawal of everything",
        [Act("given", JUNE, MAIL, "email"), Act("withdrawn", JULY, None, "all")],
        "withdrawn",
    ),
    ("a consent to everything is none", [Act("given", JUNE, None, "all")], "none"),
    (
        "ends today: still counts",
        [Act("given", JUNE, MAIL, "email", expires_on=TODAY)],
        "given",
    ),
    (
        "ended yesterday",
        [Act("given", JUNE, MAIL, "email", expires_on=TODAY - timedelta(1))],
        "expired",
    ),
    (
        "renewed before its end",
        [
            Act("given", JUNE, MAIL, "email", expires_on=TODAY - timedelta(1)),
            Act("given", JULY, MAIL, "email", expires_on=TODAY + timedelta(30)),
        ],
        "given",
    ),
    (
        "two grants of one moment, the shorter counts",
        [
            Act("given", JUNE, MAIL, "email", expires_on=TODAY - timedelta(1)),
            Act("given", JUNE, MAIL, "email"),
        ],
        "expired",
    ),
]


@pytest.mark.parametrize(("name", "acts", "expected"), CASES, ids=[c[0] for c in CASES])
def test_fold_cases(name, acts, expected):
    assert status(*acts) == expected
    assert status(*reversed(acts)) == expected


def test_lifting_an_objection_lifts_it_for_that_purpose_only():
    acts = [Act("objected", JUNE, None, "all"), Act("given", JULY, MAIL, "email")]
    assert fold(acts, MAIL, "email", TODAY).is_given
    assert fold(acts, SOFT, "email", TODAY).status == "objected"
    assert fold(acts, "prospect_sms_b2c", "sms", TODAY).status == "objected"


act_strategy = st.builds(
    Act,
    decision=st.sampled_from(["given", "refused", "withdrawn", "objected", "expired"]),
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 3)).map(
        lambda moment: moment.replace(minute=0, second=0, microsecond=0)
    ),
    purpose=st.sampled_from([None, MAIL, SOFT, "survey"]),
    channel=st.sampled_from(["email", "sms", "all"]),
    expires_on=st.none() | st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    key=st.integers(1, 10**6),
)


@hypothesis.given(st.lists(act_strategy, max_size=8), st.randoms())
def test_order_never_matters(acts, random):
    shuffled = list(acts)
    random.shuffle(shuffled)
    assert fold(acts, MAIL, "email", TODAY) == fold(shuffled, MAIL, "email", TODAY)


@hypothesis.given(st.lists(act_strategy, max_size=8), st.sampled_from(["email", "all"]))
def test_a_latest_objection_always_blocks(acts, channel):
    last = Act("objected", datetime(2025, 2, 1), None, channel, key=0)
    for purpose in (*PROSPECTING, "survey"):
        assert fold([*acts, last], purpose, "email", TODAY).status == "objected"


@hypothesis.given(st.lists(act_strategy, max_size=8))
def test_a_fact_of_the_other_channel_changes_nothing(acts):
    other = Act("given", datetime(2025, 2, 1), MAIL, "sms", key=0)
    assert fold([*acts, other], MAIL, "email", TODAY) == fold(
        acts, MAIL, "email", TODAY
    )


def test_strictest():
    given = Choice("given", JULY)
    refused = Choice("refused", JUNE)
    assert strictest([given, refused]) == refused
    assert strictest([]).status == "none"
    assert set(STRICTNESS) > {"given", "refused", "withdrawn", "expired", "objected"}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["given", "objected"], "objected"),
        (["given", "withdrawn", "refused"], "withdrawn"),
        (["given", "none"], None),
        (["given", "given"], None),
        (["expired", "given"], None),
        ([], None),
    ],
)
def test_merge_keeps_the_stricter(statuses, expected):
    assert merge_decision([Choice(name) for name in statuses]) == expected


@pytest.mark.parametrize(
    ("given_on", "last_day"),
    [
        (date(2026, 8, 11), date(2027, 8, 10)),
        # 365 days come first when a leap day lies between
        (date(2027, 6, 1), date(2028, 5, 30)),
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2026, 12, 31), date(2027, 12, 30)),
    ],
)
def test_phone_consent_lasts_a_year_at_most(given_on, last_day):
    assert last_day_of_consent(given_on, days=365, months=12) == last_day


@hypothesis.given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_phone_consent_never_reaches_its_anniversary(given_on):
    end = last_day_of_consent(given_on, days=365, months=12)
    assert (end - given_on).days <= 364
    assert (end.month, end.day) != (given_on.month, given_on.day)


def test_no_limit_no_end():
    assert last_day_of_consent(TODAY) is None
