from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, Query

from ..journal.sql_array import int_array

ORIGINS = ("country_id", "company_id")
WHOLE = ("vat", "street", "zip", "city")


class AnchorRow:
    """The values of an anchor, read as those of a record: ``row["email"]``.

    ``parts`` are what its accounts and its bank accounts are called by, ``codes`` what
    is known of countries, the same for all rows.
    """

    __slots__ = ("_fields", "_name", "_values", "codes", "parts")

    def __init__(self, model, values, codes):
        self._name = model._name
        self._fields = model._fields
        self._values = values
        self.parts = defaultdict(list)
        self.codes = codes

    def __getitem__(self, name):
        return self._values[name]


class RgpdPersonFinder(models.AbstractModel):
    """Reads what tells who persons are, in as few statements for all as for one.

    A thousand persons have twenty thousand values, which the ORM hands out one by one.
    """

    _inherit = "rgpd.person.finder"

    @api.model
    def _read_rows(self, records, is_whole=True):
        """Return the existing anchors as rows of values, in the order of the records.

        :param records: recordset of one anchor model
        :param bool is_whole: more than the addresses
        :rtype: dict[int, AnchorRow]
        """
        # sudo: anchors - the finder is private, its callers check rights
        records = records.sudo().with_context(active_test=False)
        ids = [row_id for row_id in records._ids if isinstance(row_id, int)]
        if not ids:
            return {}
        emails = self._get_address_fields(records._name, "email")
        phones = self._get_address_fields(records._name, "phone")
        names = (*emails, *phones, *ORIGINS)
        if is_whole:
            names = (*names, *self._get_name_fields(records._name), *WHOLE)
        names = [name for name in dict.fromkeys(names) if name in records._fields]
        columns = []
        if self._reads_stored():
            columns = [name for name in names if _is_column(records._fields[name])]
        query = Query(self.env, records._table, records._table_sql)
        row_id = SQL.identifier(records._table, "id")
        query.add_where(SQL("%s = ANY(%s)", row_id, int_array(ids)))
        read = self._select(records, query, ("id", *columns))
        codes = {}
        rows = {
            values[0]: AnchorRow(
                records, dict(zip(columns, values[1:], strict=True)), codes
            )
            for values in read
        }
        for name in names:
            if name not in columns:
                self._add_value(records.browse(rows), rows, name)
        if records._name == "res.partner":
            self._add_parts(rows, is_whole)
        return {row_id: rows[row_id] for row_id in ids if row_id in rows}

    @api.model
    def _reads_stored(self):
        """Tell whether the user may see each value as it is stored.

        Hook for lower topics.
        """
        return True

    @api.model
    def _get_name_fields(self, _model):
        """Return the fields ``_get_person_name`` reads; hook for glue add-ons."""
        return ["name"]

    def _select(self, records, query, names):
        table = records._table
        columns = [records._field_to_sql(table, name, query) for name in names]
        return self.env.execute_query(query.select(*columns))

    def _add_value(self, records, rows, name):
        """Read what is not stored, or not shown as it is."""
        is_link = records._fields[name].type == "many2one"
        for record in records:
            value = record[name]
            rows[record.id]._values[name] = value.id if is_link else value

    def _add_parts(self, rows, is_whole):
        """Add what tells who a contact is and belongs to it."""
        wanted = [("res.users", "login")]
        if is_whole:
            wanted.append(("res.partner.bank", "acc_number"))
        for model, name in wanted:
            # sudo: as the contacts themselves
            parts = self.env[model].sudo().with_context(active_test=False)
            domain = [("partner_id", "in", list(rows))]
            if self._reads_stored():
                found = self._select(parts, parts._search(domain), ("partner_id", name))
            else:
                found = [
                    (part.partner_id.id, part[name]) for part in parts.search(domain)
                ]
            for row_id, value in found:
                rows[row_id].parts[model].append(value or "")


def _is_column(field):
    return field.store and field.column_type
