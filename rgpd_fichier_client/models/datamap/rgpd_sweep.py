import logging
import os
from operator import itemgetter

import psycopg2

from odoo import api, models
from odoo.tools import SQL, groupby, split_every

from ...core.datamap import prefilter
from ...core.datamap.scan import Scanner
from . import catalogue
from .quoted import quoted

_logger = logging.getLogger(__name__)

TEXT_TYPES = ("text", "varchar", "bpchar", "json", "jsonb", "_text", "_varchar", "xml")
# One table may not hold up the night, and the sweep waits for nobody
SECONDS_PER_TABLE = 1800
SECONDS_FOR_LOCK = 20
ROWS_AT_ONCE = 500
# Beyond, a list of the rows takes more memory than it saves time
MOST_PLACES = 200_000
UNREAD = "unread"


class RgpdSweep(models.AbstractModel):
    """Look for identifiers in every text of the database and of the filestore.

    Not only where the map looks: tables without a model, columns left behind by
    removed add-ons, wizards, queues and logs too. One reading per table for all the
    persons of a batch; the database finds candidates, the rules of the redaction
    decide, so that what is found is exactly what can be removed.
    """

    _name = "rgpd.sweep"
    _description = "Sweep of the Database"

    @api.model
    def _sweep(self, identifiers):
        """Return the places where one of the identifiers is written.

        Values are neither returned nor logged.

        :param identifiers: list of ``Identifier``; names alone prove nothing and are
            not looked for unless given
        :return: list of ``{"table", "column", "type", "id", "kind", "strength",
            "identifier"}``; ``id`` is None in a table without one. A hit is ``strong``,
            or ``weak`` for a name alone, which may be somebody else's. A table that
            could not be read has one entry of kind ``unread`` and no identifier.
        """
        return [hit for _t, hits in self._sweep_by_table(identifiers) for hit in hits]

    @api.model
    def _sweep_by_table(self, identifiers, after=""):
        """Yield ``(table, places)``, see ``_sweep``, so that the caller may stop.

        Tables come in the order of their names; each is read as it is at one moment.

        :param identifiers: list of ``Identifier``
        :param str after: begin after the table of this name
        """
        conditions = prefilter.get_conditions(identifiers)
        if conditions is None:
            return
        self.env.flush_all()
        scan = Scanner(identifiers)
        for table, columns in sorted(self._get_text_columns().items()):
            if table > after:
                yield table, self._sweep_table(table, columns, conditions, scan)

    @api.model
    def _get_text_columns(self):
        """Return ``{table: {column: type}}`` of all tables, with or without model.

        The texts, and the ``id`` where there is one. A table without a page is empty.
        """
        tables = catalogue.get_columns(
            self.env,
            SQL(
                # To ask the size of a table somebody alters waits for them, without end
                "(c.relkind = 'p' OR CASE WHEN EXISTS (SELECT 1 FROM pg_locks held"
                " WHERE held.relation = c.oid AND held.mode = 'AccessExclusiveLock'"
                " AND held.pid <> pg_backend_pid()) THEN TRUE"
                " ELSE pg_relation_size(c.oid) > 0 END)"
                " AND (t.typname IN %s OR a.attname = 'id')",
                TEXT_TYPES,
            ),
        )
        skipped = self._get_skipped_tables()
        return {
            table: columns
            for table, columns in tables.items()
            if table not in skipped
            and any(typname in TEXT_TYPES for typname in columns.values())
        }

    @api.model
    def _get_skipped_tables(self):
        """Tables that hold the program and no data; hook for glue add-ons."""
        return {
            "ir_model",
            "ir_model_fields",
            "ir_model_fields_selection",
            "ir_model_constraint",
            "ir_model_inherit",
            "ir_model_relation",
            "ir_module_module",
            "ir_module_module_dependency",
            "ir_ui_menu",
        }

    def _sweep_table(self, table, columns, conditions, scan):
        try:
            with self.env.cr.savepoint(flush=False):
                self._limit_time(SECONDS_PER_TABLE, SECONDS_FOR_LOCK)
                found = self._read_table(table, columns, conditions, scan)
                self._limit_time(0, 0)
                return found
        except (psycopg2.Error, MemoryError) as error:
            if self.env.cr._cnx.closed:
                # The server is gone: no table can be read, and this run is over
                raise
            code = getattr(error, "pgcode", "out of memory")
            _logger.warning("the sweep cannot read %s: %s", table, code)
            return [self._prepare_hit(table, None, None, None, UNREAD)]

    def _limit_time(self, statement, lock):
        """Limit what follows; compiling such queries takes longer than it saves."""
        self.env.cr.execute(
            SQL(
                "SELECT set_config('statement_timeout', %s, true),"
                " set_config('lock_timeout', %s, true),"
                " set_config('jit', 'off', true)",
                f"{int(statement * 1000)}ms",
                f"{int(lock * 1000)}ms",
            )
        )

    def _read_table(self, table, columns, conditions, scan):
        """Read the rows worth it, a few at a time, and look at each text."""
        texts = {name: kind for name, kind in columns.items() if kind in TEXT_TYPES}
        row_id = SQL("t.id") if columns.get("id") == "int4" else SQL("NULL::int")
        large = self._find_large_values(table, texts, row_id)
        apart = {column for _place, column, _id in large}
        values_of = [
            SQL(
                "CASE WHEN %s THEN %s::text END",
                self._is_small(name, kind),
                quoted("t", name),
            )
            if name in apart
            else SQL("%s::text", quoted("t", name))
            for name, kind in texts.items()
        ]
        found = [
            self._prepare_hit(table, column, texts[column], res_id, None, identifier)
            for place, column, res_id in large
            for identifier in self._read_in_pieces(table, place, column, scan)
        ]

        def look(rows):
            for res_id, *values in rows:
                for (name, kind), value in zip(texts.items(), values, strict=True):
                    found.extend(
                        self._prepare_hit(table, name, kind, res_id, None, identifier)
                        for identifier in scan(value)
                    )

        if conditions.is_crowd:
            self._pass_all_rows(table, row_id, values_of, conditions, look)
        else:
            self._pass_some_rows(table, row_id, values_of, conditions, look)
        return found

    def _pass_some_rows(self, table, row_id, texts, conditions, look):
        """Show the rows the database chooses, a few at a time.

        When few rows are awaited, their places are asked for first: a query without
        cursor may use several processors. Both see the table as it was at one moment.
        """
        columns = SQL(", ").join([row_id, *texts])
        query = SQL("SELECT %s FROM %s t", columns, quoted(table))
        where = self._get_where(texts, conditions)
        places = self.env.execute_query(
            SQL(
                "SELECT t.ctid::text FROM %s t WHERE %s LIMIT %s",
                quoted(table),
                where,
                MOST_PLACES + 1,
            )
        )
        if len(places) > MOST_PLACES:
            self._pass_by_cursor(query, where, look)
            return
        # A place may come from several partitions: then more rows are read than need be
        places = {place for (place,) in places}
        for some in split_every(ROWS_AT_ONCE, places, list):
            look(
                self.env.execute_query(
                    SQL("%s WHERE t.ctid = ANY(%s::tid[])", query, some)
                )
            )

    def _pass_by_cursor(self, query, where, look):
        self.env.cr.execute(
            SQL("DECLARE rgpd_sweep NO SCROLL CURSOR FOR %s WHERE %s", query, where)
        )
        fetch = SQL("FETCH %s FROM rgpd_sweep", ROWS_AT_ONCE)
        while rows := self.env.execute_query(fetch):
            look(rows)
        self.env.cr.execute("CLOSE rgpd_sweep")

    def _prepare_hit(self, table, column, typname, res_id, kind, identifier=None):
        return {
            "table": table,
            "column": column,
            "type": typname,
            "id": res_id,
            "kind": kind or identifier.kind,
            "strength": identifier.strength if identifier else "",
            "identifier": identifier,
        }

    # === FILES === #

    @api.model
    def _sweep_filestore(self, identifiers):
        """Return the files that hold one of the identifiers.

        Texts, PDF and office documents are read; of the same content stored once for
        several attachments, each attachment is listed. Files on the disk without any
        attachment are read too: a backup would bring them back.

        :param identifiers: list of ``Identifier``
        :return: as for ``_sweep``, with ``ir_attachment`` and ``datas``; a file
            without attachment has the table ``filestore``, no id, and its ``fname``.
            Damaged and encrypted files cannot be read: those of the person are
            erased whatever they hold. A file too large to be read has one entry of
            kind ``unread`` and no identifier
        """
        by_file = self._sweep_by_file(identifiers)
        return [hit for _fname, hits in by_file for hit in hits] + self._sweep_orphans(
            identifiers
        )

    @api.model
    def _sweep_by_file(self, identifiers, after=""):
        """Yield ``(fname, places)``, see ``_sweep_filestore``; no orphans.

        :param identifiers: list of ``Identifier``
        :param str after: begin after the file of this name
        """
        if prefilter.get_conditions(identifiers) is None:
            return
        scan = Scanner(identifiers)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT store_fname COLLATE "C", mimetype, array_agg(id)
                     FROM ir_attachment
                    WHERE store_fname COLLATE "C" > %s
                      AND COALESCE(url, '') NOT LIKE '/web/assets/%%'
                    GROUP BY store_fname, mimetype
                    ORDER BY store_fname COLLATE "C", mimetype""",
                after,
            )
        )
        for fname, same in groupby(rows, key=itemgetter(0)):
            found = []
            for _fname, mimetype, ids in same:
                for kind, identifier in self._read_stored(fname, mimetype, scan):
                    found += [
                        self._prepare_hit(
                            "ir_attachment", "datas", None, row_id, kind, identifier
                        )
                        for row_id in ids
                    ]
            yield fname, found

    @api.model
    def _sweep_orphans(self, identifiers):
        """Return the places in files that no attachment names any more."""
        attachments = self.env["ir.attachment"]
        if attachments._storage() != "file" or not identifiers:
            return []
        scan = Scanner(identifiers)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT store_fname FROM ir_attachment")
        )
        known = {row[0] for row in rows}
        root = attachments._filestore()
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name != "checklist"]
            for name in names:
                path = os.path.join(folder, name)
                fname = os.path.relpath(path, root)
                if fname in known:
                    continue
                for kind, identifier in self._read_orphan(path, scan):
                    hit = self._prepare_hit(
                        "filestore", None, None, None, kind, identifier
                    )
                    found.append({**hit, "fname": fname})
        return found
