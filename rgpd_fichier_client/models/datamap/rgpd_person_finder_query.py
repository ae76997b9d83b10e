import ast
import logging
from collections import defaultdict

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from ...core.datamap import normalise
from ..journal.sql_array import int_array, text_array

_logger = logging.getLogger(__name__)

# An address with something around it: a name, a second one. The rest is one address
# and nothing else, which an index on it in lower case finds. As in the query below
NOT_PLAIN = "[^a-zA-Z0-9.@_+-]"
# What stands around the addresses of a text, as in ``normalise``
BETWEEN = r'[][[:space:]<>"(),:;\\]+'
# A table or a column that is not there, or of another type than the map says
SCHEMA_ERRORS = ("42P01", "42703", "42883", "42804")
# A statement names each id as often as it has links to follow from it
MOST_IDS = 20_000


class RgpdPersonFinder(models.AbstractModel):
    """How the finder asks the database: many questions in one statement."""

    _inherit = "rgpd.person.finder"

    # === STATEMENTS === #

    @api.model
    def _ask(self, questions, filled=None):
        """Return the ids each question gives, in order; few statements for all.

        A table that went or changed since the map was drawn has no answer, and the
        others are asked nevertheless: the drift of the map tells about it.

        :param questions: list of ``(table, query, number of ids in it)``; each query
            gives one column ``id``; None in its place has no answer
        :param filled: see ``_get_filled_tables``, looked up when it is not given
        :rtype: list[list[int]]
        """
        answers = [[] for _question in questions]
        if filled is None:
            filled = self._get_filled_tables(table for table, _query, _n in questions)
        batch, size = [], 0
        for position, (table, query, count) in enumerate(questions):
            if query is None or table not in filled:
                continue
            if batch and size + count > MOST_IDS:
                self._ask_batch(batch, answers)
                batch, size = [], 0
            batch.append((position, table, query))
            size += count
        self._ask_batch(batch, answers)
        return answers

    @api.model
    def _get_filled_tables(self, tables):
        """Return those of the tables that exist and have a page, and all views."""
        rows = self.env.execute_query(
            SQL(
                """SELECT relname FROM pg_class
                    WHERE relname = ANY(%s)
                      AND relnamespace = current_schema::regnamespace
                      AND (relkind <> 'r' OR pg_relation_size(oid) > 0)""",
                sorted(filter(None, set(tables))),
            )
        )
        return {name for (name,) in rows}

    @api.model
    def _ask_batch(self, batch, answers):
        """Put the ids into the answers; one by one when one of them fails."""
        if not batch:
            return
        query = self._join(batch)
        self.env.flush_query(query)
        try:
            rows = self._read_apart(query)
        except psycopg2.Error as error:
            if self.env.cr._cnx.closed or not _is_about_the_schema(error):
                raise
            if len(batch) == 1:
                table = batch[0][1]
                _logger.warning("the finder cannot read %s: %s", table, error.pgcode)
                return
            for question in batch:
                self._ask_batch([question], answers)
        else:
            for position, ids in rows:
                answers[position] = ids or []

    @api.model
    def _read_apart(self, query):
        """Return the rows of a query whose failure breaks no transaction.

        The savepoint and the settings go along with the query, which spares two trips
        to the database for each question.
        """
        try:
            # The sum of many small costs would have the database compile the
            # statement and start workers, which takes longer than to run it
            self.env.cr.execute(
                SQL(
                    "SAVEPOINT rgpd_finder; SET LOCAL jit TO off;"
                    "SET LOCAL max_parallel_workers_per_gather TO 0; %s",
                    query,
                ),
                # Odoo would log the addresses that are looked for
                log_exceptions=False,
            )
            return self.env.cr.fetchall()
        finally:
            if not self.env.cr._cnx.closed:
                # To the settings before; nothing was written
                self.env.cr.execute(
                    "ROLLBACK TO SAVEPOINT rgpd_finder; RELEASE SAVEPOINT rgpd_finder"
                )

    @api.model
    def _join(self, batch):
        parts = [
            # One row for all the ids: a row for each takes ten times the memory
            SQL(
                "SELECT %s AS n, array_agg(q.id) AS ids FROM (%s) AS q", position, query
            )
            for position, _table, query in batch
        ]
        return SQL(" UNION ALL ").join(parts)

    # === LINKS === #

    @api.model
    def _query_links(self, asked, filled):
        """Return ``[(link, ids)]``, the rows of its model that lead to the target.

        :param asked: list of ``(link, target model, ids)``
        :param filled: see ``_get_filled_tables``
        """
        asked = [
            (link, target, ids, table)
            for link, target, ids in asked
            if (table := self._get_link_table(link, target)) in filled
        ]
        questions = [
            (table, self._get_link_query(link, target, ids), len(ids))
            for link, target, ids, table in asked
        ]
        answers = self._ask(questions, filled)
        return [(ask[0], ids) for ask, ids in zip(asked, answers, strict=True)]

    @api.model
    def _get_filled_links(self):
        """Return the tables that links are read from and that hold something."""
        return self._get_filled_tables(
            self._get_link_table(link, target)
            for link in self.env["rgpd.data.map"]._get_links()
            for target in {link.target, link.model}
        )

    @api.model
    def _get_link_table(self, link, target):
        if link.kind == "m2m":
            owner = self.env.get(target if link.path.startswith("<") else link.model)
            field = owner is not None and owner._fields.get(link.path.lstrip("<"))
            if not field or field.type != "many2many" or not field.store:
                return None
            return field.relation
        model = self.env.get(link.model)
        return None if model is None else model._table

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
                SQL(
                    "%s = %s AND %s = ANY(%s)",
                    model_name,
                    target,
                    row_id,
                    int_array(ids),
                )
            )
            query.add_where(self._get_condition(link))
            return query.select()
        if link.kind == "reference":
            values = [f"{target},{res_id}" for res_id in ids]
            where = SQL("%s = ANY(%s)", SQL.identifier(link.path), text_array(values))
        elif model._fields[link.path].company_dependent:
            where = SQL(
                "EXISTS (SELECT 1 FROM jsonb_each_text(%s) AS per_company "
                "WHERE per_company.value = ANY(%s))",
                SQL.identifier(link.path),
                text_array(map(str, ids)),
            )
        else:
            column = SQL.identifier(link.path)
            where = SQL("%s = ANY(%s)", column, int_array(ids))
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
            int_array(ids),
        )

    @api.model
    def _get_condition(self, link):
        if not link.domain:
            return SQL("TRUE")
        # sudo: the condition of a link is a setting of the map
        records = self.env[link.model].sudo().with_context(active_test=False)
        query = records._search(Domain(ast.literal_eval(link.domain)))
        return SQL("%s IN %s", SQL.identifier(records._table, "id"), query.subselect())

    # === SAME ADDRESS === #

    @api.model
    def _match(self, values):
        """Return ``{model: {ids}}`` of the anchors with one of the addresses.

        :param dict values: ``{"email": [normalised], "phone": [E.164]}``
        """
        asked = [
            (model, query)
            for model in self.env["rgpd.data.map"]._get_anchor_models()
            if model in self.env
            for query in (
                *self._get_same_email(model, values.get("email")),
                *self._get_same_phone(model, values.get("phone")),
            )
        ]
        questions = [(self.env[model]._table, query, 0) for model, query in asked]
        result = defaultdict(set)
        for (model, _query), ids in zip(asked, self._ask(questions), strict=True):
            result[model].update(ids)
        return result

    @api.model
    def _get_same_email(self, model, values):
        if values and "email_normalized" in self.env[model]._fields:
            # Odoo leaves an international domain as it was typed
            written = [form for v in values for form in normalise.email_spellings(v)]
            yield self._get_column_query(
                model, SQL.identifier("email_normalized"), written
            )

    @api.model
    def _get_same_phone(self, model, values):
        """Yield queries of those with one of the numbers, normalised or as typed."""
        fields = self.env[model]._fields
        if values and "phone_sanitized" in fields:
            yield self._get_column_query(
                model, SQL.identifier("phone_sanitized"), values
            )
        spellings = [
            s for value in values or () for s in normalise.phone_spellings(value)
        ]
        for name in ("phone", "mobile"):
            if spellings and name in fields and fields[name].store:
                # The expression of an index of Odoo
                column = SQL(
                    "regexp_replace(%s::text, %s, '', 'g')",
                    SQL.identifier(name),
                    PHONE_REGEX_PATTERN,
                )
                yield self._get_column_query(model, column, spellings)

    @api.model
    def _get_column_query(self, model, column, values):
        table = SQL.identifier(self.env[model]._table)
        return SQL(
            "SELECT id FROM %s WHERE %s = ANY(%s)", table, column, text_array(values)
        )


def _is_about_the_schema(error):
    """Tell whether a table or a column is gone, or is of another kind now."""
    return error.pgcode in SCHEMA_ERRORS
