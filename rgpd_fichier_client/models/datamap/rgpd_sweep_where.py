import io

from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import prefilter, sieve
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
        folded = SQL('%s COLLATE "default"', lower)
        shown = SQL("regexp_replace(%s, %s, '', 'g')", folded, prefilter.HIDDEN)
        parts = []
        if conditions.literals:
            # Each look leaves few rows to the next: hardly any has something hidden
            literals = list(conditions.literals)
            parts.append(
                SQL(
                    "(%s LIKE ANY(%s) AND %s ~ %s"
                    " AND (%s LIKE ANY(%s) OR %s LIKE ANY(%s)))",
                    *(lower, list(conditions.loose_literals)),
                    *(folded, f"{conditions.literal_pattern}|{prefilter.HIDING}"),
                    *(lower, literals),
                    *(shown, literals),
                )
            )
        parts += [
            SQL("(%s LIKE %s AND %s ~ %s)", whole, like, folded, expression)
            for like, expression in conditions.few_numbers
        ]
        if conditions.pattern:
            parts.append(
                SQL(
                    "(%s ~ %s AND (%s ~ %s OR %s ~ %s))",
                    *(folded, f"{conditions.pattern}|{prefilter.HIDING}"),
                    *(folded, conditions.pattern),
                    *(shown, conditions.pattern),
                )
            )
        return SQL(" OR ").join(parts)

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
