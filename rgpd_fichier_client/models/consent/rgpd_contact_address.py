from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, models

from ...core.consent.address import email_kind, is_e164, normalise_email
from ...core.consent.hours import get_department
from ...core.datamap import normalise

EMAIL_FIELDS = ("email", "email_from", "partner_email")
PHONE_FIELDS = ("phone", "mobile")
# Overseas France lives at other hours, and calling hours are those of the person.
OVERSEAS = {
    "GP": "America/Guadeloupe",
    "MQ": "America/Martinique",
    "GF": "America/Cayenne",
    "RE": "Indian/Reunion",
    "YT": "Indian/Mayotte",
    "PM": "America/Miquelon",
    "BL": "America/St_Barthelemy",
    "MF": "America/Marigot",
    "NC": "Pacific/Noumea",
    "PF": "Pacific/Tahiti",
    "WF": "Pacific/Wallis",
}
# Overseas countries of Odoo whose whole territory is one department or collectivity
DEPARTMENTS = {
    "GP": "971",
    "MQ": "972",
    "GF": "973",
    "RE": "974",
    "YT": "976",
    "PM": "975",
    "BL": "977",
    "MF": "978",
    "NC": "988",
    "PF": "987",
    "WF": "986",
}
FRANCE = "Europe/Paris"
EMAILS, PHONES, POST, PLACE = "emails", "phones", "post", "place"
# What a channel is judged by. A file of the size of a town is read for one channel at
# a time: numbers nobody asks about are not parsed.
PARTS_OF = {
    "email": {EMAILS},
    "tracking": {EMAILS},
    "sms": {PHONES},
    "phone": {PHONES, PLACE},
    "post": {EMAILS, PHONES, POST},
    "partners": {EMAILS, PHONES},
}
EVERYTHING = frozenset().union(*PARTS_OF.values())
# Which fields tell each part, and which tell whether the person is a professional.
FIELDS_OF = {
    EMAILS: EMAIL_FIELDS,
    PHONES: (*PHONE_FIELDS, "phone_sanitized", "country_id"),
    POST: ("street", "zip", "city"),
    PLACE: ("country_id", "zip", "tz"),
}
STATUS_FIELDS = ("is_company", "parent_id", "vat", "company_name", "partner_name")


