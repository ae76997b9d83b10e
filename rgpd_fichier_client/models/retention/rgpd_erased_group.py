from odoo import api, fields, models
from odoo.tools import SQL

from ..journal.sql_array import int_array

# A child of these types is an address of its parent and no further person
ADDRESS_TYPES = ("delivery", "invoice", "other")
DATES = ("date", "datetime")


class RgpdErasedGroup(models.Model):
    """How many persons of a department, or of a year, were erased so far.

    Who is still in the file hides nobody: their names tell them apart from the one row
    without a name. Only those who were erased may be taken for each other, with or
    without the department that was left to them (opinion 05/2014 of the Art. 29
    working party, singling out).

    Each batch adds rows, and none changes: two workers never wait for each other.
    """

    _name = "rgpd.erased.group"
    _description = "Erased Persons per Group"
    _log_access = False
    _rec_name = "value"

    model = fields.Char(required=True, readonly=True)
    field = fields.Char(required=True, readonly=True)
    value = fields.Char(required=True, readonly=True, help="Department or year.")
    count = fields.Integer(required=True, readonly=True)

    _field_idx = models.Index("(model, field, value)")

    @api.model
    def _count(self, field, code, ids):
        """Add the persons about to be erased to their groups; not twice when again.

        :param field: field that is generalised, of the model of these ids
        :param str code: ``department`` or ``year``; nothing is counted for another
        """
        if not ids or not self._is_generalised(field, code):
            return
        model = self.env[field.model_name]
        self.env.cr.execute(
            SQL(
                """INSERT INTO rgpd_erased_group (model, field, value, count)
                   SELECT %(model)s, %(field)s, %(group)s, count(*) FROM %(table)s
                    WHERE id = ANY(%(ids)s) AND %(column)s IS NOT NULL AND %(person)s
                      AND %(column)s <> %(value)s
                    GROUP BY 3""",
                model=field.model_name,
                field=field.name,
                group=self._get_group_sql(field, code),
                table=SQL.identifier(model._table),
                ids=int_array(ids),
                column=SQL.identifier(field.name),
                person=self._get_person_sql(model),
                value=self._get_value_sql(field, code),
            )
        )

    @api.model
    def _get_large(self, field, size):
        """Return the groups of a field at least so many erased persons belong to."""
        rows = self.env.execute_query(
            SQL(
                "SELECT value FROM rgpd_erased_group WHERE model = %s AND field = %s"
                " GROUP BY value HAVING sum(count) >= %s",
                field.model_name,
                field.name,
                size,
            )
        )
        return [row[0] for row in rows]

    # === PARTS OF QUERIES === #

    def _is_generalised(self, field, code):
        return code == "department" or (code == "year" and field.type in DATES)

    def _get_person_sql(self, model):
        """Return whether a row stands for a person: neither company nor address."""
        conditions = [SQL("TRUE")]
        if "is_company" in model._fields:
            conditions.append(SQL("is_company IS NOT TRUE"))
        if model._name == "res.partner":
            conditions.append(
                SQL(
                    "NOT (parent_id IS NOT NULL AND COALESCE(type, '') IN %s)",
                    ADDRESS_TYPES,
                )
            )
        return SQL(" AND ").join(conditions)

    def _get_value_sql(self, field, code):
        """Return what is left of a value in a large group."""
        column = SQL.identifier(field.name)
        if code == "year":
            return SQL("date_trunc('year', %s)", column)
        return self._get_department_sql(column)

    def _get_department_sql(self, column):
        # French overseas departments have three digits
        return SQL(
            "CASE WHEN left(%(zip)s, 2) IN ('97', '98') THEN left(%(zip)s, 3)"
            " ELSE left(%(zip)s, 2) END",
            zip=column,
        )

    def _get_group_sql(self, field, code):
        """Return the group of a row: its department in its country, or its year."""
        column = SQL.identifier(field.name)
        if code == "year":
            return SQL("extract(year FROM %s)::text", column)
        country = SQL("''")
        if "country_id" in self.env[field.model_name]._fields:
            country = SQL("COALESCE(country_id::text, '')")
        return SQL("%s || '/' || %s", country, self._get_department_sql(column))
