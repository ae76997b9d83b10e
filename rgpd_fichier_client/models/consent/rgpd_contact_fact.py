from odoo import api, models
from odoo.tools import SQL

from ...core.consent.gate import Facts


class RgpdContactFact(models.AbstractModel):
    """What orders and calls say about a person, for the gate; hooks for others."""

    _name = "rgpd.contact.fact"
    _description = "Facts for the contact gate"

    @api.model
    def _get(self, records, company):
        """Return ``{res_id: Facts}`` for records of any anchor model.

        Orders are those of the company that asks: condition 2 of the soft opt-in
        (the same legal person sells and sends).
        """
        if records._name != "res.partner":
            return {}
        orders = self._get_orders(records, company)
        calls = self._get_calls(records)
        result = {}
        for res_id in records.ids:
            last, offered, is_current = orders.get(res_id, (None, False, False))
            result[res_id] = Facts(
                ordered_on=last,
                objection_offered=bool(offered),
                current_contract=bool(is_current),
                calls=tuple(calls.get(res_id, ())),
            )
        return result

    @api.model
    def _get_orders(self, partners, company):
        """Return ``{partner_id: (last order, objection offered, in progress)}``.

        In progress: confirmed and not yet invoiced in full.
        """
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, MAX(date_order)::date,
                       BOOL_OR(rgpd_objection_offered),
                       BOOL_OR(invoice_status IN ('no', 'to invoice'))
                  FROM sale_order
                 WHERE state = 'sale' AND company_id = %s AND partner_id = ANY(%s)
                 GROUP BY partner_id
                """,
                company.id,
                list(partners.ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _get_calls(self, partners):
        """Return ``{partner_id: [moment]}`` of the calls logged as done."""
        self.env["mail.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.res_id, ARRAY_AGG(m.date)
                  FROM mail_message m
                  JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
                 WHERE m.model = 'res.partner' AND t.category = 'phonecall'
                   AND m.res_id = ANY(%s)
                   AND m.date > (now() AT TIME ZONE 'UTC') - INTERVAL '366 days'
                 GROUP BY m.res_id
                """,
                list(partners.ids),
            )
        )
        return dict(rows)
