from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, sql

from ...core.register.exchange import files, oca
from ...core.register.exchange.grid import simplify
from ...core.register.exchange.sheet import Lists

# Kind of value in a file → the list of the database it belongs to.
KINDS = {
    "person": "rgpd.person.category",
    "data": "rgpd.data.category",
    "recipient": "rgpd.recipient",
    "measure": "rgpd.measure",
    "processor": "rgpd.processor",
    "partner": "res.partner",
}
OCA_TABLE = "privacy_activity"
OCA_PROCESSORS = "privacy_activity_res_partner_processor_ids"


class RgpdRegisterImporter(models.AbstractModel):
    """Reads the register of another tool and finds what is here already.

    Nothing is written here: `_apply` does it, once somebody has seen the preview. The
    rights of the user decide what is seen and written; sudo is never used.
    """

    _name = "rgpd.register.importer"
    _description = "Import of the register"

    # === READ === #

    @api.model
    def _read(self, data):
        """Return what a file holds, as the core reads it.

        :raise ExchangeError: the file holds no register
        """
        return files.read(data, self._get_lists())

    @api.model
    def _get_lists(self):
        """Return the words of our lists, in the languages a file may be written in."""
        return Lists(
            self._get_codes("rgpd.data.category"),
            self._get_codes("rgpd.person.category"),
        )

    def _get_codes(self, model):
        records = self.env[model].search([])  # pylint: disable=no-search-all # a list
        codes = {simplify(record.code): record.code for record in records}
        for named in self._get_translated(records):
            for record in named:
                codes.setdefault(simplify(record.name), record.code)
        return codes

    def _get_translated(self, records):
        """Return these records in French, in English and in the user's language."""
        installed = dict(self.env["res.lang"].get_installed())
        codes = dict.fromkeys(("fr_FR", "en_US", self.env.lang or "en_US"))
        return [records.with_context(lang=code) for code in codes if code in installed]

    # === TABLES OF THE OCA ADD-ON === #

    @api.model
    def _has_oca_tables(self):
        """Tell whether the OCA add-on `privacy` was once in this database."""
        return sql.table_exists(self.env.cr, OCA_TABLE)

    @api.model
    def _read_oca_tables(self):
        """Return the activities that the OCA add-on left in its tables.

        They may outlive the add-on, which no longer exists for this version: only
        columns that are there are read, translated or not.
        """
        columns = set(sql.table_columns(self.env.cr, OCA_TABLE))
        names = [
            name
            for name in ("name", "description", "controller_id", "subject_domain")
            if name in columns
        ]
        where = SQL("WHERE active") if "active" in columns else SQL()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT id, %s FROM %s %s ORDER BY id LIMIT 2000",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(OCA_TABLE),
                where,
            )
        )
        processors = self._get_oca_processors()
        return oca.read_rows(
            {
                "id": row["id"],
                "name": self._get_oca_text(row["name"]),
                "description": self._get_oca_text(row.get("description")),
                "domain": row.get("subject_domain"),
                "processors": processors.get(row["id"], []),
            }
            for row in rows
            if self._get_oca_text(row["name"])
        )

    def _get_oca_text(self, value):
        """Return a text that is translated (JSON) in newer databases."""
        if isinstance(value, dict):
            langs = (self.env.lang, "fr_FR", "en_US", *value)
            value = next((value[lang] for lang in langs if value.get(lang)), "")
        return value or ""

    def _get_oca_processors(self):
        if not sql.table_exists(self.env.cr, OCA_PROCESSORS):
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT privacy_activity_id, res_partner_id FROM %s",
                SQL.identifier(OCA_PROCESSORS),
            )
        )
        partners = self.env["res.partner"].browse({row[1] for row in rows})
        names = {
            partner.id: partner.name
            for partner in partners.exists()._filtered_access("read")
        }
        processors = {}
        for activity_id, partner_id in rows:
            if names.get(partner_id):
                processors.setdefault(activity_id, []).append(names[partner_id])
        return processors

    # === FIND === #

    @api.model
    def _find_duplicates(self, sheets, company):
        """Return ``[(rgpd.processing, "reference" | "name" | ""), …]``, one per sheet.

        The reference tells sooner than the name; sheets of the company before the
        common ones.
        """
        known = self._search_for(company, "rgpd.processing")
        by_reference = {}
        by_name = {}
        for record in reversed(known):
            by_reference[simplify(record.reference)] = record
        for named in self._get_translated(known):
            for record in reversed(named):
                by_name[simplify(record.name)] = record.with_env(self.env)
        result = []
        for sheet in sheets:
            reference, name = simplify(sheet["reference"]), simplify(sheet["name"])
            if reference and reference in by_reference:
                result.append((by_reference[reference], "reference"))
            elif name and name in by_name:
                result.append((by_name[name], "name"))
            else:
                result.append((known.browse(), ""))
        return result

    def _search_for(self, company, model):
        """Return the records that serve a company, its own before the common ones."""
        Model = self.env[model]
        domain = Domain.TRUE
        if "company_id" in Model._fields:
            # A register of one's own does without the common sheets, not the lists.
            own = model == "rgpd.processing" and company.rgpd_has_own_register
            ids = (company.id,) if own else (False, company.id)
            domain = Domain("company_id", "in", ids)
            return Model.search(domain).sorted(lambda record: not record.company_id)
        return Model.search(domain)

    @api.model
    def _list_items(self, sheet):
        """Yield ``(kind, item)`` for each value of the sheet that belongs to a list."""
        for person in sheet["persons"]:
            yield "person", person
        for recipient in sheet["recipients"]:
            yield "recipient", recipient
        for measure in sheet["measures"]:
            yield "measure", measure
        for processor in sheet["processors"]:
            yield "processor", processor
        for name in (*sheet["joint_controllers"], *sheet["served_controllers"]):
            yield "partner", {"name": name}
        for purpose in sheet["purposes"]:
            for code in purpose["data"]:
                yield "data", {"code": code, "name": code}

    @api.model
    def _get_item_key(self, kind, item):
        """Return what makes two values of a file the same one."""
        return f"{kind}:{simplify(item.get('code') or item['name'])}"

    @api.model
    def _find_items(self, items, company):
        """Return ``{key: record}`` for the values that are in the lists already.

        :param items: ``{key: (kind, item)}``
        """
        found = {}
        indexes = {}
        for key, (kind, item) in items.items():
            if kind == "partner":
                record = self._find_partner(item["name"])
            else:
                if kind not in indexes:
                    indexes[kind] = self._get_index(kind, company)
                record = self._find_item(indexes[kind], item)
            if record:
                found[key] = record
        return found

    def _find_item(self, index, item):
        for value in (item.get("code"), item["name"]):
            if value and simplify(value) in index:
                return index[simplify(value)]
        return None

    def _get_index(self, kind, company):
        """Return ``{simplified code or name: record}`` of a list."""
        records = self._search_for(company, KINDS[kind])
        index = {}
        if "code" in records._fields:
            for record in records:
                index.setdefault(simplify(record.code), record)
        for named in self._get_translated(records):
            for record in named:
                index.setdefault(simplify(record.name), record.with_env(self.env))
        return index

    def _find_partner(self, name):
        """Return the organisation of this name, if there is exactly one."""
        partners = self.env["res.partner"].search(
            [("name", "=", name), ("is_company", "=", True)], limit=2
        )
        return partners if len(partners) == 1 else None

    @api.model
    def _find_country(self, values):
        """Return the country of a transfer or a processor, by code or by name."""
        countries = self.env["res.country"].search([])  # pylint: disable=no-search-all
        wanted = {simplify(values.get(key)) for key in ("country", "country_name")}
        wanted.discard("")
        for country in countries:
            if simplify(country.code) in wanted:
                return country
        for named in self._get_translated(countries):
            for country in named:
                if simplify(country.name) in wanted:
                    return country.with_env(self.env)
        return countries.browse()

    @api.model
    def _find_user(self, name, company):
        """Return the colleague of this name, if there is exactly one."""
        users = self.env["res.users"].search(
            [
                ("name", "=", name),
                ("share", "=", False),
                ("company_ids", "in", company.ids),
            ],
            limit=2,
        )
        return users if name and len(users) == 1 else users.browse()
