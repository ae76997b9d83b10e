"""One lead, made as a table of cases says, and what the core says of it."""

from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import leads

from .lead_common import LeadCase


class LeadDatesCase(LeadCase):
    def setUp(self):
        super().setUp()
        self.today = self.env["rgpd.reason"]._get_today()
        self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        ).unlink()
        self.won_stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def make(self, facts, origin="", purpose=None, referred=False, business=False):
        """Let the lead be so, as the database sees it."""
        lead = self.lead
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead SET create_date = %(entered)s, date_closed = %(won)s,
                          won_status = %(state)s, active = %(active)s,
                          rgpd_origin = %(origin)s, rgpd_purpose_id = %(purpose)s,
                          referred = %(referred)s, partner_name = %(business)s
                    WHERE id = %(id)s""",
                entered=f"{facts.entered} 12:00:00",
                won=facts.won and f"{facts.won} 12:00:00",
                state=facts.state,
                active=facts.state != "lost",
                origin=origin or None,
                purpose=purpose and purpose.id or None,
                referred="Une amie" if referred else None,
                business="Atelier Test" if business else None,
                id=lead.id,
            )
        )
        self.env.invalidate_all()
        if facts.written:
            message = lead.message_post(
                body="Bonjour", author_id=self.customer.id, message_type="comment"
            )
            message.date = f"{facts.written} 12:00:00"
        if facts.ordered and "opportunity_id" in self.env["sale.order"]._fields:
            order = self.env["sale.order"].create({"partner_id": self.customer.id})
            order.write(
                {
                    "opportunity_id": lead.id,
                    "date_order": f"{facts.ordered} 12:00:00",
                }
            )
        if facts.planned:
            self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "date_deadline": facts.planned,
                }
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def get_rule(self, codes):
        """Return the period that decides, and whether somebody looks at its end."""
        purposes = self.env["rgpd.purpose"]._get_purposes(self.env.company)
        for code in codes:
            for found in purposes.filtered(
                lambda p, code=code: p.code == code and p._has_period()
            ):
                return (
                    (found.active_delay, found.active_unit),
                    (found.archive_delay, found.archive_unit),
                ), found.end_action in ("review", "archive")
        return None, False

    def expect(self, facts, **lead):
        return leads.lead_dates(facts, self.get_rules(**lead))

    def get_rules(self, origin="", purpose=None, referred=False, business=False):
        codes = leads.purpose_codes(
            purpose.code if purpose else "",
            origin,
            is_referred=referred,
            is_business=business,
        )
        own, quote = self.get_rule(codes), self.get_rule(["quote"])
        reviewed = {"own"} if own[1] else set()
        reviewed |= {"quote"} if quote[1] else set()
        return leads.LeadRules(own[0], quote[0], frozenset(reviewed))

    def is_reviewed(self):
        [[found]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_lead o WHERE id = %s",
                self.lead._rgpd_get_reviewed_sql("o", self.env.company),
                self.lead.id,
            )
        )
        return found

    def read(self):
        return self.env.execute_query(
            SQL(
                "SELECT %s, %s, %s FROM crm_lead o WHERE id = %s",
                self.lead._rgpd_get_end_sql("o", with_archive=False),
                self.lead._field_to_sql("o", "rgpd_date_retention"),
                self.lead._field_to_sql("o", "rgpd_date_last_contact"),
                self.lead.id,
            )
        )[0]
