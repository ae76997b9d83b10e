from odoo import api, models
from odoo.tools import SQL

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
        for row_id, row in self._read_rows(records).items():
            found = dict.fromkeys(self._prepare_identifiers(row))
            result[row_id] = [identifier for identifier in found if identifier.value]
        return result

    @api.model
    def _get_addresses(self, anchors):
        """Return ``{"email": [...], "phone": [...]}`` of the anchors, normalised.

        Only what holds an address is read: not the whole record, as for identifiers.
        """
        values = {"email": set(), "phone": set()}
        for model, ids in anchors.items():
            records = self.env[model].browse(ids)
            for row in self._read_rows(records, is_whole=False).values():
                for identifier in self._prepare_addresses(row):
                    values[identifier.kind].add(identifier.value)
                for identifier in self._prepare_logins(row):
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
        # The second is nearly always the first, normalised
        names = self._get_address_fields(record._name, "email")
        for text in dict.fromkeys(self._get_value(record, name) for name in names):
            for email in normalise.emails(text):
                yield Identifier("email", email)
        names = dict.fromkeys(self._get_address_fields(record._name, "phone"))
        numbers = [self._get_value(record, name) for name in names]
        country = self._get_country_code(record) if any(numbers) else None
        for number in numbers:
            phone = normalise.phone(number, country)
            if phone:
                yield Identifier("phone", phone)

    @api.model
    def _get_address_fields(self, _model, kind):
        """Return the fields that hold an e-mail or a phone; hook."""
        return EMAILS if kind == "email" else PHONES

    @api.model
    def _prepare_business_identifiers(self, record):
        vat = normalise.code(self._get_value(record, "vat"))
        if vat:
            yield Identifier("vat", vat)
        if record._name == "res.partner":
            for number in record.parts["res.partner.bank"]:
                yield Identifier("iban", normalise.code(number))
        yield from self._prepare_logins(record)

    @api.model
    def _prepare_logins(self, record):
        """Yield what the person signs in with, an address nearly always."""
        if record._name == "res.partner":
            for login in record.parts["res.users"]:
                if "@" not in login:
                    yield Identifier("login", login.strip())
                for email in normalise.emails(login):
                    yield Identifier("email", email)

    @api.model
    def _get_value(self, record, name):
        return (record[name] or "") if name in record._fields else ""

    @api.model
    def _get_person_name(self, record):
        """Return the name of the human; glue add-ons know their own models."""
        return self._get_value(record, "name")

    @api.model
    def _get_country_code(self, row):
        key = self._get_value(row, "country_id"), self._get_value(row, "company_id")
        if key not in row.codes:
            row.codes[key] = self._read_country_code(*key) or "FR"
        return row.codes[key]

    @api.model
    def _read_country_code(self, country_id, company_id):
        """Return the code of the country, or of that of the company; None without one.

        By one query: the ORM would read all that a company and its contact hold.
        """
        company_id = company_id or self.env.company.id
        for model, name in (
            ("res.country", "code"),
            ("res.company", "partner_id"),
            ("res.partner", "country_id"),
        ):
            self.env[model].flush_model([name])
        [(code,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(
                      (SELECT NULLIF(code, '') FROM res_country WHERE id = %s),
                      (SELECT NULLIF(c.code, '') FROM res_company o
                         JOIN res_partner p ON p.id = o.partner_id
                         JOIN res_country c ON c.id = p.country_id
                        WHERE o.id = %s))""",
                country_id or None,
                company_id,
            )
        )
        return code
