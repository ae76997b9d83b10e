from odoo import api, models
from odoo.tools import SQL, ormcache

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
    def _get_rules_state(self):
        """Return a text that is another one once a row of the rules is another one.

        In one statement, and exact: the place and the transaction of each row change
        with any change of it, also twice within one transaction.
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
        return self.env.execute_query(
            SQL("SELECT concat(count(*), ' ', sum(h)) FROM (%s) t (h)", rows)
        )[0][0]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_rgpd_columns_sql(self, alias, names):
        """Return the expressions of the fields that follow from the life of an order.

        A form asks for them each time it is opened: they are made again only when the
        rules or the day are other ones.
        """
        return self.with_context(active_test=True)._get_rgpd_kept_columns(
            alias,
            tuple(names),
            self.env["rgpd.purpose"]._get_rules_state(),
            self.env["rgpd.reason"]._get_today(),
        )

    @api.model
    @ormcache("alias", "names", "state", "today")
    def _get_rgpd_kept_columns(self, alias, names, state, today):
        ends = self._get_rgpd_ends_sql(alias)
        columns = {
            "rgpd_legal_basis": self._get_rgpd_basis_sql(alias),
            "rgpd_phase": self._get_rgpd_phase_sql(alias, ends),
            "rgpd_date_last_contact": self._get_rgpd_contact_sql(alias),
            "rgpd_date_retention": ends["archive"],
        }
        return SQL(", ").join(columns[name] for name in names)
