import hashlib
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.journal import canonical

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_form_is_frozen():
    """The text of version 1 never changes, or old seals no longer verify."""
    text = canonical.canonical(
        "journal",
        {"b": "é", "a": [1, None, True], "moment": datetime(2026, 11, 23, 9, 5)},
    )
    assert text == (
        'rgpd.journal/1:{"a":[1,null,true],"b":"é",'
        '"moment":"2026-11-23T09:05:00.000000"}'
    )
    assert canonical.digest(text) == hashlib.sha256(text.encode()).hexdigest()


def test_unknown_version_is_refused():
    with pytest.raises(ValueError, match="unknown canonical form 2"):
        canonical.canonical("journal", {}, version=2)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(ValueError):
        canonical.dump({"a": value})


@given(JSON)
def test_text_survives_a_round_trip(value):
    """What comes back from a JSON column hashes like what went in."""
    text = canonical.dump(value)
    assert canonical.dump(json.loads(text)) == text


@given(st.dictionaries(st.text(), JSON))
def test_order_of_keys_does_not_matter(values):
    turned = dict(reversed(values.items()))
    assert canonical.canonical("x", turned) == canonical.canonical("x", values)


@given(st.text(), st.text())
def test_different_values_give_different_texts(one, other):
    same = canonical.canonical("x", {"a": one}) == canonical.canonical(
        "x", {"a": other}
    )
    assert same == (one == other)


def test_commitment_needs_the_salt():
    assert canonical.commitment("uid", "salt") == canonical.commitment("uid", "salt")
    assert canonical.commitment("uid", "salt") != canonical.commitment("uid", "other")
    assert canonical.commitment(None, "salt") == ""
