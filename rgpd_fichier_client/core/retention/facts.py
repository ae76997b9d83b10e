"""What happened between a person and a company, summed up for retention.

Only the last day of each kind of event counts, because every period starts from the
latest event (law.md 2.3, 2.4). `Facts` is therefore one small row per person and
company, which SQL fills for everybody at once and tests fill by hand.
"""

from dataclasses import dataclass, fields
from datetime import date

# Kinds that show a business relation with the person (customer, not prospect).
CUSTOMER = ("order", "delivery", "invoice", "payment")
# Kinds whose day may lie in the future without being a typing error.
FUTURE = ("delivery", "electronic")


@dataclass(frozen=True)
class Facts:
    """Last day of each kind of event; ``None`` when there was none."""

    collected: date
    # Last event coming from the person, whatever its kind (law.md 2.4): an opened
    # e-mail, a message of the company, a technical write are none.
    inbound: date | None = None
    contact: date | None = None
    quotation: date | None = None
    order: date | None = None
    delivery: date | None = None
    invoice: date | None = None
    payment: date | None = None
    login: date | None = None
    claim: date | None = None
    click: date | None = None
    # Last day of an electronic contract over the legal amount (R05).
    electronic: date | None = None
    # Last sign of life of the company that employs a professional contact.
    employer: date | None = None

    @property
    def is_customer(self):
        return any(getattr(self, kind) for kind in CUSTOMER)

    @property
    def last_contact(self):
        """Last contact coming from the person, else from their employer."""
        return self.latest("inbound", "employer")

    def latest(self, *kinds):
        """Return the latest day among ``kinds``, or None."""
        return max(filter(None, (getattr(self, kind) for kind in kinds)), default=None)

    def capped(self, today):
        """Bring typing errors back to ``today``: nobody wrote tomorrow."""
        values = {}
        for field in fields(self):
            day = getattr(self, field.name)
            if day and field.name not in FUTURE:
                day = min(day, today)
            values[field.name] = day
        return Facts(**values)

    def merged(self, other):
        """Return the facts of two sources together."""
        values = {
            field.name: max(
                filter(None, (getattr(self, field.name), getattr(other, field.name))),
                default=None,
            )
            for field in fields(self)
        }
        values["collected"] = min(self.collected, other.collected)
        return Facts(**values)
