"""What a sheet of the register still lacks (Art. 30.1, 30.2, 6, 9, 28, 44).

Plain values in, ``Gap`` out: a stable code, the thing it is about, and whether it
forbids validation. The model owns the words shown to the user.
"""

from dataclasses import dataclass, field

from .basis import BASES

DPIA_THRESHOLD = 2
# What is missing, has ended, lacks points: a contract (Art. 28) or an arrangement (26)
AGREEMENT_GAPS = {
    "processor": ("processor_contract", "processor_expired", "processor_clauses"),
    "joint": ("arrangement", "arrangement_expired", "arrangement_points"),
}


@dataclass(frozen=True)
class Gap:
    """One missing element; ``about`` names the purpose, processor… concerned."""

    code: str
    about: str = ""
    is_blocking: bool = True


@dataclass(frozen=True)
class PurposeFacts:
    name: str
    legal_basis: str | None = None
    legal_reference: str = ""
    interest: str = ""
    has_balancing: bool = False
    is_balancing_lost: bool = False
    has_notice: bool = False
    has_period: bool = False
    has_data: bool = False
    # A rule of the law or of the CNIL says how long at most, and the period is longer
    has_limit: bool = False
    is_over_limit: bool = False


@dataclass(frozen=True)
class ProcessorFacts:
    name: str
    # A joint controller has an arrangement (Art. 26), a separate one neither.
    role: str = "processor"
    has_contract: bool = False
    is_expired: bool = False
    missing_clauses: int = 0
    is_certificate_expired: bool = False
    # Countries outside the EEA that no transfer of the sheet explains
    missing_transfers: int = 0


@dataclass(frozen=True)
class TransferFacts:
    name: str
    is_lawful: bool = False


@dataclass(frozen=True)
class SheetFacts:
    """Everything the completeness of a sheet depends on."""

    role: str = "controller"
    name: str = ""
    reference: str = ""
    has_contact: bool = False
    has_country: bool = False
    has_contact_person: bool = False
    # A company established outside the Union names a representative in it (Art. 27)
    is_outside_union: bool = False
    has_representative: bool = False
    served_controllers: int = 0
    objective: str = ""
    purposes: tuple[PurposeFacts, ...] = ()
    person_categories: int = 0
    data_categories: int = 0
    recipients: int = 0
    measures: int = 0
    has_sensitive: bool = False
    sensitive_exception: str = ""
    sensitive_reason: str = ""
    data_origin: str = ""
    origin_detail: str = ""
    dpia_criteria: int = 0
    dpia_conclusion: str = ""
    has_responsible: bool = False
    has_review_date: bool = False
    processors: tuple[ProcessorFacts, ...] = field(default=())
    transfers: tuple[TransferFacts, ...] = field(default=())


def get_purpose_gaps(purpose):
    """Return the gaps of one purpose: basis, what the basis demands, period, data."""
    checks = [
        ("purpose_basis", purpose.legal_basis in BASES, True),
        ("purpose_period", purpose.has_period, True),
        ("purpose_data", purpose.has_data, True),
    ]
    if purpose.has_limit:
        checks.append(("purpose_limit", not purpose.is_over_limit, False))
    if purpose.legal_basis == "legal_obligation":
        checks.append(("purpose_text", bool(purpose.legal_reference.strip()), True))
    elif purpose.legal_basis == "legitimate_interest":
        checks.append(("purpose_interest", bool(purpose.interest.strip()), True))
        checks.append(("purpose_balancing", purpose.has_balancing, False))
        checks.append(("purpose_lost", not purpose.is_balancing_lost, True))
    elif purpose.legal_basis == "consent":
        checks.append(("purpose_notice", purpose.has_notice, True))
    return _collect(checks, purpose.name)


def get_gaps(sheet):
    """Return every gap of a sheet, in the order of the form."""
    gaps = _get_header_gaps(sheet)
    for purpose in sheet.purposes:
        gaps += get_purpose_gaps(purpose)
    gaps += _get_content_gaps(sheet)
    for processor in sheet.processors:
        gaps += get_processor_gaps(processor)
    for transfer in sheet.transfers:
        gaps += _collect([("transfer", transfer.is_lawful, True)], transfer.name)
    return gaps


