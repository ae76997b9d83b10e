from odoo import api, models
from odoo.tools import SQL, split_every

BATCH = 5000


class RgpdJournal(models.Model):
    """Choices outlive the entries that vouch for them: these are repeated in time."""

    _inherit = "rgpd.journal"

    @api.model
    def _expire(self, before):
        """Repeat what vouches for choices that are kept, before it goes.

        Otherwise the verification would take an old choice for one that somebody added
        without trace. The fingerprint repeated is the one of the journal, not the one
        of the choice: a change made meanwhile is still noticed.
        """
        until = self.env["rgpd.journal.seal"]._get_last_before(before).last_sequence
        if until:
            self._repeat_consents(until)
        return super()._expire(before)

    @api.model
    def _repeat_consents(self, until):
        """Repeat the entries of choices that nothing after ``until`` vouches for."""
        self.env["rgpd.consent.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT j.company, j.subject_uid, j.payload->>'event',
                       j.payload->>'digest'
                  FROM rgpd_journal j
                  JOIN rgpd_consent_event e ON e.uid = j.payload->>'event'
                 WHERE j.kind LIKE 'consent.%%' AND j.sequence <= %s
                   AND NOT EXISTS (
                       SELECT 1 FROM rgpd_journal later
                        WHERE later.kind LIKE 'consent.%%'
                          AND later.payload->>'event' = e.uid
                          AND (later.sequence > %s OR later.sequence IS NULL))
                 ORDER BY j.company, j.sequence
                """,
                until,
                until,
            )
        )
        by_company = {}
        for company_id, subject_uid, event_uid, digest in rows:
            entry = (subject_uid, {"event": event_uid, "digest": digest})
            by_company.setdefault(company_id, {})[event_uid] = entry
        for company_id, entries in by_company.items():
            for batch in split_every(BATCH, list(entries.values())):
                self._record_many("consent.kept", batch, company_id or False)
