import json

from odoo import api, models
from odoo.tools import SQL, split_every

from ...core.retention import erasure_plan, erasure_scope
from ...core.retention import vault as core_vault
from .rgpd_eraser_rows import ROWS_PER_UPDATE

# What changes on a file that goes to the archive; its content stays on the disk
FILE_COLUMNS = [
    "name",
    "description",
    "index_content",
    "access_token",
    "public",
    "res_model",
    "res_id",
]


class RgpdVaultRows(models.AbstractModel):
    """The masking of rows, with the words of the archive."""

    _name = "rgpd.vault.rows"
    _inherit = "rgpd.eraser.rows"
    _description = "Emptying of Rows for the Archive"

    def _sql_value(self, code, field):
        if code in ("label", "pseudonym"):
            return SQL("%s", core_vault.MARK)
        if code in ("label_json", "pseudonym_json"):
            return SQL("jsonb_build_object('en_US', %s::text)", core_vault.MARK)
        if code in ("year", "department"):
            return SQL("NULL")
        return super()._sql_value(code, field)


class RgpdVaultWork(models.AbstractModel):
    """Take values out of the active tables, and put them back.

    The plan is that of the eraser (same map, same scope, same rules): what an erasure
    would mask is read first, then masked. Links and rows stay, so that everything can
    come back and statistics do not move.
    """

    _name = "rgpd.vault.work"
    _inherit = "rgpd.eraser.work"
    _description = "Work of the Intermediate Archive"

    # === LEAVING === #

    @api.model
    def _move_scope(self, scope):
        """Empty the rows of persons.

        :rtype: odoo.addons.rgpd_fichier_client.core.retention.vault.Moved
        """
        report = erasure_scope.Report(scope.owners, {s.id: {} for s in scope.subjects})
        work = self._prepare_work(scope, (), report)
        work["moved"] = core_vault.Moved()
        for model in self._get_order(scope):
            if model in core_vault.STAYING_MODELS:
                continue
            for action, ids in scope.rows[model].items():
                handler = self._get_handlers().get(model, "_erase_rows")
                getattr(self, handler)(work, model, action, ids)
        self._erase_anchors(work)
        return work["moved"]

    def _get_handlers(self):
        return {
            "res.users": "_stay",
            # Moved as files, once the vault has a number
            "ir.attachment": "_stay",
            "mail.message": "_erase_messages",
            "mail.tracking.value": "_move_tracking",
        }

    def _stay(self, work, model, action, ids):
        """Nothing of these rows leaves."""

    def _erase_rows(self, work, model, action, ids):
        scope = work["scope"]
        if scope.documents.get(model) == erasure_scope.ACCOUNTING:
            return
        if action in (erasure_plan.KEEP, erasure_plan.UNLINK):
            return
        action = core_vault.action_to_move(action)
        plan = erasure_plan.plan_model(model, action, self._get_rules(model), set())
        self._execute(work, plan, ids)

    def _move_tracking(self, work, model, action, ids):
        """Old values in the history of a record are texts about the person too."""
        values = self.env[model].browse(ids).exists()
        protected = self._get_protected_messages(work, values.mail_message_id.ids)
        values = values.filtered(lambda v: v.mail_message_id.id not in protected)
        names = ("old_value_char", "new_value_char", "old_value_text", "new_value_text")
        anchors = work["scope"].get_anchor_models()
        own = values.filtered(lambda v: v.mail_message_id.model in anchors)
        if own:
            plan = erasure_plan.ModelPlan(model, erasure_plan.MASK, {"null": names})
            self._execute(work, plan, own.ids)
        others = values - own
        if others:
            plan = erasure_plan.ModelPlan(model, erasure_plan.REDACT, redacted=names)
            self._execute(work, plan, others.ids)

    def _get_protected_messages(self, work, ids):
        """What the audit trail of accounting guards is not touched, ever."""
        Message = self.env["mail.message"]
        if "account_audit_log_restricted" not in Message._fields:
            return set()
        found = Message.search(
            [("id", "in", list(ids)), ("account_audit_log_restricted", "=", True)]
        )
        return set(found.ids)

    def _get_rules(self, model, whole=False):
        rules = super()._get_rules(model, whole)
        # It may be the voucher of a document that stays, and large: the erasure decides
        known = self.env["rgpd.data.map"]._get_fields(model)
        rules = erasure_plan.keep_unjudged_files(rules, known)
        return core_vault.rules_to_move(model, rules)

    def _execute(self, work, plan, ids):
        """Read what the plan takes, take it, and note both."""
        columns = self._get_columns(plan)
        ids = sorted(ids)
        if not columns or not ids:
            return
        before = self._read_texts(plan.model, ids, columns)
        rows = self.env["rgpd.vault.rows"]
        if plan.redacted:
            redact = work["redact"].of_model(plan.model)
            rows._redact(plan.model, ids, plan.redacted, redact)
        empty = {**plan.columns}
        files = tuple(n for n in plan.files if n in columns)
        if files:
            empty["null"] = (*empty.get("null", ()), *files)
        if empty:
            rows._mask(
                erasure_plan.ModelPlan(plan.model, erasure_plan.MASK, empty), ids
            )
        after = self._read_texts(plan.model, ids, columns)
        self._note(work, plan.model, before, after)

    def _get_columns(self, plan):
        """Columns of the table and many2many that the plan takes."""
        names = [name for some in plan.columns.values() for name in some]
        known = self.env[plan.model]._fields
        return [
            name
            for name in dict.fromkeys([*names, *plan.redacted, *plan.files])
            if name in known
            and known[name].store
            and (known[name].column_type or known[name].type == "many2many")
        ]

    def _note(self, work, model, before, after):
        categories = {
            name: field.category
            for name, field in self.env["rgpd.data.map"]._get_fields(model).items()
        }
        owners = work["scope"].owners
        for (row_id, column), text in before.items():
            now = after.get((row_id, column))
            persons = owners.get((model, row_id))
            if text == now or text is None or not persons:
                continue
            category = categories.get(column) or "correspondence"
            person = min(persons)
            work["moved"].add(person, category, model, column, row_id, text, now)

    def _read_texts(self, model_name, ids, columns):
        """Return ``{(row, column): text}``; many2many as a list of numbers."""
        model = self.env[model_name]
        plain = [name for name in columns if model._fields[name].column_type]
        texts = {}
        for chunk in split_every(ROWS_PER_UPDATE, ids, tuple):
            if plain:
                selected = SQL(", ").join(
                    SQL("%s::text", SQL.identifier(name)) for name in plain
                )
                rows = self.env.execute_query(
                    SQL(
                        "SELECT id, %s FROM %s WHERE id IN %s",
                        selected,
                        SQL.identifier(model._table),
                        chunk,
                    )
                )
                for row_id, *values in rows:
                    for name, value in zip(plain, values, strict=True):
                        texts[row_id, name] = value
            for name in set(columns) - set(plain):
                texts.update(self._read_many2many(model._fields[name], chunk))
        return texts

    def _read_many2many(self, field, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT %(here)s, json_agg(%(there)s ORDER BY %(there)s)::text"
                " FROM %(table)s WHERE %(here)s IN %(ids)s GROUP BY 1",
                here=SQL.identifier(field.column1),
                there=SQL.identifier(field.column2),
                table=SQL.identifier(field.relation),
                ids=ids,
            )
        )
        return {(row_id, field.name): text for row_id, text in rows}

    def _is_archived(self, model, codes):
        """An archived person is no inactive record: the document stays readable."""
        return False

    def _cut(self, work, link, ids):
        """Links stay: they say nothing while the person is masked."""

    def _keep(self, work, model, ids, note, category):
        """No certificate here: nothing is erased."""

    def _delete_field_files(self, work, plan, ids):
        """Images move with the files of the person."""

    def _get_redactor(self, scope):
        return erasure_scope.RowRedactor(
            scope.to_redact(), scope.owners, core_vault.MARK
        )

    # === COMING BACK === #

    @api.model
    def _put_back(self, content):
        """Write values back where nobody wrote anything since.

        :param content: ``{model: {column: [[row, before, fingerprint]]}}``
        """
        # What waits to be written is newer
        self.env.flush_all()
        for model_name, columns in content.items():
            model = self.env.get(model_name)
            if model is None:
                continue
            ids = set()
            for name, rows in columns.items():
                field = model._fields.get(name)
                if field is None or not field.store:
                    continue
                if field.type == "many2many":
                    self._put_links_back(field, rows)
                else:
                    self._put_column_back(model, name, rows)
                ids |= {row[0] for row in rows}
            existing = model.browse(sorted(ids)).exists()
            self.env["rgpd.eraser.rows"]._tell_orm(model, existing.ids, list(columns))

    def _put_column_back(self, model, name, rows):
        kind = self.env.execute_query(
            SQL(
                """SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attname = %s""",
                f'"{model._table}"',
                name,
            )
        )
        if not kind:
            return
        column = SQL.identifier(name)
        for chunk in split_every(ROWS_PER_UPDATE, rows, list):
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s AS t SET %(column)s = v.before::%(kind)s
                      FROM jsonb_to_recordset(%(rows)s::jsonb)
                           AS v (id int, before text, after text)
                     WHERE t.id = v.id
                       AND md5(t.%(column)s::text) IS NOT DISTINCT FROM v.after
                    """,
                    table=SQL.identifier(model._table),
                    column=column,
                    kind=SQL(kind[0][0]),
                    rows=json.dumps(
                        [
                            {"id": row_id, "before": before, "after": after}
                            for row_id, before, after in chunk
                        ]
                    ),
                )
            )

    def _put_links_back(self, field, rows):
        pairs = [
            (row_id, other)
            for row_id, text, _after in rows
            for other in json.loads(text)
        ]
        comodel = SQL.identifier(self.env[field.comodel_name]._table)
        own = SQL.identifier(self.env[field.model_name]._table)
        for chunk in split_every(ROWS_PER_UPDATE, pairs, list):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(table)s (%(here)s, %(there)s)
                    SELECT v.a, v.b
                      FROM unnest(%(a)s::int[], %(b)s::int[]) AS v (a, b)
                      JOIN %(own)s o ON o.id = v.a JOIN %(other)s c ON c.id = v.b
                    ON CONFLICT DO NOTHING
                    """,
                    table=SQL.identifier(field.relation),
                    here=SQL.identifier(field.column1),
                    there=SQL.identifier(field.column2),
                    a=[pair[0] for pair in chunk],
                    b=[pair[1] for pair in chunk],
                    own=own,
                    other=comodel,
                )
            )

    # === FILES === #

    @api.model
    def _move_files(self, scope, vaults, moved):
        """Give the files of persons to their vault: only the archive reads them.

        Those of documents that accounting keeps stay where they are, and those that
        belong to several persons.
        """
        vault_of = {vault.subject_id.id: vault.id for vault in vaults}
        person_of, images = {}, set()
        for attachment in self._get_files(scope):
            persons = scope.owners.get(("ir.attachment", attachment.id), ())
            if len(persons) == 1 and vault_of.keys() >= persons:
                person_of[attachment.id] = min(persons)
                if attachment.res_field:
                    images.add(attachment.id)
        if not person_of:
            return
        ids = sorted(person_of)
        before = self._read_texts("ir.attachment", ids, FILE_COLUMNS)
        self._give_files(ids, [vault_of[person_of[row_id]] for row_id in ids])
        after = self._read_texts("ir.attachment", ids, FILE_COLUMNS)
        for (row_id, column), text in before.items():
            now = after[row_id, column]
            if text != now and text is not None:
                category = "image" if row_id in images else "file"
                moved.add(
                    person_of[row_id],
                    category,
                    "ir.attachment",
                    column,
                    row_id,
                    text,
                    now,
                )

    def _get_files(self, scope):
        """Files that hang on the record of a person, images included."""
        anchors = scope.get_anchor_models()
        ids = [
            row_id
            for some in scope.rows.get("ir.attachment", {}).values()
            for row_id in some
        ]
        attachments = self.env["ir.attachment"].browse(ids).exists()
        return attachments.filtered(lambda a: a.res_model in anchors)

    def _give_files(self, ids, vault_ids):
        """Hang files on vaults, number by number."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE ir_attachment t
                   SET res_model = 'rgpd.vault', res_id = v.vault_id, name = %s,
                       public = FALSE, description = NULL, index_content = NULL,
                       access_token = NULL
                  FROM unnest(%s::int[], %s::int[]) AS v (id, vault_id)
                 WHERE t.id = v.id
                """,
                core_vault.MARK,
                ids,
                vault_ids,
            )
        )
        self.env["ir.attachment"].browse(ids).invalidate_recordset(flush=False)

    @api.model
    def _delete_files(self, vaults, codes):
        """Delete the files of archives whose last reason has ended."""
        files = (
            self.env["ir.attachment"]
            .search(
                [
                    ("res_model", "=", "rgpd.vault"),
                    ("res_id", "in", vaults.ids),
                    # Named, or Odoo would leave the images out
                    "|",
                    ("res_field", "=", False),
                    ("res_field", "!=", False),
                ]
            )
            .filtered(lambda a: ("image" if a.res_field else "file") in codes)
        )
        self.env["rgpd.eraser.file"]._delete(files.ids)