def get_processor_gaps(processor):
    """Return what the contract lacks (Art. 28.3), and the transfers (30.1.e).

    For a joint controller: what the arrangement lacks (Art. 26).
    """
    checks = []
    if processor.role in AGREEMENT_GAPS:
        missing, expired, points = AGREEMENT_GAPS[processor.role]
        if not processor.has_contract:
            checks = [(missing, False, True)]
        else:
            checks = [
                (expired, not processor.is_expired, True),
                (points, not processor.missing_clauses, False),
            ]
    checks += [
        ("processor_transfer", not processor.missing_transfers, True),
        ("processor_certificate", not processor.is_certificate_expired, False),
    ]
    return _collect(checks, processor.name)


def get_score(sheet):
    """Return the share of the checks that pass, in percent, rounded down.

    A sheet is 100 only when nothing at all is missing.
    """
    total = _count_checks(sheet)
    return max(0, (total - len(get_gaps(sheet))) * 100 // total)


def get_completion(sheet):
    """Tell how far a sheet is: ``complete``, ``improvable`` or ``blocked``."""
    gaps = get_gaps(sheet)
    if any(gap.is_blocking for gap in gaps):
        return "blocked"
    return "improvable" if gaps else "complete"


def is_dpia_needed(criteria):
    """Tell whether a DPIA is due: two of the nine WP248 criteria (Art. 35)."""
    return criteria >= DPIA_THRESHOLD


def _get_header_gaps(sheet):
    checks = [
        ("name", bool(sheet.name.strip()), True),
        ("reference", bool(sheet.reference.strip()), True),
        ("contact", sheet.has_contact, True),
        ("country", sheet.has_country, False),
        ("contact_person", sheet.has_contact_person, False),
        ("objective", bool(sheet.objective.strip()), True),
    ]
    if sheet.is_outside_union:
        checks.append(("representative", sheet.has_representative, False))
    if sheet.role == "processor":
        checks.append(("served_controllers", sheet.served_controllers > 0, True))
    else:
        checks.append(("purposes", bool(sheet.purposes), True))
    return _collect(checks)


def _get_content_gaps(sheet):
    """Gaps in who, what, where from and how protected.

    Art. 30.2 asks less of a processor: neither persons, data nor recipients.
    """
    checks = [("measures", sheet.measures > 0, True)]
    if sheet.role == "controller":
        checks += [
            ("persons", sheet.person_categories > 0, True),
            ("data", sheet.data_categories > 0, True),
            ("recipients", sheet.recipients > 0, True),
            ("origin", bool(sheet.data_origin), True),
        ]
        if sheet.data_origin in ("indirect", "both"):
            checks.append(("origin_detail", bool(sheet.origin_detail.strip()), True))
    if sheet.has_sensitive:
        checks.append(("sensitive_exception", bool(sheet.sensitive_exception), True))
        checks.append(("sensitive_reason", bool(sheet.sensitive_reason.strip()), True))
    if is_dpia_needed(sheet.dpia_criteria):
        checks.append(("dpia", bool(sheet.dpia_conclusion.strip()), True))
    checks.append(("responsible", sheet.has_responsible, False))
    checks.append(("review_date", sheet.has_review_date, False))
    return _collect(checks)


def _collect(checks, about=""):
    return [
        Gap(code, about, is_blocking)
        for code, passed, is_blocking in checks
        if not passed
    ]


def _count_checks(sheet):
    """Count the checks that apply: those of an empty sheet of the same shape."""
    per_purpose = {"legal_obligation": 4, "legitimate_interest": 6, "consent": 4}
    total = len(_get_header_gaps(_emptied(sheet)))
    total += len(_get_content_gaps(_emptied(sheet)))
    total += sheet.data_origin in ("indirect", "both")
    total += sum(per_purpose.get(p.legal_basis, 3) for p in sheet.purposes)
    total += sum(p.has_limit for p in sheet.purposes)
    return total + 4 * len(sheet.processors) + len(sheet.transfers)


def _emptied(sheet):
    """Return the same situation (role, origin, sensitive, DPIA) with no answer."""
    return SheetFacts(
        role=sheet.role,
        is_outside_union=sheet.is_outside_union,
        has_sensitive=sheet.has_sensitive,
        dpia_criteria=sheet.dpia_criteria,
    )
