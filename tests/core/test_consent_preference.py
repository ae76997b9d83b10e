"""From the answers of the page to what is recorded."""

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.preference import (
    get_answer,
    get_decision,
)


@pytest.mark.parametrize(
    ("status", "needs_consent", "ticked"),
    [
        # silence is no consent, and no objection
        ("none", True, None),
        ("none", False, "yes"),
        ("given", True, "yes"),
        ("expired", True, None),
        ("expired", False, "yes"),
        ("refused", True, "no"),
        ("withdrawn", True, "no"),
        ("objected", True, "no"),
        ("objected", False, "no"),
    ],
)
def test_what_is_ticked(status, needs_consent, ticked):
    assert get_answer(status, needs_consent) == ticked
    # what is ticked already is recorded once only
    assert get_decision(status, needs_consent, ticked) is None


@pytest.mark.parametrize(
    ("status", "needs_consent", "answer", "decision"),
    [
        ("none", True, "yes", "given"),
        ("none", True, "no", "refused"),
        ("none", False, "no", "objected"),
        ("given", True, "no", "withdrawn"),
        ("expired", True, "yes", "given"),
        ("expired", True, "no", "refused"),
        ("withdrawn", True, "yes", "given"),
        ("objected", True, "yes", "given"),
        ("objected", False, "yes", "given"),
        ("given", False, "no", "objected"),
        ("none", True, "maybe", None),
        ("none", True, None, None),
        ("none", True, "", None),
    ],
)
def test_what_is_recorded(status, needs_consent, answer, decision):
    assert get_decision(status, needs_consent, answer) == decision