@dataclass(frozen=True)
class Address:
    """How a person can be reached, and in what capacity."""

    emails: tuple = ()
    email_kind: str | None = None
    phones: tuple = ()
    has_post: bool = False
    is_professional: bool = False
    timezone: str = FRANCE
    # Code, None when unknown, empty outside France: some holidays are local.
    department: str | None = None

    def has(self, channel):
        """Tell whether the channel can be used at all."""
        if channel == "email":
            return bool(self.emails)
        if channel in ("sms", "phone"):
            return bool(self.phones)
        return self.has_post if channel == "post" else True

    def kind(self, channel):
        """Return the kind of address on the channel, ``None`` when there is none."""
        if not self.has(channel):
            return None
        return self.email_kind if channel == "email" else "nominative"

    def join(self, other):
        """Return this address completed by another one of the same person."""
        if other is None:
            return self
        return replace(
            self,
            emails=tuple(dict.fromkeys(self.emails + other.emails)),
            email_kind=self.email_kind or other.email_kind,
            phones=tuple(dict.fromkeys(self.phones + other.phones)),
            has_post=self.has_post or other.has_post,
            is_professional=self.is_professional or other.is_professional,
            timezone=other.timezone if self.timezone == FRANCE else self.timezone,
            department=(
                other.department if self.department is None else self.department
            ),
        )

    @property
    def zone(self):
        """Return the time zone of the person, that of France when unknown."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(FRANCE)


class RgpdContactAddress(models.AbstractModel):
    """Addresses of records of any anchor model, in one spelling."""

    _name = "rgpd.contact.address"
    _description = "Addresses for the contact gate"

    @api.model
    def _get(self, records, parts=EVERYTHING):
        """Return ``{res_id: Address}``, reading only the fields the model has.

        :param parts: what is read, see ``PARTS_OF``: the rest of each address is empty
        """
        # sudo: anchors - the verdict must not depend on who may read the address
        records = records.sudo()
        names = [name for name in self._get_names(parts) if name in records._fields]
        records.fetch(names)
        values = self.env["rgpd.contact.rule"]._get_values()
        generic = values.get("generic_mailboxes")
        free = values.get("free_mail_domains")
        return {
            record.id: self._read(record, generic, free, parts) for record in records
        }

    @api.model
    def _get_joined(self, records, partners, parts=EVERYTHING):
        """Return ``{res_id: Address}`` of records together with their partners.

        A lead that has a customer is written to at its own address; the customer's
        addresses tell who it is, and fill what the lead lacks.

        :param partners: ``{res_id: partner id}``, see ``rgpd.contact.gate``
        :param parts: as for :meth:`_get`
        """
        own = self._get(records, parts)
        if not partners:
            return own
        Partner = self.env["res.partner"]
        others = self._get(Partner.browse(set(partners.values())).exists(), parts)
        return {
            res_id: address.join(others.get(partners.get(res_id)))
            for res_id, address in own.items()
        }

    @api.model
    def _get_names(self, parts):
        """Return the fields an address is read from, for whatever model has them."""
        names = [name for part in sorted(parts) for name in FIELDS_OF[part]]
        return [*dict.fromkeys([*names, *STATUS_FIELDS])]

    @api.model
    def _read(self, record, generic, free, parts):
        """Return the :class:`Address` of one record whose fields are in cache."""
        is_professional = self._is_professional(record)
        found = {"is_professional": is_professional}
        if EMAILS in parts:
            emails = self._read_emails(record)
            kind = self._get_email_kind(emails, generic, free)
            if kind == "personal" and is_professional and self._is_business(record):
                # The declared address of a business, sole traders included.
                kind = "professional"
            found |= {"emails": emails, "email_kind": kind}
        if PHONES in parts:
            found["phones"] = self._read_phones(record)
        if POST in parts:
            found["has_post"] = self._has_post(record)
        if PLACE in parts:
            found["timezone"] = self._read_timezone(record)
            found["department"] = self._read_department(record)
        return Address(**found)

    @api.model
    def _get_email_kind(self, emails, generic, free):
        """Return the kind of the main address; ``unknown`` without the lists."""
        if not emails:
            return None
        if generic is None or free is None:
            return "unknown"
        return email_kind(emails[0], generic, free)

    @api.model
    def _read_emails(self, record):
        """Return every valid address of the record, the main one first."""
        found = [
            email
            for name in EMAIL_FIELDS
            if name in record._fields
            for email in normalise.emails(record[name])
            if normalise_email(email)
        ]
        return tuple(dict.fromkeys(found))

    @api.model
    def _read_phones(self, record):
        """Return every possible number of the record; Odoo's own spelling is reused."""
        found = []
        sanitized = "phone_sanitized" in record._fields and record.phone_sanitized
        for name in PHONE_FIELDS:
            if name not in record._fields or not record[name]:
                continue
            if name == "phone" and is_e164(sanitized):
                found.append(sanitized)
                continue
            country = "country_id" in record._fields and record.country_id.code
            if phone := normalise.phone(record[name], country):
                found.append(phone)
        return tuple(dict.fromkeys(found))

    @api.model
    def _has_post(self, record):
        if "street" not in record._fields:
            return False
        return bool(record.street and (record.zip or record.city))

    @api.model
    def _is_business(self, record):
        """Tell whether the record itself is a business."""
        return bool(
            ("is_company" in record._fields and record.is_company)
            or ("vat" in record._fields and record.vat)
        )

    @api.model
    def _is_professional(self, record):
        """Tell whether the person is in the file for their profession."""
        if self._is_business(record):
            return True
        parent = record.parent_id if "parent_id" in record._fields else None
        if parent and getattr(parent, "is_company", False):
            return True
        return any(
            name in record._fields and record[name]
            for name in ("company_name", "partner_name")
        )

    @api.model
    def _read_timezone(self, record):
        """Return where the person is: overseas France first, then their own choice."""
        country = record.country_id if "country_id" in record._fields else None
        code = country.code if country else None
        if code in OVERSEAS:
            return OVERSEAS[code]
        if "tz" in record._fields and record.tz:
            return record.tz
        return FRANCE

    @api.model
    def _read_department(self, record):
        """Return the French department of the person; ``None`` when unknown.

        Without country the postcode is taken for a French one, as the number is.
        """
        country = record.country_id if "country_id" in record._fields else None
        code = country.code if country else "FR"
        if code in DEPARTMENTS:
            return DEPARTMENTS[code]
        if code != "FR":
            return ""
        return get_department(record.zip if "zip" in record._fields else None)
