from odoo import api, fields, models

from ...core.retention.periods import add_period
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
)


class RgpdRequest(models.Model):
    """A request has an end too: its own period over, only figures are left of it."""

    _inherit = "rgpd.request"

    date_minimised = fields.Date(
        string="Minimised on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Names, words and letters are gone; right, dates and digests stay for the "
        "statistics and the proof (Art. 5.1 e GDPR).",
    )

    @api.model
    def _cron_minimise(self, batch=50):
        """Minimise the requests whose own retention is over; commits batch by batch.

        The period is that of the purpose “Requests to exercise rights” of the
        register, counted from the answer. Safe to trigger at any time.
        """
        cron = self.env["ir.cron"]
        due = self._find_to_minimise()
        cron._commit_progress(remaining=len(due))
        for start in range(0, len(due), batch):
            part = due[start : start + batch].try_lock_for_update()
            part._minimise()
            if not cron._commit_progress(len(part)):
                return

    @api.model
    def _find_to_minimise(self):
        """Return the ended requests of each company whose period is over."""
        found = self.browse()
        today = fields.Date.context_today(self)
        # sudo: res.company, rgpd.purpose - the cron goes through all of them
        for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
            purpose = self.env["rgpd.purpose"].sudo()._get_purpose("rights", company)
            if not purpose:
                # No period is known: nothing is minimised by guess
                continue
            ended = self.search(
                [
                    ("company_id", "=", company.id),
                    ("is_done", "=", True),
                    ("date_minimised", "=", False),
                ]
            )
            found |= ended.filtered(
                lambda r, p=purpose: r._get_retention_end(p) < today
            )
        return found

    def _get_retention_end(self, purpose):
        """Return the last day on which the request is kept whole."""
        self.ensure_one()
        closed = self.date_answered or self.write_date.date()
        active = add_period(closed, purpose.active_delay, purpose.active_unit)
        return add_period(active, purpose.archive_delay, purpose.archive_unit)

    def _minimise(self):
        """Take everything personal out of the requests; figures and digests stay."""
        requests = self.with_context(
            rgpd_letter_sent=SENT_SENTINEL, tracking_disable=True
        ).sudo()  # sudo: evidence that nobody else may change, at its end
        for request in requests:
            request._drop_letters()
            request.message_ids.sudo().unlink()
            request.item_ids.write(
                {"note": False, "balancing": False, "review_result": False}
            )
            request.change_ids.write({"before": False, "after": False})
            request.copy_ids._erase()
            request.candidate_ids.unlink()
            request.proof_ids.unlink()
            files = self.env["ir.attachment"].sudo().with_env(requests.env)
            files.search(
                [("res_model", "=", self._name), ("res_id", "=", request.id)]
            ).unlink()
            request.write(
                dict.fromkeys(PERSONAL, False)
                | {
                    "partner_id": False,
                    "subject_id": False,
                    "asker_id": False,
                    "date_minimised": fields.Date.context_today(self),
                }
            )
            request._journal("minimised")

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
