from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.consent.evidence import event_digest, text_digest
from .selections import ACTORS, COLLECTION_POINTS, DECISIONS, METHODS, SCOPES

# Handed over in the context by the code that adds evidence (``rgpd.consent.recorder``);
# an object cannot come through RPC.
CREATE_SENTINEL = object()
VERIFY = 2000


class RgpdConsentEvent(models.Model):
    """One act of a person about one purpose and channel (art. 7.1 and 21 GDPR).

    Evidence: added by ``rgpd.consent._record`` only, never changed, never deleted.
    The person is named by the random uid of the subject; what shows them in clear (a
    scan) is in ``rgpd.consent.proof``, which an erasure removes, while the commitment
    kept here still tells whether a document presented later is the same.
    """

    _name = "rgpd.consent.event"
    _description = "Consent event"
    _inherit = ["rgpd.evidence", "rgpd.purpose.label.mixin"]
    _order = "moment desc, id desc"
    # No link to res.users: deleting a user must not touch evidence.
    _log_access = False
    # A merge moves the link to the person, an erasure cuts it.
    _evidence_open_columns = ("subject_id",)
    _rec_name = "purpose_code"

    uid = fields.Char(required=True, readonly=True, index=True)
    digest = fields.Char(
        string="Fingerprint",
        required=True,
        readonly=True,
        help="Also in the journal, which is sealed: a changed event is noticed.",
    )

    # === The act === #
    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", ondelete="set null", index="btree_not_null"
    )
    subject_uid = fields.Char(required=True, readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    purpose_id = fields.Many2one(
        readonly=True, help="Empty: every purpose (objections and withdrawals only)."
    )
    purpose_code = fields.Char(readonly=True)
    channel = fields.Selection(SCOPES, required=True, readonly=True)
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    moment = fields.Datetime(
        required=True,
        readonly=True,
        index=True,
        help="When the person decided, in universal time (UTC) in the database.",
    )
    recorded_on = fields.Datetime(
        readonly=True, required=True, help="When it was entered here."
    )
    expires_on = fields.Date(
        string="Valid until",
        readonly=True,
        help="Last day this consent counts. A consent to be called lasts one year at "
        "most (décret 2026-662).",
    )

    # === What was shown, where and how === #
    version_id = fields.Many2one(
        "rgpd.notice.version",
        string="Notice version",
        readonly=True,
        ondelete="restrict",
    )
    notice_text = fields.Text(
        string="Text shown",
        readonly=True,
        help="The exact words the person saw, copied here for good.",
    )
    notice_sha256 = fields.Char(string="Fingerprint of the text", readonly=True)
    is_to_renew = fields.Boolean(
        string="To renew",
        readonly=True,
        help="The text shown is unknown (old import): ask again.",
    )
    collection_point = fields.Selection(COLLECTION_POINTS, required=True, readonly=True)
    method = fields.Selection(METHODS, required=True, readonly=True)
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Collected with", model_field="origin_model", readonly=True
    )
    actor = fields.Selection(ACTORS, required=True, readonly=True)
    actor_uid = fields.Integer(string="User number", readonly=True, aggregator=None)

    # === Proof === #
    proof_ids = fields.One2many("rgpd.consent.proof", "event_id", string="Proofs")
    proof_commitment = fields.Char(
        readonly=True,
        help="Keyed fingerprint of the proof: it can still be recognised after its "
        "erasure, and says nothing by itself.",
    )
    request_key = fields.Char(
        readonly=True,
        copy=False,
        help="Identifies the click or the import row, so that it counts once.",
    )

    _request_key_unique = models.UniqueIndex(
        "(request_key) WHERE request_key IS NOT NULL"
    )
    _subject_company_index = models.Index("(subject_id, company_id, channel)")

    @api.depends("purpose_id", "decision", "channel", "moment")
    def _compute_display_name(self):
        """Name an event by its content, without the person's name."""
        decisions = dict(self._fields["decision"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for event in self:
            event.display_name = (
                f"{event.purpose_label} · {channels.get(event.channel)} · "
                f"{decisions.get(event.decision)}"
            )

    # === CRUD: evidence is added, nothing else === #

    @api.model_create_multi
    def create(self, vals_list):
        """Let only ``rgpd.consent._record`` add evidence."""
        if self.env.context.get("rgpd_create_sentinel") is not CREATE_SENTINEL:
            raise UserError(
                self.env._("A choice is recorded with its button, not created by hand.")
            )
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Refuse copies: one act, one event."""
        raise UserError(self.env._("A recorded choice cannot be duplicated."))

    # === BUSINESS METHODS === #

    @api.model
    def _get_today(self, moment=None):
        """Return the day in France, of a moment or now: consents end at midnight."""
        paris = self.with_context(tz="Europe/Paris")
        moment = moment or fields.Datetime.now()
        return fields.Datetime.context_timestamp(paris, moment).date()

    @api.model
    def _get_digest_values(self, vals):
        """Return the JSON values that the fingerprint covers, from create values."""
        moment, recorded_on = vals["moment"], vals["recorded_on"]
        end = vals["expires_on"]
        origin = vals["origin_model"] and f"{vals['origin_model']},{vals['origin_id']}"
        return {
            "subject_uid": vals["subject_uid"],
            "company": vals["company_id"],
            "purpose": vals["purpose_code"] or "",
            "channel": vals["channel"],
            "decision": vals["decision"],
            "moment": fields.Datetime.to_string(moment),
            "recorded_on": fields.Datetime.to_string(recorded_on),
            "expires_on": fields.Date.to_string(end) if end else "",
            "notice_sha256": vals["notice_sha256"] or "",
            "collection_point": vals["collection_point"],
            "method": vals["method"],
            "origin": origin or "",
            "actor": vals["actor"],
            "actor_uid": vals["actor_uid"],
            "proof": vals["proof_commitment"] or "",
        }

    def _get_origin_name(self):
        """Return the name of the record the choice was collected with, if it lives."""
        self.ensure_one()
        if not self.origin_model or self.origin_model not in self.env:
            return ""
        # sudo: origin - whoever may read the proof may read the order's number
        origin = self.env[self.origin_model].sudo().browse(self.origin_id).exists()
        return origin.display_name if origin else self.env._("deleted")

    def _is_intact(self):
        """Tell whether the event still matches its fingerprint and its text."""
        self.ensure_one()
        event = self.sudo()  # sudo: evidence - the answer is yes or no only
        vals = {
            name: event[name] for name in event._fields if event._fields[name].store
        }
        vals["company_id"] = event.company_id.id
        digest = event_digest(self._get_digest_values(vals))
        text = event.notice_text and text_digest(event.notice_text)
        return digest == event.digest and (text or False) == event.notice_sha256

    @api.model
    def _verify(self):
        """Return the first event that no longer matches what the journal says of it.

        Streams by batches; an event that the journal does not know counts as changed.
        What the journal forgets by age it repeats before: see ``rgpd.journal._expire``.
        """
        # sudo: evidence - an auditor checks what they may not all read
        events = self.sudo().with_context(active_test=False)
        last = 0
        while batch := events.search([("id", ">", last)], order="id", limit=VERIFY):
            known = self._get_journalled(batch)
            for event in batch:
                if not event._is_intact() or known.get(event.uid) != event.digest:
                    return event.sudo(self.env.su)
            last = batch[-1].id
            batch.invalidate_recordset(flush=False)
        return self.browse()

    @api.model
    def _get_journalled(self, events):
        """Return ``{event uid: digest}`` as the journal recorded them."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT payload->>'event', payload->>'digest' FROM rgpd_journal
                     WHERE kind LIKE 'consent.%%' AND payload->>'event' = ANY(%s)
                    """,
                    events.mapped("uid"),
                )
            )
        )

    # === ACTIONS === #

    def action_print_proof(self):
        """Print everything about these choices in one document a judge can read."""
        report = self.env.ref("rgpd_fichier_client.rgpd_consent_proof_report")
        return report.report_action(self)
