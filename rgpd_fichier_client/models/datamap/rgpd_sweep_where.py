import io

from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import sieve
from .quoted import quoted

# Rows are looked at together: few enough that one found in them is quickly told
BYTES_AT_ONCE = 1 << 16


class RgpdSweep(models.AbstractModel):
    """How the rows worth reading are told from the others, see ``prefilter``."""

    _inherit = "rgpd.sweep"

    @api.model
    def _get_where(self, texts, conditions):
        """Return the condition on the texts of a row.

        All of them as one, in lower case: of ASCII letters only, which is far faster,
        and the expression takes any other letter.

        :param texts: list of SQL, one for each text of the row
        :param conditions: see ``prefilter.Conditions``
        :return: SQL
        """
        whole = SQL("concat_ws(E'\\n', %s) COLLATE \"C\"", SQL(", ").join(texts))
        lower = SQL("lower(%s)", whole)
        likes = list(conditions.likes)
        # What leaves few rows to the next costs least. Far fewer rows have the signs in
        # one of their texts than in all of them together, and it costs more to ask
        each = [
            SQL('lower(%s COLLATE "C") LIKE ANY(%s)', text, likes) for text in texts
        ]
        tests = [
            SQL("%s LIKE ANY(%s)", lower, likes),
            SQL("(%s)", SQL(" OR ").join(each)),
            SQL('%s COLLATE "default" ~ %s', lower, conditions.pattern),
        ]
        if conditions.first_likes:
            tests[0] = SQL("%s LIKE ANY(%s)", whole, list(conditions.first_likes))
        where = tests.pop()
        while tests:
            # With AND the database would begin with what it takes for the cheapest
            where = SQL("CASE WHEN %s THEN %s ELSE false END", tests.pop(), where)
        return where

    def _pass_all_rows(self, table, row_id, texts, conditions, look):
        """Show the rows that hold something of a crowd, while all of them go by."""
        columns = [row_id, *texts]
        if conditions.pattern:
            columns.insert(0, self._get_where(texts, conditions))
        query = SQL(
            "COPY (SELECT %s FROM %s t) TO STDOUT (NULL '')",
            SQL(", ").join(columns),
            quoted(table),
        )
        rows = PassingRows(conditions, look)
        # Its buffer takes the rows: Odoo itself is called for many of them at once
        buffer = io.BufferedWriter(rows, BYTES_AT_ONCE)
        self.env.cr.copy_expert(self.env.cr.mogrify(query).decode(), buffer)
        buffer.flush()


class PassingRows(io.RawIOBase):
    """What the database writes a table to: whole lines of ``COPY``, many at a time."""

    def __init__(self, conditions, look):
        super().__init__()
        self._sieve = conditions.sieve
        self._first = 1 if conditions.pattern else 0
        self._look = look

    def writable(self):
        """Tell the buffer that it may write."""
        return True

    # It is no record that is written
    def write(self, lines):  # pylint: disable=method-required-super
        """Show those worth it of the lines; each came whole into the buffer."""
        self._look(map(self._parse, self._sieve(bytes(lines))))
        return len(lines)

    def _parse(self, line):
        res_id, *values = sieve.parse(line)[self._first :]
        return [int(res_id) if res_id else None, *values]
