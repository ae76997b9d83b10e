import re

from odoo import api, models
from odoo.tools import SQL

from .addresses import Addresses
from .digits_index import get_digits_sql
from .rgpd_person_finder_query import BETWEEN

# Columns that hold addresses as the finder writes them
NORMALISED = ("email_normalized", "number", "phone_sanitized")


class RgpdPersonFinder(models.AbstractModel):
    """How the finder asks for the rows that know persons by an address only."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _query_addresses(self, asked, filled):
        """Return ``[(link, ids)]`` of the rows that have one of the addresses.

        :param asked: list of ``(link, values)``
        :param filled: see ``_get_filled_tables``
        """
        tables = [self._get_link_table(link, None) for link, _values in asked]
        indexed = self._get_indexed(filled.intersection(tables))
        questions = [
            (table, self._get_address_query(link, values, indexed), len(values))
            for table, (link, values) in zip(tables, asked, strict=True)
        ]
        answers = self._ask(questions, filled)
        return [(ask[0], ids) for ask, ids in zip(asked, answers, strict=True)]

    @api.model
    def _get_indexed(self, tables):
        """Return the expressions that have an index: ``{(table, expression)}``.

        One of all rows that have a value: another one does not serve each question.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.relname, pg_get_expr(i.indexprs, i.indrelid),
                          pg_get_expr(i.indpred, i.indrelid)
                     FROM pg_index i
                     JOIN pg_class c ON c.oid = i.indrelid
                     JOIN pg_class x ON x.oid = i.indexrelid
                     JOIN pg_am a ON a.oid = x.relam AND a.amname = 'btree'
                    WHERE c.relname = ANY(%s) AND i.indisvalid AND i.indnatts = 1
                      AND c.relnamespace = current_schema::regnamespace
                      AND i.indexprs IS NOT NULL""",
                sorted(tables),
            )
        )
        return {
            (table, text)
            for table, text, condition in rows
            if condition is None or _is_of_all_values(text, condition)
        }

    @api.model
    def _get_address_query(self, link, values, indexed=()):
        """Return the query of the rows that have one of the addresses.

        :param indexed: see ``_get_indexed``
        """
        model = self.env.get(link.model)
        if model is None:
            return None
        values = Addresses.of(values)
        column, table = SQL.identifier(link.path), SQL.identifier(model._table)
        condition = self._get_condition(link)
        if link.path in NORMALISED or model._name == "mail.blacklist":
            return SQL(
                "SELECT id FROM %s WHERE %s = ANY(%s) AND %s",
                table,
                column,
                values.sql,
                condition,
            )
        key, wanted, others = self._get_address_key(link, column, values)
        if not self._is_indexed(link, model._table, indexed):
            return SQL(
                "SELECT id FROM %s WHERE (%s = ANY(%s) OR %s) AND %s",
                table,
                key,
                wanted,
                others,
                condition,
            )
        # One after the other (OFFSET 0): of what an expression gives PostgreSQL knows
        # nothing, and would compute it for each row rather than believe in the index
        return SQL(
            """SELECT found.id FROM unnest(%(wanted)s) AS rgpd_wanted
                CROSS JOIN LATERAL (
                      SELECT id FROM %(table)s
                       WHERE %(column)s IS NOT NULL AND %(key)s = rgpd_wanted
                         AND %(condition)s OFFSET 0) AS found
                UNION
               SELECT id FROM %(table)s WHERE %(others)s AND %(condition)s""",
            wanted=wanted,
            table=table,
            column=column,
            key=key,
            condition=condition,
            others=others,
        )

    @api.model
    def _get_address_key(self, link, column, values):
        """Return what a column is looked up by, the values, and what else may match."""
        if link.kind == "phone":
            return get_digits_sql(column), values.digits, SQL("FALSE")
        # An address with something around it: a name, a second one
        among = SQL(
            "(%(column)s ~ '[^a-zA-Z0-9.@_+-]'"
            " AND string_to_array(regexp_replace(lower(%(column)s),"
            " %(between)s, ' ', 'g'), ' ') && %(among)s)",
            column=column,
            among=values.among,
            between=BETWEEN,
        )
        return SQL("lower(%s)", column), values.written, among

    @api.model
    def _is_indexed(self, link, table, indexed):
        key = f"lower({link.path})"
        if link.kind == "phone":
            key = (
                f"\"right\"(regexp_replace({link.path}, '[^0-9]'::text, ''::text,"
                " 'g'::text), 9)"
            )
        return any(
            name == table and text.replace(f"({link.path})::text", link.path) == key
            for name, text in indexed
        )


def _is_of_all_values(text, condition):
    """Tell whether an index of an expression leaves out empty values alone.

    :param text: the expression, as PostgreSQL writes it
    :param condition: that of the index
    """
    column = re.fullmatch(r"\((\w+) IS NOT NULL\)", condition)
    return bool(column) and column[1] in re.findall(r"\w+", text)
