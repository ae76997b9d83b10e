from odoo import api, models
from odoo.tools import SQL

from ...core.retention import documents
from .rgpd_hold import PURPOSE_OF_KIND


class RgpdDocument(models.Model):
    """What becomes of a document whose own reasons have ended."""

    _inherit = "rgpd.document"

    @api.model
    def _filter_to_erase(self, records):
        """Return those of these documents that nothing keeps today."""
        path = self._get_models()[records._name]
        self.env["rgpd.reason"]._refresh(records.mapped(path))
        self._refresh_passed(only=self._of(records))
        model = self.env[records._name]
        found = []
        for company in self._of(records).company_id:
            found += self.env.execute_query(
                SQL(
                    """SELECT o.id FROM rgpd_document d
                         JOIN %(tables)s ON o.id = d.res_id
                        WHERE %(scope)s AND d.res_id = ANY(%(ids)s)
                          AND %(decision)s = %(erase)s""",
                    tables=self._get_tables_sql(model, path),
                    scope=self._get_scope_sql(records._name, company),
                    ids=records.ids,
                    decision=self._get_decision_sql(model, company),
                    erase=documents.ERASE,
                )
            )
        return records.browse(row[0] for row in found)

    @api.model
    def _get_decision_sql(self, model, company):
        """Return what becomes of document ``o``, as ``core.retention.documents``.

        The database sees the facts; which of them decides is told by the core.
        """
        facts = {
            "has_request": self._get_waiting_sql(model),
            "is_reviewed": model._rgpd_get_reviewed_sql("o", company),
            "is_counted": self._get_counted_sql(model),
            "has_draft": model._rgpd_get_draft_sql("o", company),
        }
        return SQL(
            """CASE WHEN d.date_next IS NULL OR d.date_next >= %(today)s
                    THEN %(keep)s %(held)s ELSE %(erase)s END""",
            today=self.env["rgpd.reason"]._get_today(),
            keep=documents.KEEP,
            held=SQL(" ").join(
                SQL("WHEN %s THEN %s", facts[fact], code)
                for fact, code in documents.HELD_BY
            ),
            erase=documents.ERASE,
        )

    @api.model
    def _get_counted_sql(self, model):
        """Return whether a live reason of a person of document ``o`` counts from it.

        Without the document that person would leave too early: it stays until then.
        """
        persons = self._get_persons_sql(model)
        return SQL(
            """EXISTS (
                SELECT 1 FROM res_partner rgpd_own
                  JOIN res_partner rgpd_kin ON rgpd_kin.commercial_partner_id
                       = rgpd_own.commercial_partner_id
                  JOIN rgpd_subject rgpd_s ON rgpd_s.res_model = 'res.partner'
                       AND rgpd_s.res_id = rgpd_kin.id
                  JOIN rgpd_reason r ON r.subject_id = rgpd_s.id
                 WHERE rgpd_own.id IN (%(persons)s)
                   AND r.fact_kind NOT IN %(foreign)s
                   AND (r.date_archive_end IS NULL OR r.date_archive_end >= %(today)s)
                   AND r.date_start IN (%(days)s))""",
            persons=persons,
            foreign=documents.FOREIGN_EVENTS,
            today=self.env["rgpd.reason"]._get_today(),
            days=model._rgpd_get_days_sql("o", persons),
        )

    @api.model
    def _get_waiting_sql(self, model):
        """Return whether somebody document ``o`` names waits, or their contact does.

        An open request or a restriction of whoever receives the goods or the invoice
        counts as one of the buyer (Art. 15 and 18 GDPR), and so does a hold, whichever
        company set it (Art. 17.3 e). So does one of whom an invoice was made out to, or
        on the invoice, and of the contact of an organisation.
        """
        return SQL(
            """EXISTS (
                SELECT 1 FROM res_partner rgpd_own
                  JOIN rgpd_subject s ON s.res_model = 'res.partner' AND s.res_id
                       IN (rgpd_own.id, rgpd_own.commercial_partner_id)
                 WHERE rgpd_own.id IN (
                       SELECT unnest(ARRAY[%(persons)s])
                        UNION ALL
                       SELECT rgpd_im.partner_id FROM account_move rgpd_im
                        WHERE rgpd_im.id IN (%(moves)s)
                        UNION ALL %(contacts)s)
                   AND (%(request)s OR EXISTS (
                       SELECT 1 FROM (%(holds)s) AS rgpd_h
                                     (id, company_id, partner_id, start, stop)
                        WHERE rgpd_h.partner_id = s.res_id
                          AND COALESCE(rgpd_h.stop, %(today)s) >= %(today)s)))""",
            persons=self._get_persons_sql(model),
            moves=model._get_rgpd_moves_sql("o"),
            contacts=model._rgpd_get_contacts_sql("o"),
            request=self.env["rgpd.reason"]._get_open_request_sql(),
            holds=self.env["rgpd.hold"]._get_person_query(list(PURPOSE_OF_KIND)),
            today=self.env["rgpd.reason"]._get_today(),
        )

    def _get_persons_sql(self, model):
        """Return the columns of document ``o`` that name a person."""
        names = [
            link.path
            for link in self.env["rgpd.data.map"]._get_links(model._name)
            if link.kind == "direct" and link.target == "res.partner"
        ]
        return SQL(", ").join(SQL.identifier("o", name) for name in names)
