from odoo import api, models
from odoo.tools import SQL, hmac

SCOPE = "rgpd.contact.bounce"
COLLECTION = {"method": "bounce", "collection_point": "system", "actor": "system"}


class RgpdContactBounce(models.AbstractModel):
    """Addresses that return mail: no choice of the person, but no use writing either.

    Accuracy, art. 5.1.d GDPR. An event says that the address of a person bounces or
    works again; it says nothing of what they agreed to, which stays as it is. A keyed
    mark of the address, in the erasable proof, tells whether it is still the same one.
    """

    _name = "rgpd.contact.bounce"
    _description = "Addresses that Return Mail"

    # === WHAT IS RECORDED === #

    @api.model
    def _record(self, record, decision, company, **how):
        """Record that the e-mail address of a person bounces or works again.

        :param record: one record of any anchor model
        :param decision: ``unreachable`` or ``reachable``; what is known already is not
            recorded twice
        :param how: ``method``, ``collection_point`` and ``actor``, when it is no bounce
        :rtype: rgpd.consent.event
        """
        events = self.env["rgpd.consent.event"]
        address = self.env["rgpd.contact.address"]._get(record).get(record.id)
        if not address or not address.emails:
            return events
        bounces = record.id in self._get({record.id: address}, "email", company)
        if bounces == (decision == "unreachable"):
            return events
        # sudo: rgpd.consent - the mail gateway has no rights of its own
        return (
            self.env["rgpd.consent"]
            .sudo()
            ._record(
                record,
                None,
                "email",
                decision,
                company=company,
                proof={
                    "name": self.env._("Address"),
                    "address_mark": self._get_mark(address.emails[0]),
                },
                **(COLLECTION | how),
            )
        )

    @api.model
    def _note_answer(self, email):
        """Record that a mail came from an address that used to bounce."""
        mark = self._get_mark(email)
        for company_id, subject_id in self._search_bouncing([mark]).values():
            # sudo: rgpd.subject - as above
            subject = self.env["rgpd.subject"].sudo().browse(subject_id)
            person = self.env["rgpd.preference.token"]._get_person(subject)
            company = self.env["res.company"].sudo().browse(company_id)
            if person:
                self._record(person, "reachable", company, method="answer")

    # === WHAT THE GATE ASKS === #

    @api.model
    def _get(self, addresses, channel, company):
        """Return the ids of those whose address of today bounces.

        :param addresses: ``{res_id: Address}``
        """
        if channel != "email" or not self._has_any(company):
            return set()
        marks = {
            res_id: self._get_mark(address.emails[0])
            for res_id, address in addresses.items()
            if address.emails
        }
        bouncing = {
            mark
            for (mark, company_id) in self._search_bouncing(list(set(marks.values())))
            if company_id == company.id
        }
        return {res_id for res_id, mark in marks.items() if mark in bouncing}

    @api.model
    def _has_any(self, company):
        """Tell whether any address ever bounced: most files ask no further."""
        self.env["rgpd.consent.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT 1 FROM rgpd_consent_event"
                " WHERE company_id = %s AND decision = 'unreachable' LIMIT 1",
                company.id,
            )
        )
        return bool(rows)

    @api.model
    def _search_bouncing(self, marks):
        """Return ``{(mark, company id): (company id, subject id)}`` of what bounces."""
        self.env["rgpd.consent.event"].flush_model()
        self.env["rgpd.consent.proof"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (p.address_mark, e.company_id)
                       p.address_mark, e.company_id, e.subject_id, e.decision
                  FROM rgpd_consent_proof p
                  JOIN rgpd_consent_event e ON e.id = p.event_id
                 WHERE p.address_mark = ANY(%s)
                 ORDER BY p.address_mark, e.company_id, e.moment DESC, e.id DESC
                """,
                marks,
            )
        )
        return {
            (mark, company_id): (company_id, subject_id)
            for mark, company_id, subject_id, decision in rows
            if decision == "unreachable"
        }

    @api.model
    def _get_mark(self, email):
        """Return a keyed mark of an address; the address itself is kept nowhere."""
        # sudo: ir.config_parameter - the key of the mark
        return hmac(self.sudo().env, SCOPE, email.strip().lower())[:32]
