import ast
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from ...core.datamap import discovery, normalise
from ...core.datamap.schema import Identifier

MAX_DEPTH = discovery.MAX_DEPTH
# An address with something around it: a name, a second one. The rest is one address
# and nothing else, which an index on it in lower case finds. As in the query below
NOT_PLAIN = "[^a-zA-Z0-9.@_+-]"


class RgpdPersonFinder(models.AbstractModel):
    """Find everything the database holds about persons (Art. 15, Art. 17).

    The data map says which columns lead to a person. Starting from the anchor
    records, each link is one query with the ids found so far; what was found leads
    on to its own lines, messages and files.

    Private and in sudo: archived records and records of other companies are found.
    Callers check rights before they show anything.
    """

    _name = "rgpd.person.finder"
    _description = "Finder of Personal Data"

    @api.model
    def _find(self, records, same_human=False):
        """Return everything about the persons that ``records`` stand for.

        :param records: recordset of any anchor model, or of ``rgpd.subject``
        :param bool same_human: also start from other anchors of the same human,
            matched by e-mail or phone
        :return: ``{model: {res_id: [paths]}}``, the anchors themselves included; a
            path is the key of a link of the map ("direct:partner_id")
        :rtype: dict[str, dict[int, list[str]]]
        """
        self.env.flush_all()
        found = defaultdict(dict)
        anchors = self._get_anchors(records)
        if same_human:
            anchors = self._add_same_human(anchors)
        for model, ids in anchors.items():
            for res_id in ids:
                found[model][res_id] = ["anchor:id"]
        led = defaultdict(set, {model: set(ids) for model, ids in anchors.items()})
        frontier = {model: set(ids) for model, ids in anchors.items()}
        for _depth in range(MAX_DEPTH):
            frontier = self._follow(frontier, found, led)
            if not frontier:
                break
        self._follow_addresses(anchors, found, led)
        return dict(found)

    @api.model
    def _get_anchors(self, records):
        """Return ``{model: [ids]}`` of the existing records to start from."""
        if not records:
            return {}
        if records._name == "rgpd.subject":
            # sudo: anchors - the finder is private, its callers check rights
            by_model = records.sudo()._records()
            return {model: list(found.ids) for model, found in by_model.items()}
        return {records._name: list(records.sudo().exists().ids)}

    # === FOLLOWING LINKS === #

    @api.model
    def _follow(self, frontier, found, led):
        """Follow every link from the records found last; return what leads on.

        :param dict led: records that were followed already
        """
        new = defaultdict(set)
        for link in self.env["rgpd.data.map"]._get_links():
            if link.role == "staff" or link.kind in ("anchor", "email", "phone"):
                continue
            targets = frontier if link.target == "*" else (link.target,)
            for target in targets:
                if not frontier.get(target):
                    continue
                ids = self._query_link(link, target, list(frontier[target]))
                self._note(link, ids, found)
                if link.leads_on:
                    # It may be known already by a link that does not lead on
                    fresh = set(ids) - led[link.model]
                    if fresh:
                        led[link.model] |= fresh
                        new[link.model] |= fresh
        return new

    @api.model
    def _note(self, link, ids, found):
        known = found[link.model] if ids else {}
        for res_id in ids:
            paths = known.setdefault(res_id, [])
            if link.key not in paths:
                paths.append(link.key)

    @api.model
    def _query_link(self, link, target, ids):
        """Return the ids of the link's model that lead to records of the target."""
        query = self._get_link_query(link, target, ids)
        if query is None:
            return []
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _get_link_query(self, link, target, ids):
        model = self.env.get(link.model)
        if model is None:
            return None
        table = SQL.identifier(model._table)
        if link.kind == "m2m":
            return self._get_m2m_query(link, target, ids)
        if link.kind == "polymorphic":
            query, model_name, row_id = self._get_pair(link)
            query.add_where(
                SQL("%s = %s AND %s = ANY(%s)", model_name, target, row_id, ids)
            )
            query.add_where(self._get_condition(link))
            return query.select()
        if link.kind == "reference":
            values = [f"{target},{res_id}" for res_id in ids]
            where = SQL("%s = ANY(%s)", SQL.identifier(link.path), values)
        elif model._fields[link.path].company_dependent:
            where = SQL(
                "EXISTS (SELECT 1 FROM jsonb_each_text(%s) AS per_company "
                "WHERE per_company.value = ANY(%s))",
                SQL.identifier(link.path),
                [str(res_id) for res_id in ids],
            )
        else:
            where = SQL("%s = ANY(%s)", SQL.identifier(link.path), ids)
        return SQL(
            "SELECT id FROM %s WHERE %s AND %s", table, where, self._get_condition(link)
        )

    @api.model
    def _get_pair(self, link):
        """Return the query of a polymorphic link, the SQL of its model and of its id.

        The model may be a column of another record, which the query joins.
        """
        # sudo: the finder is private, its callers check rights
        model = self.env[link.model].sudo()
        query = Query(self.env, model._table, model._table_sql)
        model_field, id_field = (
            model._field_to_sql(model._table, name, query)
            for name in link.path.split(",")
        )
        return query, model_field, id_field

    @api.model
    def _get_m2m_query(self, link, target, ids):
        """Return the query of a many2many, from its own side or from the other."""
        inverse = link.path.startswith("<")
        owner = self.env.get(target if inverse else link.model)
        field = owner._fields.get(link.path.lstrip("<"))
        if field is None or not field.store:
            return None
        here, there = field.column1, field.column2
        if inverse:
            here, there = there, here
        return SQL(
            "SELECT DISTINCT %s AS id FROM %s WHERE %s = ANY(%s)",
            SQL.identifier(here),
            SQL.identifier(field.relation),
            SQL.identifier(there),
            ids,
        )

    @api.model
    def _get_condition(self, link):
        if not link.domain:
            return SQL("TRUE")
        # sudo: the condition of a link is a setting of the map
        records = self.env[link.model].sudo().with_context(active_test=False)
        query = records._search(Domain(ast.literal_eval(link.domain)))
        return SQL("%s IN %s", SQL.identifier(records._table, "id"), query.subselect())

    # === ADDRESSES === #

    @api.model
    def _follow_addresses(self, anchors, found, led):
        """Add the rows that know the persons by e-mail or phone only.

        Anchor models are left out: another anchor with the same address may be
        somebody else; ``same_human`` looks at those.
        """
        values = self._get_addresses(anchors)
        anchor_models = set(self.env["rgpd.data.map"]._get_anchor_models())
        new = defaultdict(set)
        for link in self.env["rgpd.data.map"]._get_links():
            if link.kind in values and link.model not in anchor_models:
                ids = self._query_address(link, values[link.kind])
                self._note(link, ids, found)
                if link.leads_on:
                    new[link.model] |= set(ids) - led[link.model]
                    led[link.model] |= new[link.model]
        for _depth in range(MAX_DEPTH):
            if not any(new.values()):
                break
            new = self._follow(new, found, led)

    @api.model
    def _get_addresses(self, anchors):
        """Return ``{"email": [...], "phone": [...]}`` of the anchors, normalised."""
        values = {"email": set(), "phone": set()}
        for model, ids in anchors.items():
            records = self.env[model].browse(ids)
            for identifiers in self._get_identifiers(records).values():
                for identifier in identifiers:
                    if identifier.kind in values:
                        values[identifier.kind].add(identifier.value)
        return {kind: sorted(found) for kind, found in values.items() if found}

    @api.model
    def _query_address(self, link, values):
        model = self.env.get(link.model)
        if model is None:
            return []
        column = SQL.identifier(link.path)
        if link.kind == "email":
            where = self._get_email_condition(model, link.path, column, values)
        else:
            where = SQL("%s = ANY(%s)", column, values)
            if link.path not in ("number", "phone_sanitized"):
                digits = [normalise.phone_digits(value) for value in values]
                where = SQL(
                    "right(regexp_replace(%s, '[^0-9]', '', 'g'), 9) = ANY(%s)",
                    column,
                    digits,
                )
        query = SQL(
            "SELECT id FROM %s WHERE %s AND %s",
            SQL.identifier(model._table),
            where,
            self._get_condition(link),
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _get_email_condition(self, model, name, column, values):
        if name == "email_normalized" or model._name == "mail.blacklist":
            return SQL("%s = ANY(%s)", column, values)
        return SQL(
            "(lower(%(column)s) = ANY(%(values)s)"
            " OR (%(column)s ~ '[^a-zA-Z0-9.@_+-]'"
            " AND string_to_array(regexp_replace(lower(%(column)s),"
            " '[^a-z0-9.!#$%%&''*+/=?^_`{|}~@-]+', ' ', 'g'), ' ') && %(values)s))",
            column=column,
            values=values,
        )

    # === IDENTIFIERS === #

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
    def _prepare_identifiers(self, record):
        """Yield the identifiers of one anchor record, from its fields by name."""
        country = self._get_country_code(record)
        for name in ("email", "email_from", "email_normalized"):
            for email in normalise.emails(self._get_value(record, name)):
                yield Identifier("email", email)
        for name in ("phone", "mobile"):
            phone = normalise.phone(self._get_value(record, name), country)
            if phone:
                yield Identifier("phone", phone)
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
    def _prepare_business_identifiers(self, record):
        vat = normalise.code(self._get_value(record, "vat"))
        if vat:
            yield Identifier("vat", vat)
        if record._name == "res.partner":
            for bank in record.bank_ids:
                yield Identifier("iban", normalise.code(bank.acc_number))
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
        return (country and country.code) or company.country_id.code or "FR"

    # === SAME HUMAN === #

    @api.model
    def _add_same_human(self, anchors):
        """Add the other anchors with one of the same addresses.

        A name alone never brings two anchors together.
        """
        result = {model: set(ids) for model, ids in anchors.items()}
        for model, ids in self._match(self._get_addresses(anchors)).items():
            result.setdefault(model, set()).update(ids)
        return {model: sorted(ids) for model, ids in result.items()}

    @api.model
    def _match(self, values):
        """Return ``{model: {ids}}`` of the anchors with one of the addresses.

        :param dict values: ``{"email": [normalised], "phone": [E.164]}``
        """
        result = defaultdict(set)
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            if model not in self.env:
                continue
            if values.get("email"):
                result[model] |= self._match_email(model, values["email"])
            if values.get("phone"):
                result[model] |= self._match_phone(model, values["phone"])
        return result

    @api.model
    def _match_email(self, model, values):
        records = self.env[model]
        if "email_normalized" not in records._fields:
            return set()
        query = SQL(
            "SELECT id FROM %s WHERE email_normalized = ANY(%s)",
            SQL.identifier(records._table),
            values,
        )
        return {row[0] for row in self.env.execute_query(query)}

    @api.model
    def _match_phone(self, model, values):
        """Return the ids with one of the numbers, normalised by Odoo or as typed."""
        records = self.env[model]
        ids = set()
        if "phone_sanitized" in records._fields:
            ids |= self._match_column(model, SQL.identifier("phone_sanitized"), values)
        spellings = [s for value in values for s in normalise.phone_spellings(value)]
        for name in ("phone", "mobile"):
            if name in records._fields and records._fields[name].store:
                # The expression of an index of Odoo
                column = SQL(
                    "regexp_replace(%s::text, %s, '', 'g')",
                    SQL.identifier(name),
                    PHONE_REGEX_PATTERN,
                )
                ids |= self._match_column(model, column, spellings)
        return ids

    @api.model
    def _match_column(self, model, column, values):
        table = SQL.identifier(self.env[model]._table)
        query = SQL("SELECT id FROM %s WHERE %s = ANY(%s)", table, column, values)
        return {row[0] for row in self.env.execute_query(query)}
