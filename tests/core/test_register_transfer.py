from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.register.transfer import (
    Adequacy,
    TransferFacts,
    get_verdict,
)

TODAY = date(2026, 11, 22)
LIST = (
    Adequacy("FR", "eea"),
    Adequacy("NO", "eea"),
    Adequacy("CH"),
    Adequacy("CA", scope="commercial"),
    Adequacy("US", scope="certified"),
    Adequacy("GB", end=date(2027, 12, 31)),
    Adequacy("XX", end=date(2020, 7, 16)),
)


def verdict(country, safeguard=None, on=TODAY, **facts):
    return get_verdict(TransferFacts(country, safeguard, **facts), LIST, on)


SIGNED = {"has_document": True, "has_impact_assessment": True}


@pytest.mark.parametrize(
    ("country", "safeguard", "facts", "code", "lawful"),
    [
        (None, None, {}, "no_country", False),
        ("FR", None, {}, "eea", True),
        ("NO", "scc", {}, "eea", True),
        ("CH", None, {}, "adequate", True),
        ("CA", None, {}, "adequate", True),
        ("CA", None, {"is_commercial": False}, "adequacy_scope", False),
        ("IN", None, {}, "not_adequate", False),
        ("IN", "adequacy", {}, "not_adequate", False),
        ("XX", "adequacy", {}, "adequacy_expired", False),
        # United States: certified under the DPF, checked within the year
        ("US", "adequacy", {}, "certification_unchecked", False),
        ("US", None, {"certification_checked": date(2026, 1, 1)}, "certified", True),
        ("US", None, {"certification_checked": date(2025, 1, 1)},
         "certification_old", False),
        ("US", None, {"certification_checked": date(2027, 1, 1)},
         "certification_unchecked", False),
        # Art. 46: clauses with their module, document and impact assessment
        ("IN", "scc", SIGNED, "scc_module", False),
        ("IN", "scc", {"scc_module": "2"}, "no_document", False),
        ("IN", "scc", {"scc_module": "2", "has_document": True},
         "no_impact_assessment", False),
        ("IN", "scc", {"scc_module": "2", **SIGNED}, "scc", True),
        ("US", "scc", {"scc_module": "2", **SIGNED}, "scc", True),
        ("IN", "bcr", SIGNED, "bcr", True),
        ("IN", "code", SIGNED, "code", True),
        # A certificate, of Art. 46 too, is trusted only once it was checked
        ("IN", "certification", SIGNED, "certification_unchecked", False),
        ("US", "certification", SIGNED, "certification_unchecked", False),
        ("US", "adequacy", {"fallback": "certification", **SIGNED},
         "certification_unchecked", False),
        ("IN", "certification",
         {"certification_checked": date(2025, 11, 1), **SIGNED},
         "certification_old", False),
        ("IN", "certification",
         {"certification_checked": date(2026, 11, 1), **SIGNED},
         "certification", True),
        # Art. 49: only with its ground
        ("IN", "art49", {}, "art49_ground", False),
        ("IN", "art49", {"art49_ground": "b"}, "art49", True),
        # What was signed takes over when the adequacy falls
        ("XX", "adequacy", {"fallback": "scc", "scc_module": "2", **SIGNED},
         "fallback", True),
        ("XX", "adequacy", {"fallback": "scc", **SIGNED}, "adequacy_expired", False),
        ("US", "adequacy", {"fallback": "bcr", **SIGNED}, "fallback", True),
        ("CH", "adequacy", {"fallback": "bcr"}, "adequate", True),
    ],
)  # fmt: skip
def test_verdicts(country, safeguard, facts, code, lawful):
    found = verdict(country, safeguard, **facts)
    assert (found.code, found.is_lawful) == (code, lawful)


def test_a_decision_counts_until_its_last_day():
    assert verdict("GB", on=date(2027, 12, 31)).is_lawful
    assert not verdict("GB", on=date(2028, 1, 1)).is_lawful


def test_within_the_area_there_is_no_transfer():
    assert not verdict("FR").is_transfer
    assert verdict("CH").is_transfer
