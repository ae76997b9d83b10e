from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..retention.selections import PHASES
from .rgpd_request_letter import SENT_SENTINEL

# What says who asked and what was written; the figures and the journal stay
PERSONAL = (
    "requester_name",
    "requester_email",
    "requester_phone",
    "requester_address",
    "person_name",
    "person_email",
    "person_phone",
    "person_street",
    "person_zip",
    "person_city",
    "text",
    "extension_reason",
    "proposed_name",
    "proposed_email",
)
PURPOSE = "rights"


class RgpdRequest(models.Model):
    """A request has an end too: its own period over, only figures are left of it.

    The retention engine does it, as for everything else: the period is that of the
    purpose “Requests to exercise rights” of the register, the two ends are computed
    every night, and nothing goes before the DPO has approved a simulation.
    """

    _inherit = "rgpd.request"

    date_closed = fields.Date(
        string="Kept counting from",
        readonly=True,
        copy=False,
        help="Day on which it was answered, refused or cancelled: the period for which "
        "the request is kept runs from then, whenever it is closed.",
    )
    date_active_end = fields.Date(
        string="In use until",
        readonly=True,
        copy=False,
        help="Last day of daily use; after it only as proof in case of a dispute.",
    )
    date_archive_end = fields.Date(
        string="Kept until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Last day on which the request is kept whole. Empty: it is open, or the "
        "register holds no period for requests.",
    )
    retention_phase = fields.Selection(
        PHASES,
        string="Phase",
        compute="_compute_retention_phase",
        search="_search_retention_phase",
    )
    retention_reason = fields.Char(
        string="Why it is still here",
        compute="_compute_retention_phase",
        help="Purpose and legal text that keep the request.",
    )
    date_minimised = fields.Date(
        string="Minimised on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Names, words and letters are gone; right, dates and digests stay for the "
        "statistics and the proof (Art. 5.1 e GDPR).",
    )

    # === COMPUTE METHODS === #

    @api.depends("date_active_end", "date_archive_end", "company_id")
    def _compute_retention_phase(self):
        today = self.env["rgpd.reason"]._get_today()
        # sudo: rgpd.purpose - why a request is kept is no secret to who handles it
        purposes = self.env["rgpd.purpose"].sudo()
        for request in self:
            purpose = purposes._get_purpose(PURPOSE, request.company_id)
            words = (purpose.name, purpose.legal_reference)
            request.retention_reason = " · ".join(filter(None, words))
            if not request.date_active_end or today <= request.date_active_end:
                request.retention_phase = "active"
            elif today <= request.date_archive_end:
                request.retention_phase = "archive"
            else:
                request.retention_phase = "expired"

    def _search_retention_phase(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["rgpd.reason"]._get_today()
        active = fields.Domain("date_active_end", "=", False) | fields.Domain(
            "date_active_end", ">=", today
        )
        expired = fields.Domain("date_archive_end", "<", today)
        domains = {"active": active, "archive": ~active & ~expired, "expired": expired}
        return fields.Domain.OR(domains[phase] for phase in value if phase in domains)

    # === BUSINESS METHODS === #

    def _move(self, act, **values):
        """Note the day a request ends, from which its own period runs."""
        result = super()._move(act, **values)
        today = fields.Date.context_today(self)
        self.filtered(lambda r: r.is_done and not r.date_closed).date_closed = today
        self.filtered(lambda r: not r.is_done and r.date_closed).date_closed = False
        return result

    @api.model
    def _refresh_retention(self):
        """Compute until when each request is kept, one statement per company."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT company_id FROM rgpd_request
                    WHERE date_minimised IS NULL"""
            )
        )
        # sudo: res.company, rgpd.purpose - the engine goes through all of them
        for company in self.env["res.company"].sudo().browse(row[0] for row in rows):
            purpose = self.env["rgpd.purpose"].sudo()._get_purpose(PURPOSE, company)
            self.env.cr.execute(self._get_retention_sql(company, purpose))
        self.invalidate_model(["date_active_end", "date_archive_end"], flush=False)

    @api.model
    def _get_retention_sql(self, company, purpose):
        """Return the statement that writes the two ends of the requests of a company.

        A request that is open has no end, nor has any when no period is known: nothing
        is minimised by guess.
        """
        active = archive = SQL("NULL::date")
        if purpose:
            active = SQL(
                "(d.closed + %s::interval)::date",
                f"{purpose.active_delay} {purpose.active_unit}s",
            )
            archive = SQL(
                "(%s + %s::interval)::date",
                active,
                f"{purpose.archive_delay} {purpose.archive_unit}s",
            )
        return SQL(
            """
            UPDATE rgpd_request q
               SET date_active_end = e.active_end, date_archive_end = e.archive_end
              FROM (SELECT d.id, %(active)s AS active_end, %(archive)s AS archive_end
                      FROM (SELECT id, CASE WHEN is_done THEN COALESCE(
                                   date_closed, date_answered, date_received
                                   ) END AS closed
                              FROM rgpd_request
                             WHERE company_id = %(company)s
                               AND date_minimised IS NULL) d) e
             WHERE q.id = e.id
               AND (q.date_active_end, q.date_archive_end)
                   IS DISTINCT FROM (e.active_end, e.archive_end)
            """,
            active=active,
            archive=archive,
            company=company.id,
        )

    @api.model
    def _get_minimise_sql(self, companies):
        """Return the condition of the requests ``q`` that nothing keeps any more.

        A hold on the person keeps their requests too (Art. 17.3 e).
        """
        return SQL(
            """
            q.company_id = ANY(%(companies)s) AND q.is_done
            AND q.date_minimised IS NULL AND q.date_archive_end < %(today)s
            AND NOT EXISTS (
                SELECT FROM rgpd_reason r JOIN rgpd_subject s ON s.id = r.subject_id
                 WHERE r.hold_id IS NOT NULL AND r.company_id = q.company_id
                   AND (r.date_archive_end IS NULL OR r.date_archive_end >= %(today)s)
                   AND (s.id = q.subject_id
                        OR s.res_model = 'res.partner' AND s.res_id = q.partner_id))
            """,
            companies=companies.ids,
            today=self.env["rgpd.reason"]._get_today(),
        )

    @api.model
    def _count_to_minimise(self, companies):
        """Return how many requests of these companies nothing keeps any more."""
        self.env.flush_all()
        query = SQL(
            "SELECT count(*) FROM rgpd_request q WHERE %s",
            self._get_minimise_sql(companies),
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _find_to_minimise(self, companies, limit):
        """Return requests that nothing keeps any more, locked until the commit."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT q.id FROM rgpd_request q WHERE %s
                 ORDER BY q.id LIMIT %s FOR UPDATE OF q SKIP LOCKED
                """,
                self._get_minimise_sql(companies),
                limit,
            )
        )
        return self.browse(row[0] for row in rows)

    def _minimise(self):
        """Take everything personal out of the requests; figures and digests stay.

        One grouped call per kind of row, whatever the number of requests.
        """
        if not self:
            return
        requests = self.with_context(
            rgpd_letter_sent=SENT_SENTINEL, tracking_disable=True
        ).sudo()  # sudo: evidence that nobody else may change, at its end
        requests._drop_letters()
        requests.message_ids.unlink()
        requests.activity_ids.unlink()
        requests.message_follower_ids.unlink()
        requests.item_ids.write(
            {"note": False, "balancing": False, "review_result": False}
        )
        requests.change_ids.write({"before": False, "after": False})
        requests.delivery_ids.write({"partner_ids": [Command.clear()]})
        requests.copy_ids._erase()
        requests.candidate_ids.unlink()
        requests.proof_ids.unlink()
        requests.paper_ids.unlink()
        requests.check_ids.unlink()
        requests.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        requests.write(
            dict.fromkeys(PERSONAL, False)
            | {
                "partner_id": False,
                "subject_id": False,
                "asker_id": False,
                "date_minimised": fields.Date.context_today(self),
            }
        )
        requests._journal_minimised()

    def _journal_minimised(self):
        """Journal the end of the requests, in one statement per company."""
        for company, some in self.grouped("company_id").items():
            self.env["rgpd.journal"]._record_many(
                "request.minimised",
                [
                    (
                        None,
                        {
                            "request": request.name,
                            "rights": sorted(request.item_ids.mapped("right")),
                        },
                    )
                    for request in some
                ],
                company,
            )

    def _drop_letters(self):
        """Delete the drafts; keep of the letters that were sent what names nobody."""
        self.letter_ids.filtered(lambda x: x.state == "draft").unlink()
        self.letter_ids._drop_words()
        self.letter_ids.write({"subject_id": False})


class RgpdRequestLetter(models.Model):
    _inherit = "rgpd.request.letter"

    def _drop_words(self):
        """Take out of letters that were sent all that names somebody."""
        # sudo: ir.attachment, rgpd.request.letter - evidence at its end
        letters = self.sudo().with_context(rgpd_letter_sent=SENT_SENTINEL)
        letters.pdf_id.unlink()
        letters.write(
            dict.fromkeys(
                (
                    "recipient_name",
                    "recipient_email",
                    "recipient_address",
                    "sent_body",
                    "sent_subject",
                    "reason",
                    "done_text",
                    "note",
                ),
                False,
            )
        )
