import json

from odoo import api, models
from odoo.tools import SQL

# What a rule says of a field
RULED = ("category_id", "status", "reason_not_personal", "strength", "strategy")


class RgpdDataMap(models.AbstractModel):
    """What rules that know more say of a field that those before did not know."""

    _inherit = "rgpd.data.map"

    @api.model
    def _rule_again(self, rows):
        """Classify the fields found before that no rule knew and nobody shipped.

        What the company decided stays what counts.

        :param rows: what the rules say now, see ``_prepare_field_rows``
        """
        known = [row for row in rows if row["status"] != "unclassified"]
        status = SQL("COALESCE(f.status_override, n.status)")
        self.env.cr.execute(
            SQL(
                """
                UPDATE rgpd_data_field f
                   SET %(ruled)s, provided_by_person = n.provided_by_person,
                       is_identifier = n.strength <> 'none',
                       effective_status = %(status)s,
                       effective_category_id = CASE WHEN %(status)s <> 'not_personal'
                           THEN COALESCE(f.category_override_id, n.category_id) END,
                       effective_strategy = CASE WHEN %(status)s <> 'not_personal'
                           THEN COALESCE(f.strategy_override, n.strategy)
                           ELSE 'keep' END
                  FROM jsonb_to_recordset(%(rows)s) AS n (
                       model varchar, name varchar, category_id int4, status varchar,
                       reason_not_personal varchar, strength varchar,
                       strategy varchar, provided_by_person bool)
                 WHERE f.model = n.model AND f.name = n.name
                   AND f.origin = 'rule' AND f.status = 'unclassified'
                """,
                ruled=SQL(", ").join(
                    SQL("%s = n.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in RULED
                ),
                status=status,
                rows=json.dumps(known),
            )
        )
