import logging
import os
import re

import psycopg2

from odoo import api, models
from odoo.tools import SQL, split_every

from ...core.datamap import filetext
from ...core.datamap.normalise import phone_digits
from ...core.datamap.redaction import searcher

_logger = logging.getLogger(__name__)

TEXT_TYPES = ("text", "varchar", "bpchar", "json", "jsonb", "_text", "_varchar", "xml")
IDENTIFIERS_PER_QUERY = 200
# One table may not hold up the night
SECONDS_PER_TABLE = 1800
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
        :return: list of ``{"table", "column", "type", "id", "kind", "identifier"}``;
            ``id`` is None in a table without one. A table that could not be read has
            one entry of kind ``unread`` and no identifier.
        """
        identifiers = list(dict.fromkeys(identifiers))
        if not identifiers:
            return []
        self.env.flush_all()
        found = []
        for table, columns in self._get_text_columns().items():
            found += self._sweep_table(table, columns, identifiers)
        return found

    @api.model
    def _get_text_columns(self):
        """Return ``{table: {column: type}}`` of all tables, with or without model."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.relname, a.attname, t.typname
                  FROM pg_class c
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                       AND NOT a.attisdropped
                  JOIN pg_type t ON t.oid = a.atttypid
                 WHERE c.relnamespace = current_schema::regnamespace
                   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                   AND t.typname IN %s
                 ORDER BY c.relname, a.attnum
                """,
                TEXT_TYPES,
            )
        )
        tables = {}
        for table, column, typname in rows:
            if table not in self._get_skipped_tables():
                tables.setdefault(table, {})[column] = typname
        return tables

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

    def _sweep_table(self, table, columns, identifiers):
        found = []
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL("SET LOCAL statement_timeout = %s", SECONDS_PER_TABLE * 1000)
                )
                for some in split_every(IDENTIFIERS_PER_QUERY, identifiers, list):
                    found += self._read_table(table, columns, some)
                self.env.cr.execute(SQL("SET LOCAL statement_timeout = 0"))
        except psycopg2.Error as error:
            _logger.warning("the sweep cannot read %s: %s", table, error.pgcode)
            return [self._prepare_hit(table, None, None, None, UNREAD)]
        return found

    def _read_table(self, table, columns, identifiers):
        row_id = self._get_row_id(table)
        texts = SQL(", ").join(
            SQL("(%s, %s, t.%s::text)", name, typname, SQL.identifier(name))
            for name, typname in columns.items()
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT %(row_id)s, v.name, v.type, v.text
                  FROM %(table)s t
            CROSS JOIN LATERAL (VALUES %(texts)s) AS v (name, type, text)
                 WHERE v.text IS NOT NULL AND (%(condition)s)
                """,
                row_id=row_id,
                table=SQL.identifier(table),
                texts=texts,
                condition=self._get_condition(identifiers),
            )
        )
        search = searcher(identifiers)
        found = []
        while rows := self.env.cr.fetchmany(500):
            for res_id, column, typname, text in rows:
                found += [
                    self._prepare_hit(table, column, typname, res_id, None, identifier)
                    for identifier in search(text)
                ]
        return found

    def _get_row_id(self, table):
        has_id = self.env.execute_query(
            SQL(
                """SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                    WHERE c.relname = %s AND a.attname = 'id'
                      AND c.relnamespace = current_schema::regnamespace
                      AND a.atttypid = 'int4'::regtype""",
                table,
            )
        )
        return SQL("t.id") if has_id else SQL("NULL::int")

    def _get_condition(self, identifiers):
        """Return a condition on ``v.text`` that no true hit escapes.

        Alternatives of a regular expression cost one reading of the text, however
        many they are.
        """
        plain, digits, compact, words = set(), set(), set(), []
        for identifier in identifiers:
            value = identifier.value.lower()
            if identifier.kind in ("email", "login"):
                plain.add(value.rpartition("@")[0].split("+")[0] or value)
            elif identifier.kind == "phone":
                digits.add(phone_digits(value))
            elif identifier.kind in ("vat", "iban"):
                compact.add(re.sub(r"[\W_]", "", value))
            else:
                words.append(value.partition("|")[0])
        conditions = []
        if plain:
            conditions.append(SQL("lower(v.text) ~ %s", self._any_of(plain)))
        if digits:
            conditions.append(
                SQL(
                    "translate(replace(replace(v.text, '&nbsp;', ''), '(0)', ''),"
                    " E' .-/()\t\n\r\u00a0\u202f', '') ~ %s",
                    self._any_of(digits),
                )
            )
        if compact:
            conditions.append(
                SQL(
                    "translate(lower(replace(v.text, '&nbsp;', '')),"
                    " E' .-_/\t\n\r\u00a0\u202f', '') ~ %s",
                    self._any_of(compact),
                )
            )
        conditions += [self._get_words_condition(text) for text in words]
        return SQL(" OR ").join(conditions)

    def _any_of(self, values):
        return "|".join(
            re.sub(r"([^\w@])", r"\\\1", value) for value in sorted(values)
        )

    def _get_words_condition(self, text):
        """A folded text: its plain letters in order, whatever the accents are."""
        words = re.findall(r"[^\W_]+", text)
        # Without unaccent everywhere: a letter that may carry an accent is any one
        plain = [re.sub(r"[aceinouyzls]", "_", word) for word in words]
        return SQL(
            "(%s)",
            SQL(" AND ").join(SQL("lower(v.text) LIKE %s", f"%{w}%") for w in plain),
        )

    def _prepare_hit(self, table, column, typname, res_id, kind, identifier=None):
        return {
            "table": table,
            "column": column,
            "type": typname,
            "id": res_id,
            "kind": kind or identifier.kind,
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
            Damaged and
            encrypted files cannot be read: those of the person are erased whatever
            they hold
        """
        identifiers = list(dict.fromkeys(identifiers))
        if not identifiers:
            return []
        search = searcher(identifiers)
        # sudo: ir.attachment - files of any company and of hidden fields
        attachments = self.env["ir.attachment"].sudo()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT store_fname, mimetype, array_agg(id)
                     FROM ir_attachment
                    WHERE store_fname IS NOT NULL
                      AND COALESCE(url, '') NOT LIKE '/web/assets/%%'
                    GROUP BY store_fname, mimetype"""
            )
        )
        found = []
        for fname, mimetype, ids in rows:
            if filetext.is_readable(mimetype):
                data = attachments._file_read(fname)
                for kind, identifier in self._read_file(data, mimetype, search):
                    found += [
                        self._prepare_hit(
                            "ir_attachment", "datas", None, row_id, kind, identifier
                        )
                        for row_id in ids
                    ]
        return found + self._sweep_orphans(search)

    def _read_file(self, data, mimetype, search):
        """Return ``[(kind, identifier)]`` found in the content of one file."""
        try:
            text = filetext.read(data, mimetype)
        except filetext.UnreadableFileError:
            return []
        return [(identifier.kind, identifier) for identifier in search(text)]

    def _sweep_orphans(self, search):
        """Files of the disk that no attachment names any more."""
        attachments = self.env["ir.attachment"]
        if attachments._storage() != "file":
            return []
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
                with open(path, "rb") as stream:
                    data = stream.read()
                for kind, identifier in self._read_file(data, "text/plain", search):
                    hit = self._prepare_hit(
                        "filestore", None, None, None, kind, identifier
                    )
                    found.append({**hit, "fname": fname})
        return found
