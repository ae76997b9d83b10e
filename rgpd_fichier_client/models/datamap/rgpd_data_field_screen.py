import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

DECISIONS = ("category_override_id", "status_override", "strategy_override")
# A table that takes longer keeps its former numbers: people are working meanwhile.
COUNT_TIMEOUT = "20s"


class RgpdDataField(models.Model):
    """What the screens of the map add: decisions in the evidence, and counts."""

    _inherit = "rgpd.data.field"

    is_decided = fields.Boolean(
        string="Decided here",
        compute="_compute_is_decided",
        store=True,
        help="The company decided otherwise than the shipped map.",
    )
    is_sensitive = fields.Boolean(related="effective_category_id.is_sensitive")
    model_id = fields.Many2one(
        "ir.model",
        string="Records of",
        readonly=True,
        index=True,
        ondelete="set null",
        help="The model by its name; filled when the map is drawn.",
    )
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        help="Records of the model, when they were last counted. Those of a model are "
        "counted once, however many of its fields are added up.",
    )
    filled_count = fields.Integer(
        string="Filled values",
        readonly=True,
        help="Records where this field holds something, when they were last counted.",
    )
    count_date = fields.Datetime(string="Counted on", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends(*DECISIONS)
    def _compute_is_decided(self):
        for field in self:
            field.is_decided = any(field[name] for name in DECISIONS)

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep in the evidence what the company decides about its data."""
        decided = [name for name in DECISIONS if name in vals]
        before = {field: field._get_decision() for field in self} if decided else {}
        result = super().write(vals)
        items = [
            (None, {"field": field.display_name, "before": old, "after": new})
            for field, old in before.items()
            if (new := field._get_decision()) != old
        ]
        if items:
            self.env["rgpd.journal"]._record_many("map.decided", items, company=False)
        return result

    def _get_decision(self):
        return {
            "category": self.category_override_id.code or None,
            "status": self.status_override or None,
            "masking": self.strategy_override or None,
        }

    # === READING === #

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Add up the records of each model once, and not once for each field."""
        if aggregate_spec != "record_count:sum":
            return super()._read_group_select(aggregate_spec, query)
        # Two sums over distinct values: with a number of the model far above any
        # count, and that number alone; their difference is left
        model = SQL(
            "(hashtextextended(%s, 0)::numeric * 10000000000)",
            self._field_to_sql(self._table, "model", query),
        )
        count = SQL(
            "COALESCE(%s, 0)", self._field_to_sql(self._table, "record_count", query)
        )
        return SQL(
            "(sum(DISTINCT %(model)s + %(count)s) - sum(DISTINCT %(model)s))::bigint",
            model=model,
            count=count,
        )

    # === ACTION METHODS === #

    def action_count(self):
        """Count the records and the filled values of the fields, or of all of them.

        :raise AccessError: for anyone but the DPO, who alone may read every table
        """
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO can count the values."))
        rows = self or self.search([("is_present", "=", True)])
        late = [
            model
            for model, model_fields in rows.grouped("model").items()
            if not model_fields._count_values(model)
        ]
        message = self.env._("%(count)s fields were counted.", count=len(rows))
        if late:
            message = self.env._(
                "These models take too long and keep their former numbers: %(models)s",
                models=", ".join(sorted(late)),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if late else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _cron_count(self):
        """Count the values of every field once a week, model by model.

        What the register says is compared with what the database holds (Art. 5.1.c);
        a table that takes too long keeps its former numbers until the next time.
        """
        due = self.search(
            [
                ("is_present", "=", True),
                "|",
                ("count_date", "=", False),
                ("count_date", "<", "-6d"),
            ]
        ).grouped("model")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for model, rows in due.items():
            rows._count_values(model)
            if not cron._commit_progress(1):
                return

    def _count_values(self, model_name):
        """Count the values of these fields, all of one model, in one pass of its table.

        :return: False when there is no such table or it takes too long
        """
        model = self.env.get(model_name)
        if model is None or not model._auto or model._abstract:
            return False
        counted = {row: self._sql_filled(model, row.name) for row in self}
        columns = [SQL("count(*)"), *filter(None, counted.values())]
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL("SET LOCAL statement_timeout = %s", COUNT_TIMEOUT)
                )
                total, *numbers = self.env.execute_query(
                    SQL(
                        "SELECT %s FROM %s AS record",
                        SQL(", ").join(columns),
                        SQL.identifier(model._table),
                    )
                )[0]
                files = self._count_files(model)
                self.env.cr.execute(SQL("SET LOCAL statement_timeout = 0"))
        except psycopg2.errors.QueryCanceled:
            _logger.info("Counting the values of %s took too long", model_name)
            return False
        numbers = iter(numbers)
        self._store_counts(
            [
                (row.id, total, next(numbers) if sql else files.get(row.name, 0))
                for row, sql in counted.items()
            ]
        )
        return True

    def _sql_filled(self, model, name):
        """Return the SQL that counts the values of a field, None without a column."""
        field = model._fields.get(name)
        if field is None or not field.store:
            return None
        if field.type == "many2many":
            return SQL(
                "(SELECT count(DISTINCT %s) FROM %s)",
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
            )
        if not field.column_type:
            return None
        column = SQL.identifier("record", name)
        if field.type in ("char", "text", "html", "selection") and not (
            field.translate or field.company_dependent
        ):
            return SQL("count(NULLIF(%s, ''))", column)
        if field.type == "boolean" and not field.company_dependent:
            return SQL("count(*) FILTER (WHERE %s)", column)
        return SQL("count(%s)", column)

    def _count_files(self, model):
        """Return ``{field: number}`` of the files of the fields kept as attachments."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT res_field, count(DISTINCT res_id) FROM ir_attachment"
                    " WHERE res_model = %s AND res_field IS NOT NULL"
                    " GROUP BY res_field",
                    model._name,
                )
            )
        )

    def _store_counts(self, rows):
        """Store numbers without a rewrite of the map in every worker's cache."""
        ids, totals, numbers = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """
                UPDATE rgpd_data_field
                   SET record_count = item.total, filled_count = item.filled,
                       count_date = now() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS item (id, total, filled)
                 WHERE rgpd_data_field.id = item.id
                """,
                list(ids),
                list(totals),
                list(numbers),
            )
        )
        self.invalidate_recordset(["record_count", "filled_count", "count_date"])
