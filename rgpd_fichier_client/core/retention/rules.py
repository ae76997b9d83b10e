"""Which purposes apply to a person, and from which day their periods run.

The periods themselves are data (`rgpd.purpose`); the conditions are law, written
here once. The set-based refresh of `rgpd.reason` writes the same conditions in SQL,
and a test compares the two on random people.
"""

from dataclasses import dataclass

# When a purpose says something about a person. "consent" purposes add the condition
# that a consent is in force; "prospect" purposes fall with an objection.
TRIGGER_ALL = "all"
TRIGGER_NONE = "none"
TRIGGER_CUSTOMER = "customer"
TRIGGER_PROFESSIONAL = "professional"
TRIGGER_HOLD = "hold"

TRIGGERS = {
    "order": "order",
    "quote": "quotation",
    "invoice": "invoice",
    "account": "login",
    "after_sales": "delivery",
    "claim": "claim",
    "litigation": TRIGGER_HOLD,
    "unpaid": TRIGGER_HOLD,
    "softoptin": TRIGGER_CUSTOMER,
    "prospect_email_b2c": TRIGGER_ALL,
    "prospect_sms_b2c": TRIGGER_ALL,
    "prospect_phone_b2c": TRIGGER_ALL,
    "prospect_robot": TRIGGER_ALL,
    "prospect_postal": TRIGGER_ALL,
    "prospect_b2b_email": TRIGGER_PROFESSIONAL,
    "prospect_phone_b2b": TRIGGER_PROFESSIONAL,
    "partner_electronic": TRIGGER_ALL,
    # Accessory purposes: they use data that another purpose keeps, they never keep
    # anybody by themselves.
    "loyalty": TRIGGER_NONE,
    "survey": TRIGGER_NONE,
    "review": TRIGGER_NONE,
    "partner_postal": TRIGGER_NONE,
    "referral": TRIGGER_NONE,
    "contest": TRIGGER_NONE,
    "segmentation": TRIGGER_NONE,
    "statistics": TRIGGER_NONE,
    "cookies": TRIGGER_NONE,
    "mail_tracking": TRIGGER_NONE,
    "sms_tracking": TRIGGER_NONE,
    "security_log": TRIGGER_NONE,
    "rights": TRIGGER_NONE,
    "objection_list": TRIGGER_NONE,
    "breach": TRIGGER_NONE,
}

# A purpose written by the company applies to who has the event its period starts
# from; "last_contact" and "collection" alone concern everybody in the file.
TRIGGER_OF_EVENT = {
    "collection": TRIGGER_ALL,
    "last_contact": TRIGGER_ALL,
    "relation_end": TRIGGER_CUSTOMER,
    "order": "order",
    "contract_end": "order",
    "delivery": "delivery",
    "invoice": "invoice",
    "fiscal_year_end": "invoice",
    "payment": "payment",
    "claim_closed": "claim",
    "consent_end": TRIGGER_ALL,
    "incident": TRIGGER_NONE,
    "objection": TRIGGER_NONE,
    "closing": TRIGGER_NONE,
}

# Kinds of event a start event looks at, the latest wins; "last_contact" means those
# coming from the person. The day of collection is the start when there is none.
KINDS_OF_EVENT = {
    "collection": (),
    "last_contact": ("last_contact",),
    "relation_end": ("last_contact", "order", "delivery", "invoice", "payment"),
    "order": ("order",),
    "contract_end": ("order", "delivery"),
    "delivery": ("delivery", "order"),
    "invoice": ("invoice",),
    "fiscal_year_end": ("invoice",),
    "payment": ("payment",),
    "claim_closed": ("claim",),
    "incident": (),
    "objection": (),
    "consent_end": ("last_contact",),
    "closing": (),
}
# These start from the fact that made the purpose apply, whatever the event says,
# because the event would look at the person's whole life: a quotation runs from the
# quotation (R07), an account from the last login (R03).
START_KINDS = {
    "quote": ("quotation",),
    "account": ("login",),
}


# Events on which a rule about some data only runs its own clock. The others say when
# somebody was collected or last wrote: the purpose itself counts from there.
VARIANT_EVENTS = (
    "order",
    "contract_end",
    "delivery",
    "invoice",
    "fiscal_year_end",
    "payment",
    "claim_closed",
)


@dataclass(frozen=True)
class Variant:
    """Some data of a purpose that are kept for another time: cards, tax documents…

    It only ever adds: the purpose keeps what it keeps, the longest wins.
    """

    key: int | str
    start_event: str
    active_delay: int
    active_unit: str
    archive_delay: int = 0
    archive_unit: str = "year"
    categories: frozenset = frozenset()

    @property
    def start_kinds(self):
        return KINDS_OF_EVENT[self.start_event]


@dataclass(frozen=True)
class Rule:
    """A purpose as retention sees it."""

    code: str
    legal_basis: str
    start_event: str
    active_delay: int
    active_unit: str
    archive_delay: int = 0
    archive_unit: str = "year"
    categories: frozenset = frozenset()
    is_prospecting: bool = False
    # R05, art. L213-1 of the consumer code: longer archive of electronic contracts.
    electronic_years: int = 0
    variants: tuple[Variant, ...] = ()

    @property
    def trigger(self):
        """Return what makes the purpose apply to somebody."""
        return TRIGGERS.get(
            self.code, TRIGGER_OF_EVENT.get(self.start_event, TRIGGER_NONE)
        )

    @property
    def start_kinds(self):
        return START_KINDS.get(self.code) or KINDS_OF_EVENT.get(self.start_event, ())

    @property
    def needs_consent(self):
        """A purpose that rests on consent lives while the consent does."""
        return self.legal_basis == "consent"
