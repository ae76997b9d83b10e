from odoo import models
from odoo.tools import SQL

from ...core.datamap import pieces, prefilter, sieve
from .quoted import quote, quoted

# Of these the size is known without reading the value; of others as it is stored
SIZED_TYPES = ("text", "varchar", "bpchar")
# PostgreSQL makes no text more than so many times smaller
MOST_COMPRESSED = 256


class RgpdSweep(models.AbstractModel):
    """How a value too large to be read with its row is read: in pieces.

    The database unpacks it once, and hands its bytes over a few at a time.
    """

    _inherit = "rgpd.sweep"

    def _may_hold_large_values(self, table):
        """Tell whether what is stored beside the rows of a table is large enough."""
        [(kind, size)] = self.env.execute_query(
            SQL(
                """SELECT relkind, pg_relation_size(NULLIF(reltoastrelid, 0))
                     FROM pg_class WHERE oid = %s::regclass""",
                quote(table),
            )
        )
        return kind == "p" or (size or 0) > _get_most_stored()

    def _find_large_values(self, table, texts, row_id):
        """Return ``[(place, column, id)]`` of the values too large for their row.

        :param dict texts: type of each column
        :param SQL row_id: the id of the row ``t``
        """
        if not self._may_hold_large_values(table):
            return []
        large = [SQL("NOT %s", self._is_small(*text)) for text in texts.items()]
        rows = self.env.execute_query(
            SQL(
                "SELECT t.tableoid, t.ctid::text, %s, %s FROM %s t WHERE %s",
                row_id,
                SQL(", ").join(SQL("COALESCE(%s, false)", part) for part in large),
                quoted(table),
                SQL(" OR ").join(large),
            )
        )
        return [
            ((oid, ctid), column, res_id)
            for oid, ctid, res_id, *are_large in rows
            for column, is_large in zip(texts, are_large, strict=True)
            if is_large
        ]

    def _is_small(self, column, typname):
        """Return the condition on a value of the row ``t`` that it is read with it."""
        if typname in SIZED_TYPES:
            size, most = SQL("octet_length"), pieces.LARGEST_WHOLE
        else:
            size, most = SQL("pg_column_size"), _get_most_stored()
        return SQL("%s(%s) <= %s", size, quoted("t", column), most)

    def _read_in_pieces(self, table, place, column, scan):
        """Return the identifiers that a large value holds.

        :param place: the table or partition, and the place of the row in it
        """
        # OFFSET keeps the value from being unpacked for each piece
        self.env.cr.execute(
            SQL(
                """DECLARE rgpd_pieces NO SCROLL CURSOR FOR
                    SELECT substr(v.bytes, n * %s + 1, %s)
                      FROM (SELECT convert_to(%s::text, 'UTF8') AS bytes FROM %s t
                             WHERE t.tableoid = %s AND t.ctid = %s::tid OFFSET 0) v,
                           LATERAL generate_series(0, octet_length(v.bytes) / %s + 1) n
                """,
                pieces.PIECE - pieces.OVERLAP,
                pieces.PIECE,
                quoted("t", column),
                quoted(table),
                *place,
                pieces.PIECE - pieces.OVERLAP,
            )
        )
        fetch = SQL("FETCH 1 FROM rgpd_pieces")
        may_hold = _make_test(scan.identifiers)

        def read(_start, length):
            rows = self.env.execute_query(fetch)
            data = bytes(rows[0][0]) if rows else b""
            return pieces.decode(data) if may_hold(data) else "", len(data) < length

        found = pieces.find(scan, read)
        self.env.cr.execute("CLOSE rgpd_pieces")
        return found


def _make_test(identifiers):
    """Return the function that tells which pieces are worth reading: few are."""
    conditions = prefilter.get_conditions(identifiers, is_crowd=True)
    if conditions.pattern:
        return bool
    sift = sieve.Sieve(conditions)
    return lambda data: bool(sift(sieve.write(data)))


def _get_most_stored():
    """Of a value whose size is known as stored only: it may be far larger."""
    return pieces.LARGEST_WHOLE // MOST_COMPRESSED
