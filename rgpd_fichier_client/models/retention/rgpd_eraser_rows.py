import json
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, split_every

from ..datamap.quoted import quote, quoted
from ..journal.sql_array import int_array, text_array

# What replaces a text that cannot be empty. The pseudonym has a random end, drawn by
# the database for each row and derived from nothing (law.md 10).
ERASED_LABEL = "[effacé]"
PSEUDONYM_PREFIX = "Personne effacée "
UNIQUE_PREFIX = "erased-"
ROWS_PER_UPDATE = 5000


class RgpdEraserRows(models.AbstractModel):
    """Overwrite, redact or delete rows of any model, set-based.

    Values are overwritten in SQL, so that no tracking, mail or automation sees the old
    or the new value; then the ORM is told which fields changed, and recomputes what it
    stores from them.
    """

    _name = "rgpd.eraser.rows"
    _description = "Masking of Rows"

    # === MASKING === #

    @api.model
    def _mask(self, plan, ids):
        """Overwrite the columns of a plan on these rows."""
        model = self.env[plan.model]
        names, values = [], {}
        for code, fnames in plan.columns.items():
            for name in fnames:
                field = model._fields.get(name)
                if field is None or not field.store:
                    continue
                if field.type == "many2many":
                    self._clear_many2many(field, ids)
                elif field.column_type:
                    self.env["rgpd.erased.group"]._count(field, code, ids)
                    values[name] = self._sql_value(code, field)
                names.append(name)
        if plan.is_archived:
            values["active"] = SQL("FALSE")
            names.append("active")
        settled = self._overwrite(plan, values, ids) if values else {}
        self._tell_orm(model, ids, names, settled)

    def _overwrite(self, plan, values, ids):
        """Write values on rows, in SQL.

        :param values: ``{column: SQL}``
        :return: ``{stored computed field: ids}``, those that are right already
        """
        table = SQL.identifier(self.env[plan.model]._table)
        assignments = self._prepare_assignments(values)
        for chunk in split_every(ROWS_PER_UPDATE, ids, list):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    table,
                    assignments,
                    int_array(chunk),
                )
            )
        return {}

    def _prepare_assignments(self, values):
        return SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )

    def _clear_many2many(self, field, ids):
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                int_array(ids),
            )
        )

    def _sql_value(self, code, field):
        """SQL expression that replaces the value of a column."""
        column = SQL.identifier(field.name)
        random = SQL("replace(gen_random_uuid()::text, '-', '')")
        pseudonym = SQL("%s || upper(left(%s, 10))", PSEUDONYM_PREFIX, random)
        if field.type in ("date", "datetime") and code == "year":
            year = SQL("date_trunc('year', %s)", column)
            return self._only_in_large_groups(code, field, year)
        if code == "zero":
            return SQL("false") if field.type == "boolean" else SQL("0")
        if code == "department":
            department = self.env["rgpd.erased.group"]._get_department_sql(column)
            return self._only_in_large_groups(code, field, department)
        return {
            "label": SQL("%s", ERASED_LABEL),
            "label_json": SQL("jsonb_build_object('en_US', %s::text)", ERASED_LABEL),
            "pseudonym": pseudonym,
            "pseudonym_json": SQL("jsonb_build_object('en_US', %s)", pseudonym),
            "unique": SQL("%s || %s", UNIQUE_PREFIX, random),
        }.get(code, SQL("NULL"))

    # === GROUPS LARGE ENOUGH === #

    def _only_in_large_groups(self, code, field, value):
        """Return the generalised value, empty where few erased persons share it.

        Whoever is the only one of a department is singled out by it, whatever name
        they have (opinion 05/2014 of the Art. 29 working party).
        """
        groups = self.env["rgpd.erased.group"]
        large = groups._get_large(field, self._get_group_size())
        group = groups._get_group_sql(field, code)
        return SQL("CASE WHEN %s = ANY(%s) THEN %s END", group, large, value)

    @api.model
    def _get_group_size(self):
        """Return how many persons make a group; the strictest company decides."""
        # sudo: res.company - a setting, whoever erases
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        return max(companies.mapped("rgpd_group_size"))

    def _tell_orm(self, model, ids, names, settled=None):
        """Forget cached values and recompute what is stored from these fields.

        :param settled: see ``_overwrite``
        """
        names = [name for name in names if name in model._fields]
        if not names:
            return
        records = model.browse(ids)
        settled = settled or {}
        records.invalidate_recordset([*names, *settled], flush=False)
        records.modified(names)
        for name, some in settled.items():
            self.env.remove_to_compute(model._fields[name], model.browse(some))

    # === REDACTION === #

    @api.model
    def _redact(self, model_name, ids, names, redact):
        """Remove identifiers from texts; return the ids of the rows that changed.

        :param redact: function from the number of a row to what cleans its texts: a
            function from a text to the same text without the identifiers
        """
        model = self.env[model_name]
        columns = [
            name
            for name in names
            if name in model._fields
            and model._fields[name].store
            and model._fields[name].column_type
        ]
        if not columns or not ids:
            return set()
        changed = set()
        for chunk in split_every(ROWS_PER_UPDATE, ids, tuple):
            changed |= self._redact_chunk(model, chunk, columns, redact)
        self._tell_orm(model, list(changed), columns)
        return changed

    def _redact_chunk(self, model, ids, columns, redact):
        table = SQL.identifier(model._table)
        selected = SQL(", ").join(SQL.identifier(name) for name in columns)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                selected,
                table,
                int_array(ids),
            )
        )
        changed = {}
        for row_id, *values in rows:
            clean = redact(row_id)
            if not self._may_change(clean, values):
                continue
            vals = {
                name: new
                for name, old in zip(columns, values, strict=True)
                if old and (new := self._redact_value(old, clean)) != old
            }
            if vals:
                changed[row_id] = vals
        self._write_texts(model, changed)
        return set(changed)

    def _may_change(self, clean, values):
        """Tell at little cost whether one of the values of a row may change.

        :param clean: function that cleans a text; maybe one that can tell
        """
        texts = [value for value in values if value]
        if not hasattr(clean, "may_change") or not all(
            isinstance(text, str) for text in texts
        ):
            return True
        return bool(texts) and clean.may_change(texts)

    def _redact_value(self, value, redact):
        if isinstance(value, str):
            return redact(value)
        if isinstance(value, dict | list):
            # As the sweep reads it, with its keys and its numbers
            text = json.dumps(value, ensure_ascii=False)
            return json.loads(cleaned) if (cleaned := redact(text)) != text else value
        return value

    def _write_texts(self, model, changed):
        """Write cleaned texts as they are: nothing else of an HTML text changes.

        :param changed: ``{row: {column: value}}``
        """
        by_columns = defaultdict(list)
        for row_id, vals in changed.items():
            texts = [
                self._to_text(model._fields[n], value) for n, value in vals.items()
            ]
            by_columns[tuple(vals)].append((row_id, *texts))
        for names, rows in by_columns.items():
            ids, *columns = map(list, zip(*rows, strict=True))
            casts = [self._get_cast(model._fields[name]) for name in names]
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s t SET %(assignments)s"
                    " FROM unnest(%(ids)s, %(values)s) AS new (id, %(names)s)"
                    " WHERE t.id = new.id",
                    table=SQL.identifier(model._table),
                    assignments=SQL(", ").join(
                        SQL(
                            "%s = %s%s",
                            SQL.identifier(name),
                            SQL.identifier("new", name),
                            cast,
                        )
                        for name, cast in zip(names, casts, strict=True)
                    ),
                    ids=int_array(ids),
                    values=SQL(", ").join(map(text_array, columns)),
                    names=SQL(", ").join(map(SQL.identifier, names)),
                )
            )

    def _get_cast(self, field):
        """Return what makes the value of a column of a text."""
        return SQL("::jsonb") if field.column_type[0] == "jsonb" else SQL("")

    def _to_text(self, field, value):
        if field.column_type[0] == "jsonb":
            return json.dumps(value, ensure_ascii=False)
        # The mark may be longer than what it replaces
        return value[: field.size] if getattr(field, "size", None) else value

    @api.model
    def _redact_column(self, table, column, row_id, redact):
        """Redact one text of a table or column that no model knows."""
        names = quoted(table), quoted(column)
        rows = self.env.execute_query(
            SQL("SELECT %s::text FROM %s WHERE id = %s", names[1], names[0], row_id)
        )
        for (text,) in rows:
            if text and (cleaned := redact(text)) != text:
                self._assign_text(table, column, row_id, cleaned)

    def _assign_text(self, table, column, row_id, text):
        typname = self.env.execute_query(
            SQL(
                """SELECT format_type(atttypid, NULL) FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attname = %s""",
                quote(table),
                column,
            )
        )[0][0]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = CAST(%s AS %s) WHERE id = %s",
                quoted(table),
                quoted(column),
                text,
                SQL(typname),
                row_id,
            )
        )

    # === DELETION === #

    @api.model
    def _delete(self, model_name, ids):
        """Delete rows: in SQL where nothing else hangs on them, else by the ORM."""
        model = self.env[model_name]
        if model_name not in self._get_bare_models():
            model.browse(ids).exists().unlink()
            return
        for chunk in split_every(ROWS_PER_UPDATE, ids, list):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE id = ANY(%s)",
                    SQL.identifier(model._table),
                    int_array(chunk),
                )
            )
        model.invalidate_model(flush=False)

    @api.model
    def _get_bare_models(self):
        """Models whose rows may go in SQL: no file, no code and no row hangs on them.

        Hook for glue add-ons.
        """
        return {
            "mail.followers",
            "mail.notification",
            "mail.tracking.value",
            "mail.message.reaction",
            "mail.link.preview",
            "mail.message.link.preview",
            "res.device.log",
            "res.users.log",
        }
