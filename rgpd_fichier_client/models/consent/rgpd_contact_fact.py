from odoo import api, fields, models
from odoo.tools import SQL

from ...core.consent.gate import Facts

# An order nobody ever closed is not a contract in progress for good.
CONTRACT_MONTHS = 24


class RgpdContactFact(models.AbstractModel):
    """What orders and calls say about a person, for the gate; hooks for others."""

    _name = "rgpd.contact.fact"
    _description = "Facts for the contact gate"

    @api.model
    def _get(self, records, partners, purpose_code, channel, company):
        """Return ``{res_id: Facts}`` for records of which anything is known.

        Orders are those of the company that asks: condition 2 of the soft opt-in
        (the same legal person sells and sends). Only what the purpose and the channel
        ask for is read.

        :param partners: ``{res_id: partner id}`` of records a partner stands for
        """
        partner_of = self._get_partner_ids(records, partners)
        orders, calls, refused = {}, {}, {}
        if purpose_code == "softoptin" or channel == "phone":
            orders = self._get_orders(set(partner_of.values()), company)
        if channel == "phone":
            calls = self._get_calls(records, partner_of)
            refused = self._get_refused_calls(records, partner_of, company)
        referred = self._get_referred(records) if purpose_code == "referral" else ()
        result = {}
        for res_id in records.ids:
            order = orders.get(partner_of.get(res_id))
            if not order and not any(res_id in x for x in (calls, refused, referred)):
                continue
            bought, offered, is_current = order or (None, False, False)
            result[res_id] = Facts(
                ordered_on=bought,
                objection_offered=offered,
                current_contract=is_current,
                calls=tuple(calls.get(res_id, ())),
                call_refused_on=refused.get(res_id),
                referred_once=res_id in referred,
            )
        return result

    @api.model
    def _get_partner_ids(self, records, partners):
        """Return ``{res_id: partner id}``, a contact being its own partner."""
        if records._name == "res.partner":
            return dict(zip(records.ids, records.ids, strict=True))
        return partners

    @api.model
    def _get_orders(self, partner_ids, company):
        """Return ``{partner_id: (last sale, objection offered, in progress)}``.

        A sale is a confirmed order or a posted invoice. In progress: something of the
        order is still to be delivered or invoiced, and it is not an old one.
        """
        if not partner_ids:
            return {}
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["account.move"].flush_model()
        months = self.env["rgpd.contact.rule"]._get_number(
            "contract_months", CONTRACT_MONTHS
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, MAX(sold_on), COALESCE(BOOL_OR(offered), FALSE),
                       COALESCE(BOOL_OR(is_current), FALSE)
                  FROM (
                SELECT o.partner_id, o.date_order::date AS sold_on,
                       o.rgpd_objection_offered AS offered,
                       o.date_order > %(now)s::timestamp
                                      - make_interval(months => %(months)s)
                       AND EXISTS (SELECT 1 FROM sale_order_line l
                                    WHERE l.order_id = o.id
                                      AND l.display_type IS NULL
                                      AND (l.qty_delivered < l.product_uom_qty
                                        OR l.qty_invoiced < l.product_uom_qty)
                       ) AS is_current
                  FROM sale_order o
                 WHERE o.state = 'sale' AND o.company_id = %(company)s
                   AND o.partner_id = ANY(%(ids)s)
             UNION ALL
                SELECT m.partner_id, m.invoice_date, FALSE, FALSE
                  FROM account_move m
                 WHERE m.state = 'posted' AND m.move_type = 'out_invoice'
                   AND m.company_id = %(company)s AND m.partner_id = ANY(%(ids)s)
                       ) AS sale
                 GROUP BY partner_id
                """,
                now=fields.Datetime.now(),
                months=months,
                company=company.id,
                ids=list(partner_ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _get_calls(self, records, partner_of):
        """Return ``{res_id: [moment]}`` of the calls logged as done.

        Those noted on the record and those noted on the partner behind it.
        """
        self.env["mail.message"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.model, m.res_id, ARRAY_AGG(m.date)
                  FROM mail_message m
                  JOIN mail_activity_type t ON t.id = m.mail_activity_type_id
                 WHERE t.category = 'phonecall'
                   AND ((m.model = %(model)s AND m.res_id = ANY(%(ids)s))
                     OR (m.model = 'res.partner' AND m.res_id = ANY(%(partners)s)))
                   AND m.date > %(now)s::timestamp - INTERVAL '366 days'
                 GROUP BY m.model, m.res_id
                """,
                model=records._name,
                ids=list(records.ids),
                partners=list(set(partner_of.values())),
                now=fields.Datetime.now(),
            )
        )
        found = {(model, res_id): moments for model, res_id, moments in rows}
        return self._by_record(records, partner_of, found, lambda a, b: a + b)

    @api.model
    def _get_refused_calls(self, records, partner_of, company):
        """Return ``{res_id: moment}`` of the last no said during a call (D. 223-9)."""
        self.env["rgpd.consent.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.res_model, s.res_id, MAX(e.moment)
                  FROM rgpd_subject s
                  JOIN rgpd_consent_event e ON e.subject_id = s.id
                 WHERE e.company_id = %(company)s AND e.collection_point = 'phone'
                   AND e.decision IN ('refused', 'withdrawn', 'objected')
                   AND e.channel IN ('phone', 'all')
                   AND ((s.res_model = %(model)s AND s.res_id = ANY(%(ids)s))
                     OR (s.res_model = 'res.partner' AND s.res_id = ANY(%(partners)s)))
                 GROUP BY s.res_model, s.res_id
                """,
                company=company.id,
                model=records._name,
                ids=list(records.ids),
                partners=list(set(partner_of.values())),
            )
        )
        found = {(model, res_id): moment for model, res_id, moment in rows}
        return self._by_record(records, partner_of, found, max)

    @api.model
    def _by_record(self, records, partner_of, found, join):
        """Bring what is known of a record and of its partner together."""
        result = {}
        for res_id in records.ids:
            keys = {(records._name, res_id), ("res.partner", partner_of.get(res_id))}
            for key in keys & found.keys():
                value = found[key]
                result[res_id] = (
                    join(result[res_id], value) if res_id in result else value
                )
        return result

    # === HOOKS: glue add-ons extend === #

    @api.model
    def _get_referred(self, records):
        """Return the ids of those who already got the one message of a referral."""
        return set()
