from odoo import api, models
from odoo.tools import SQL, ormcache

from .sale_order import READ_ORDER

# Whatever the end of an order is computed from but the order itself: few rows each
TABLES_OF_RULES = (
    "rgpd_purpose",
    "rgpd_retention_rule",
    "rgpd_purpose_rgpd_retention_rule_rel",
    "rgpd_data_category",
    "rgpd_data_category_rgpd_retention_rule_rel",
    "rgpd_processing",
    "res_company",
)
MODELS_OF_RULES = (
    "rgpd.purpose",
    "rgpd.retention.rule",
    "rgpd.data.category",
    "rgpd.processing",
    "res.company",
)


class RgpdPurpose(models.Model):
    _inherit = "rgpd.purpose"

    @api.model
    def _get_rules_state_sql(self):
        """Return a text that is another one once a row of the rules is another one.

        Exact: the place and the transaction of each row change with any change of it,
        also twice within one transaction.
        """
        for name in MODELS_OF_RULES:
            self.env[name].flush_model()
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT hashtextextended(concat(%s::text, ctid, xmin), 0) FROM %s",
                table,
                SQL.identifier(table),
            )
            for table in TABLES_OF_RULES
        )
        return SQL("(SELECT concat(count(*), ' ', sum(h)) FROM (%s) t (h))", rows)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _read_rgpd_rows(self):
        """Return ``{id: {name: value}}`` of saved orders, in one statement.

        It tells as well by which rules it was made: they are made into expressions
        again only when the rules, the day or the companies are other ones.
        """
        if not self:
            return {}
        for name in self._get_rgpd_read_models():
            self.env[name].flush_model()
        today = self.env["rgpd.reason"]._get_today()
        state_sql = self.env["rgpd.purpose"]._get_rules_state_sql()
        memo = self._get_rgpd_rules_memo()
        state = memo.get("state") or self._read_rgpd_state(state_sql)
        while True:
            names, query = self.with_context(active_test=True)._get_rgpd_kept_query(
                state, today, tuple(self.env.companies.ids)
            )
            rows = self.env.execute_query(
                # Of the table itself: a condition on what is read once per order
                # would come after all orders were read
                SQL(
                    "SELECT %s, %s WHERE sale_order.id IN %s",
                    state_sql,
                    query,
                    self._ids,
                )
            )
            if not rows or rows[0][0] == state:
                memo["state"] = state
                return {row[1]: dict(zip(names, row[2:], strict=True)) for row in rows}
            state = rows[0][0]

    @api.model
    def _read_rgpd_state(self, state_sql):
        return self.env.execute_query(SQL("SELECT %s", state_sql))[0][0]

    @api.model
    @ormcache()
    def _get_rgpd_rules_memo(self):
        """Return a dict that this process keeps: the last state of the rules."""
        return {}

    @api.model
    def _get_rgpd_read_models(self):
        """Return the models whose rows the statement reads."""
        return ["sale.order", "account.move", "rgpd.hold", "rgpd.subject"]

    @api.model
    def _get_rgpd_read_columns(self, ends):
        """Return ``{name: SQL}`` of what the form of an order shows.

        :param ends: see ``_get_rgpd_ends_sql``
        """
        return {
            "rgpd_legal_basis": self._get_rgpd_basis_sql(READ_ORDER),
            "rgpd_phase": self._get_rgpd_phase_sql(READ_ORDER, ends),
            "rgpd_date_last_contact": self._get_rgpd_contact_sql(READ_ORDER),
            "rgpd_date_retention": ends["archive"],
        }

    @api.model
    @ormcache("state", "today", "companies")
    def _get_rgpd_kept_query(self, state, today, companies):
        """Return the names of the columns, and the query without its condition.

        The same expressions as for searches and groups. Those that occur in many
        others come from a row of their own, which is read once and planned once.
        """
        ends = {
            period: SQL.identifier("rgpd_ends", period)
            for period in ("active", "archive")
        }
        columns = self._get_rgpd_read_columns(ends)
        query = SQL(
            """%(id)s, %(columns)s
                 FROM sale_order
                CROSS JOIN LATERAL (
                      SELECT sale_order.*, %(invoiced)s AS rgpd_invoiced,
                             %(held)s AS rgpd_held, %(contact)s AS rgpd_contact
                      OFFSET 0) %(read)s
                CROSS JOIN LATERAL (
                      SELECT %(active)s AS active, %(archive)s AS archive
                      OFFSET 0) rgpd_ends""",
            id=SQL.identifier(READ_ORDER, "id"),
            columns=SQL(", ").join(columns.values()),
            invoiced=self._get_rgpd_invoice_sql("sale_order"),
            held=self._get_rgpd_held_sql("sale_order"),
            contact=self._get_rgpd_contact_sql("sale_order"),
            read=SQL.identifier(READ_ORDER),
            **self._get_rgpd_ends_sql(READ_ORDER),
        )
        return list(columns), query
