import psycopg2

from odoo import fields, models
from odoo.tools import SQL

from ...core.datamap import classify, propose
from .rgpd_data_field_screen import DECISIONS

# Values looked at to propose what a field holds; they are not kept.
SAMPLE = 200
SAMPLE_TIMEOUT = "2s"


class RgpdDataField(models.Model):
    """What the detection of changes needs to know of a field."""

    _inherit = "rgpd.data.field"

    drift_state = fields.Selection(
        [("seen", "Seen"), ("gone", "Gone")],
        string="When changes were last looked for",
        readonly=True,
        index=True,
    )
    drift_line_ids = fields.One2many("rgpd.drift.line", "field_id", readonly=True)

    def write(self, vals):
        """Close what was asked about the fields once they are decided anywhere."""
        result = super().write(vals)
        if any(vals.get(name) for name in DECISIONS):
            # sudo: rgpd.drift.line - whoever decides of the field has answered
            lines = self.sudo().drift_line_ids.filtered(
                lambda line: line.decision == "pending"
            )
            lines.filtered(lambda line: line.drift_id.kind == "new")._decide("other")
            lines.drift_id.sudo(self.env.su)._close()
        return result

    def _needs_look(self):
        """Tell whether a field that appeared looks personal and nobody judged it.

        A link to a person or a number is what it is; a text, a file or a date whose
        name alone spoke for it waits for the DPO.
        """
        self.ensure_one()
        if self.effective_status == "unclassified":
            return True
        return (
            self.effective_status == "classified"
            and self.origin == "rule"
            and not self.is_decided
            and (
                self.ttype in classify.FREE_TYPES
                or self.effective_category_id.code in classify.TYPED_RULES
            )
        )

    def _propose(self):
        """Return the values of the line that proposes what the field holds."""
        self.ensure_one()
        if self.effective_status == "classified":
            return {
                "proposed_category_id": self.effective_category_id.id,
                "proposed_strategy": self.effective_strategy,
                "ground": "rule",
            }
        found = propose.propose(self.name, self.label, self.ttype, self._get_sample())
        category = self.env["rgpd.data.category"].search(
            [("code", "=", found.category)], limit=1
        )
        return {
            "proposed_category_id": category.id,
            "proposed_strategy": found.strategy,
            "ground": found.ground,
        }

    def _get_sample(self):
        """Return some values of a text field; none when its table takes too long."""
        model = self.env.get(self.model)
        field = model._fields.get(self.name) if model is not None else None
        if field is None or field.type not in ("char", "text"):
            return []
        if field.translate or field.company_dependent or not field.column_type:
            return []
        column = SQL.identifier(self.name)
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL("SET LOCAL statement_timeout = %s", SAMPLE_TIMEOUT)
                )
                rows = self.env.execute_query(
                    SQL(
                        "SELECT left(%s, 200) FROM %s WHERE %s <> '' LIMIT %s",
                        column,
                        SQL.identifier(model._table),
                        column,
                        SAMPLE,
                    )
                )
                self.env.cr.execute(SQL("SET LOCAL statement_timeout = 0"))
        except psycopg2.errors.QueryCanceled:
            return []
        return [value for (value,) in rows]

    def _set_drift_state(self, drift_state, over):
        """Note that these fields were looked at, and close what no longer holds.

        :param over: kind of the rows whose question is settled by the change: a field
            that went needs no classification, one that came back is not missing
        """
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_data_field SET drift_state = %s WHERE id = ANY(%s)",
                drift_state,
                self.ids,
            )
        )
        self.invalidate_recordset(["drift_state"])
        # sudo: rgpd.drift.line - the database answered by itself
        lines = self.sudo().drift_line_ids.filtered(
            lambda line: line.decision == "pending" and line.drift_id.kind == over
        )
        lines._decide("noted")
        lines.drift_id._close()
