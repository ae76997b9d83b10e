"""May data go to this country, on this day, with this safeguard? (Chapter V)

The list of countries is an argument: adequacy decisions come, expire and are struck
down, so they are dated data and never constants here.
"""

from dataclasses import dataclass, replace
from datetime import date

SAFEGUARDS = ("adequacy", "scc", "bcr", "code", "certification", "art49")
SCC_MODULES = ("1", "2", "3", "4")
# A certification (Data Privacy Framework…) is trusted for a year after the check.
CERTIFICATION_CHECK_DAYS = 365


@dataclass(frozen=True)
class Adequacy:
    """One line of the list: ``kind`` is ``eea`` or ``adequacy``.

    ``scope`` is ``full``, ``commercial`` (commercial organisations only) or
    ``certified`` (only organisations that hold the certification).
    """

    country: str
    kind: str = "adequacy"
    scope: str = "full"
    start: date | None = None
    end: date | None = None

    def is_in_force(self, day):
        return (not self.start or self.start <= day) and (
            not self.end or day <= self.end
        )


@dataclass(frozen=True)
class TransferFacts:
    country: str | None
    safeguard: str | None = None
    scc_module: str | None = None
    art49_ground: str | None = None
    has_document: bool = False
    has_impact_assessment: bool = False
    certification_checked: date | None = None
    is_commercial: bool = True
    # What takes over when the adequacy decision or the certification falls
    fallback: str | None = None


@dataclass(frozen=True)
class Verdict:
    """``code`` says why; ``article`` is the rule applied."""

    code: str
    is_lawful: bool
    is_transfer: bool
    article: str = ""


def get_verdict(facts, adequacies, today):
    """Decide about one transfer on one day.

    Within the EEA there is no transfer. Elsewhere an adequacy decision in force is
    enough (for some countries only for some organisations), else a safeguard of
    Art. 46, else, occasionally, a derogation of Art. 49.
    """
    if not facts.country:
        return Verdict("no_country", False, True, "30.1.e")
    lines = [a for a in adequacies if a.country == facts.country]
    if any(a.kind == "eea" and a.is_in_force(today) for a in lines):
        return Verdict("eea", True, False)
    adequate = _check_adequacy(facts, lines, today)
    if adequate.is_lawful:
        return adequate
    if facts.safeguard in (None, "", "adequacy"):
        return _check_fallback(facts, today) or adequate
    return _check_safeguard(facts, today)


def _check_fallback(facts, today):
    """Return the verdict of the safeguard that takes over, when it holds.

    A decision may be struck down overnight (C-362/14, C-311/18): clauses signed
    beforehand then carry the transfer.
    """
    if not facts.fallback:
        return None
    verdict = _check_safeguard(replace(facts, safeguard=facts.fallback), today)
    return replace(verdict, code="fallback") if verdict.is_lawful else None


def _check_adequacy(facts, lines, today):
    lines = [a for a in lines if a.kind == "adequacy"]
    if not lines:
        return Verdict("not_adequate", False, True, "45")
    in_force = [a for a in lines if a.is_in_force(today)]
    if not in_force:
        return Verdict("adequacy_expired", False, True, "45")
    for line in in_force:
        if line.scope == "full" or (line.scope == "commercial" and facts.is_commercial):
            return Verdict("adequate", True, True, "45")
        if line.scope == "certified":
            return _check_certification(facts.certification_checked, today)
    return Verdict("adequacy_scope", False, True, "45")


def _check_certification(checked, today):
    if not checked or checked > today:
        return Verdict("certification_unchecked", False, True, "45")
    if (today - checked).days > CERTIFICATION_CHECK_DAYS:
        return Verdict("certification_old", False, True, "45")
    return Verdict("certified", True, True, "45")


def _check_safeguard(facts, today):
    if facts.safeguard == "art49":
        if not facts.art49_ground:
            return Verdict("art49_ground", False, True, "49")
        return Verdict("art49", True, True, "49")
    if facts.safeguard == "scc" and facts.scc_module not in SCC_MODULES:
        return Verdict("scc_module", False, True, "46.2.c")
    article = {
        "scc": "46.2.c",
        "bcr": "47",
        "code": "46.2.e",
        "certification": "46.2.f",
    }[facts.safeguard]
    if facts.safeguard == "certification":
        # Certificates lapse and are withdrawn (Art. 42.7): unchecked ones prove nothing
        checked = _check_certification(facts.certification_checked, today)
        if not checked.is_lawful:
            return replace(checked, article=article)
    if not facts.has_document:
        return Verdict("no_document", False, True, article)
    if not facts.has_impact_assessment:
        return Verdict("no_impact_assessment", False, True, article)
    return Verdict(facts.safeguard, True, True, article)
