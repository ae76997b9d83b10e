"""Leads of a regular customer, some of which have no reason of their own any more."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..models.document_common import DocumentCase


class LeadCase(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.new_lead(cls.customer, years=5)
        cls.recent_lead = cls.new_lead(cls.customer, years=1)

    @classmethod
    def new_lead(cls, partner, years, **vals):
        """Make a lead full of personal data, so many years ago."""
        lead = cls.env["crm.lead"].create(
            {
                "name": f"Armoire pour {partner.name}",
                "type": "opportunity",
                "partner_id": partner.id,
                "contact_name": partner.name,
                "email_from": partner.email,
                "phone": partner.phone,
                "street": partner.street,
                "zip": partner.zip,
                "city": partner.city,
                "description": f"<p>Rappeler {partner.name} au {partner.phone}</p>",
                "expected_revenue": 300.0,
                "user_id": cls.seller.id,
                "company_id": cls.env.company.id,
                "rgpd_origin": "asked",
                **vals,
            }
        )
        lead.message_post(
            body=f"Bonjour, {partner.name}, {partner.email}", author_id=partner.id,
            email_from=partner.email, message_type="comment",
        )  # fmt: skip
        lead.message_post(body=f"Rappelé {partner.name} au {partner.phone}")
        cls.date_lead(lead, years)
        return lead

    @classmethod
    def date_lead(cls, lead, years):
        """Move a lead and what was written on it back in time."""
        cls.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=365 * years + 30)
        for statement in (
            "UPDATE crm_lead SET create_date = %(day)s WHERE id = %(id)s",
            "UPDATE mail_message SET date = %(day)s, create_date = %(day)s"
            " WHERE model = 'crm.lead' AND res_id = %(id)s",
        ):
            cls.env.cr.execute(SQL(statement, day=moment, id=lead.id))
        cls.env.invalidate_all()

    def get_lead_traces(self, lead, *texts):
        """Return where one of these texts is on a lead or on what hangs on it."""
        self.env.flush_all()
        places = {
            "crm_lead": SQL("t.id = %s", lead.id),
            "mail_message": SQL("t.model = 'crm.lead' AND t.res_id = %s", lead.id),
            "mail_tracking_value": SQL(
                "t.mail_message_id IN (SELECT id FROM mail_message"
                " WHERE model = 'crm.lead' AND res_id = %s)",
                lead.id,
            ),
        }
        return [
            (table, text)
            for table, condition in places.items()
            for text in texts
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s t WHERE %s AND t::text ILIKE %s LIMIT 1",
                    SQL.identifier(table),
                    condition,
                    f"%{text}%",
                )
            )
        ]
