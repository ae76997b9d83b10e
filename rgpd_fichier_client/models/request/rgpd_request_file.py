from odoo import models
from odoo.tools import SQL


class RgpdRequest(models.Model):
    """Shows the whole request as one file: what was asked, done, answered, and when."""

    _inherit = "rgpd.request"

    def _get_file_steps(self):
        """Return what the journal holds of this request, oldest first.

        :return: dicts with `moment`, `label` and `actor`
        :rtype: list(dict)
        """
        self.ensure_one()
        # The journal is the evidence: an erasure cuts its link to the person, hence
        # the reference; no entry of a request is older than the request.
        self.env["rgpd.journal"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT moment, kind, actor, payload FROM rgpd_journal"
                " WHERE moment >= %s AND kind LIKE 'request.%%'"
                " AND company = %s AND payload->>'request' = %s ORDER BY id",
                self.create_date.replace(microsecond=0),
                self.company_id.id,
                self.name,
            )
        )
        users = {row["actor"] for row in rows if row["actor"]}
        # sudo: res.users - colleagues of other companies may have worked on it
        actors = self.env["res.users"].sudo().with_context(active_test=False)
        names = {user.id: user.name for user in actors.browse(users).exists()}
        labels = self._get_step_labels()
        return [
            {
                "moment": row["moment"],
                "label": labels.get(row["kind"].removeprefix("request."), row["kind"]),
                "detail": self._get_step_detail(row["payload"] or {}),
                "actor": names.get(row["actor"], row["actor"] or ""),
            }
            for row in rows
        ]

    def _get_step_labels(self):
        """Return the words for the kinds of entries; others show their code."""
        return {
            "received": self.env._("Request recorded"),
            "repeated": self.env._("Asked again"),
            "start": self.env._("Work begun"),
            "ask_identity": self.env._("Identity asked"),
            "confirm_identity": self.env._("Identity confirmed"),
            "code_sent": self.env._("Code sent to a known address"),
            "identity_established": self.env._("Identity established"),
            "identity_failed": self.env._("Identity not established"),
            "paper_asked": self.env._("Copy of an identity paper asked"),
            "paper_received": self.env._("Copy of an identity paper received"),
            "paper_seen": self.env._("Copy of an identity paper seen"),
            "paper_destroyed": self.env._("Copy of an identity paper destroyed"),
            "ask_clarification": self.env._("Clarification asked"),
            "receive_clarification": self.env._("Clarification received"),
            "extended": self.env._("Extended by two months"),
            "copy_read": self.env._("Copy of the data read, to be checked"),
            "copy_reviewed": self.env._("Masked passages decided on"),
            "copy_made": self.env._("Copy of the data made"),
            "delivered": self.env._("Copy of the data downloaded"),
            "copy_offered": self.env._("Link to the copy sent"),
            "copy_codes_used_up": self.env._("Codes for the copy used up"),
            "copy_code_failed": self.env._("Wrong codes for the copy"),
            "rectified": self.env._("Correction applied"),
            "done": self.env._("Done what was asked"),
            "erasure_planned": self.env._("Erasure planned"),
            "erasure_cancelled": self.env._("Planned erasure taken back"),
            "letter": self.env._("Letter sent"),
            "answered": self.env._("Answered"),
            "refused": self.env._("Refused"),
            "close": self.env._("Closed"),
            "cancel": self.env._("Cancelled"),
            "reopen": self.env._("Reopened"),
            "minimised": self.env._("Minimised at the end of its retention"),
        }

    def _get_step_detail(self, payload):
        """Return which letter went by which way, or which right was handled."""
        letters = self.env["rgpd.request.letter"]._fields
        kinds = dict(letters["kind"]._description_selection(self.env))
        ways = dict(letters["channel"]._description_selection(self.env))
        rights = dict(self.item_ids._fields["right"]._description_selection(self.env))
        parts = [kinds.get(payload.get("letter")), rights.get(payload.get("right"))]
        if payload.get("letter"):
            parts.append(ways.get(payload.get("channel")))
        return ", ".join(filter(None, parts))

    def _get_file_letters(self):
        """Return the letters that were sent, in order."""
        self.ensure_one()
        return self.letter_ids.filtered(lambda x: x.state == "sent").sorted("date_sent")
