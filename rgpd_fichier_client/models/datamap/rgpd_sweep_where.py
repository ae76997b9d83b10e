from odoo import api, models
from odoo.tools import SQL

from .quoted import quoted

ANY_AT = "@|%40|&#64;"
# A tag before the @, and the sign in front of it as a link has it
LONGEST_TAG = 67


class RgpdSweep(models.AbstractModel):
    """What the sweep asks the database before it reads a row, see ``prefilter``."""

    _inherit = "rgpd.sweep"

    def _get_whole(self, texts):
        """Return the SQL of all texts of a row as one, in lower case.

        ASCII letters only: far faster, and the expressions take any other letter.
        """
        return SQL("lower(concat_ws(E'\\n', %s) COLLATE \"C\")", SQL(", ").join(texts))

    @api.model
    def _get_where(self, texts, conditions):
        """Return the condition on the texts of a row.

        :param texts: list of SQL, one for each text of the row
        :param conditions: see ``prefilter.Conditions``
        :return: SQL
        """
        if conditions.reads_all:
            return SQL("TRUE")
        whole = self._get_whole(texts)
        parts = []
        if conditions.pattern:
            parts.append(SQL('%s COLLATE "default" ~ %s', whole, conditions.pattern))
        if conditions.probes:
            parts.append(SQL("%s ~ %s", whole, ANY_AT))
        return SQL(" OR ").join(parts)

    def _list_places(self, table, texts, conditions, limit):
        """Return the places of the rows worth reading, no more than a number."""
        query = self._get_places(table, texts, conditions)
        if not conditions.probes:
            return self.env.execute_query(SQL("%s LIMIT %s", query, limit))
        # Rows between processors cost little beside the reading of texts; and a limit
        # must not make the database choose one processor
        self.env.cr.execute(
            SQL(
                "SET LOCAL parallel_tuple_cost TO 0;"
                " WITH found AS MATERIALIZED (%s) SELECT place FROM found LIMIT %s",
                query,
                limit,
            )
        )
        places = self.env.cr.fetchall()
        self.env.cr.execute("SET LOCAL parallel_tuple_cost TO DEFAULT")
        return places

    def _get_places(self, table, texts, conditions):
        """Return the query of the places of the rows worth reading.

        A place may come several times. The parts of a text between the ``@`` are
        joined as rows: several processors may do that, unlike a subquery.
        """
        whole = self._get_whole(texts)
        places = SQL("SELECT t.ctid::text AS place FROM %s t", quoted(table))
        parts = []
        if conditions.pattern:
            parts.append(
                SQL(
                    '%s WHERE %s COLLATE "default" ~ %s',
                    places,
                    whole,
                    conditions.pattern,
                )
            )
        if conditions.probes:
            parts.append(
                SQL(
                    "%s CROSS JOIN LATERAL string_to_table("
                    "replace(replace(%s, '%%40', '@'), '&#64;', '@'), '@') AS part(s)"
                    " WHERE %s",
                    places,
                    whole,
                    SQL(" OR ").join(self._get_probes(conditions)),
                )
            )
        return SQL(" UNION ALL ").join(parts)

    def _get_probes(self, conditions):
        """Yield conditions on ``part.s``, a text that ends where an ``@`` was."""
        for length, tails in conditions.tails:
            yield SQL("right(part.s, %s) = ANY(%s)", length, list(tails))
        if conditions.has_odd_end:
            yield SQL(r"""right(part.s, 1) ~ '[^a-z0-9._\-\s<>"();:,@]'""")
        tag = SQL("right(part.s, %s)", LONGEST_TAG)
        yield SQL(
            "(strpos(%(tag)s, '+') > 0 OR strpos(%(tag)s, '%%2b') > 0)"
            r" AND %(tag)s ~ '(\+|%%2b)[^\s@<>\"]+$'",
            tag=tag,
        )
