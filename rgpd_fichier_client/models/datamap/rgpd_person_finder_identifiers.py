from odoo import api, models

from ...core.datamap import normalise
from ...core.datamap.schema import Identifier

EMAILS = ("email", "email_from", "email_normalized")
PHONES = ("phone", "mobile")


class RgpdPersonFinder(models.AbstractModel):
    """What tells who a person is, read from the records that stand for them."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _get_identifiers(self, records):
        """Return what tells who the persons are, normalised.

        :param records: recordset of one anchor model
        :return: ``{res_id: [Identifier]}``
        """
        result = {}
        # sudo: anchors - the finder is private, its callers check rights
        for record in records.sudo().with_context(active_test=False).exists():
            found = list(dict.fromkeys(self._prepare_identifiers(record)))
            result[record.id] = [identifier for identifier in found if identifier.value]
        return result

    @api.model
    def _get_addresses(self, anchors):
        """Return ``{"email": [...], "phone": [...]}`` of the anchors, normalised.

        Only what holds an address is read: not the whole record, as for identifiers.
        """
        values = {"email": set(), "phone": set()}
        for model, ids in anchors.items():
            # sudo: anchors - the finder is private, its callers check rights
            records = self.env[model].sudo().with_context(active_test=False).browse(ids)
            names = (*EMAILS, *PHONES, "country_id", "company_id")
            records.fetch([name for name in names if self._has_column(records, name)])
            for record in records:
                for identifier in self._prepare_addresses(record):
                    values[identifier.kind].add(identifier.value)
                for identifier in self._prepare_logins(record):
                    if identifier.kind == "email":
                        values["email"].add(identifier.value)
        return {kind: sorted(found) for kind, found in values.items() if found}

    @staticmethod
    def _pick_addresses(identifiers):
        """Return what ``_get_addresses`` would, of identifiers that are known."""
        values = {"email": set(), "phone": set()}
        for found in identifiers.values():
            for identifier in found:
                if identifier.kind in values:
                    values[identifier.kind].add(identifier.value)
        return {kind: sorted(found) for kind, found in values.items() if found}

    @staticmethod
    def _has_column(records, name):
        field = records._fields.get(name)
        return bool(field and field.store and field.column_type)

    @api.model
    def _prepare_identifiers(self, record):
        """Yield the identifiers of one anchor record, from its fields by name."""
        yield from self._prepare_addresses(record)
        name = normalise.name(self._get_person_name(record))
        if name:
            yield Identifier("name", name, "weak")
        yield from self._prepare_business_identifiers(record)
        address = normalise.address(
            self._get_value(record, "street"),
            self._get_value(record, "zip"),
            self._get_value(record, "city"),
        )
        if address:
            yield Identifier("address", address)

    @api.model
    def _prepare_addresses(self, record):
        """Yield the e-mails and the phones of one anchor record."""
        for name in EMAILS:
            for email in normalise.emails(self._get_value(record, name)):
                yield Identifier("email", email)
        numbers = [self._get_value(record, name) for name in PHONES]
        country = self._get_country_code(record) if any(numbers) else None
        for number in numbers:
            phone = normalise.phone(number, country)
            if phone:
                yield Identifier("phone", phone)

    @api.model
    def _prepare_business_identifiers(self, record):
        vat = normalise.code(self._get_value(record, "vat"))
        if vat:
            yield Identifier("vat", vat)
        if record._name == "res.partner":
            for bank in record.bank_ids:
                yield Identifier("iban", normalise.code(bank.acc_number))
        yield from self._prepare_logins(record)

    @api.model
    def _prepare_logins(self, record):
        """Yield what the person signs in with, an address nearly always."""
        if record._name == "res.partner":
            for user in record.user_ids:
                if "@" not in (user.login or ""):
                    yield Identifier("login", (user.login or "").strip())
                for email in normalise.emails(user.login):
                    yield Identifier("email", email)

    @api.model
    def _get_value(self, record, name):
        return (record[name] or "") if name in record._fields else ""

    @api.model
    def _get_person_name(self, record):
        """Return the name of the human; glue add-ons know their own models."""
        return self._get_value(record, "name")

    @api.model
    def _get_country_code(self, record):
        country = record["country_id"] if "country_id" in record._fields else None
        company = self.env.company
        if "company_id" in record._fields and record.company_id:
            company = record.company_id
        # Of the contact: what the company computes from it reads far more
        # sudo: res.partner - the country of a company is no secret
        own = company.sudo().partner_id.country_id
        return (country and country.code) or own.code or "FR"
