import uuid
from dataclasses import dataclass
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.consent.evidence import event_digest, text_digest
from ...core.consent.fold import (
    CHANNELS,
    NO_CHOICE,
    PROSPECTING,
    last_day_of_consent,
)
from ...core.consent.gate import CHANNELS_OF, SERVICE
from .rgpd_consent_event import CREATE_SENTINEL

SWEEPING = ("withdrawn", "objected")


@dataclass
class PreparedAct:
    """An act whose arguments have been checked."""

    purpose: models.BaseModel
    channel: str
    decision: str
    moment: datetime
    company: models.BaseModel
    version: models.BaseModel
    method: str
    collection_point: str
    actor: str
    request_key: str | None
    origin: models.BaseModel | None
    expires_on: date | None = None
    # Words known without version: those a file brings along.
    text: str | None = None


class RgpdConsentRecorder(models.AbstractModel):
    """How an act becomes evidence: checks, event, proof, projection, journal."""

    _name = "rgpd.consent.recorder"
    _description = "Recording of consents and objections"

    # === CHECKS === #

    @api.model
    def _prepare_act(
        self,
        *,
        purpose_code,
        channel,
        decision,
        version,
        method,
        collection_point,
        company,
        moment,
        request_key,
        origin,
        actor,
    ):
        """Check the arguments and return a :class:`PreparedAct`."""
        company = company or self.env.company
        moment = (moment or fields.Datetime.now()).replace(microsecond=0)
        if moment > fields.Datetime.now():
            raise UserError(self.env._("A choice cannot be dated in the future."))
        purpose = self._get_purpose(purpose_code, company)
        self._check_scope(purpose, channel, decision)
        act = PreparedAct(
            purpose=purpose,
            channel=channel,
            decision=decision,
            moment=moment,
            company=company,
            version=version or self.env["rgpd.notice.version"],
            method=method,
            collection_point=collection_point,
            actor=actor or ("staff" if self.env.user._is_internal() else "self"),
            request_key=request_key,
            origin=origin,
        )
        act.expires_on = self._get_end(act)
        return act

    @api.model
    def _get_purpose(self, code, company):
        """Return the purpose of that code for the company, empty when no code."""
        # sudo: rgpd.purpose - a portal user records a choice about one
        Purpose = self.env["rgpd.purpose"].sudo()
        if not code:
            return Purpose
        purpose = Purpose._get_purposes(company).filtered(lambda p: p.code == code)[:1]
        if not purpose:
            raise UserError(
                self.env._(
                    "There is no active purpose “%(code)s” for %(company)s.",
                    code=code,
                    company=company.display_name,
                )
            )
        return purpose

    @api.model
    def _check_scope(self, purpose, channel, decision):
        """Refuse what a person cannot decide, in plain words."""
        wide = channel == "all" or not purpose
        if channel not in (*CHANNELS, "all"):
            raise UserError(self.env._("This channel does not exist."))
        if wide and decision not in SWEEPING:
            raise UserError(
                self.env._(
                    "A consent is for one purpose and one channel; only an objection "
                    "or a withdrawal can cover everything."
                )
            )
        if not purpose:
            return
        if purpose.code in SERVICE:
            raise UserError(
                self.env._(
                    "“%(purpose)s” does not depend on consent: it serves the order or "
                    "a legal duty.",
                    purpose=purpose.name,
                )
            )
        fitting = CHANNELS_OF.get(purpose.code)
        if fitting and channel not in (*fitting, "all"):
            raise UserError(
                self.env._(
                    "“%(purpose)s” is not used on this channel.", purpose=purpose.name
                )
            )

    @api.model
    def _get_end(self, act):
        """Return the last day of a consent: one year at most for calls."""
        if act.decision != "given" or act.channel != "phone":
            return None
        rules = self.env["rgpd.contact.rule"]
        given_on = fields.Datetime.context_timestamp(
            self.with_context(tz="Europe/Paris"), act.moment
        ).date()
        return last_day_of_consent(
            given_on,
            days=rules._get_number("phone_consent_days", 365),
            months=rules._get_number("phone_consent_months", 12),
        )

    @api.model
    def _check_grant(self, record, act):
        """Refuse a grant that nobody could use or that nobody can have given."""
        if not record or not record.exists():
            raise UserError(self.env._("This record has been deleted."))
        blocked = self.env["rgpd.contact.gate"]._get_blocked(record).get(record.id)
        if blocked:
            sentence = self.env["rgpd.contact.gate"]._get_sentence(blocked)
            raise UserError(
                self.env._("No consent can be recorded: %(why)s", why=sentence)
            )
        address = self._get_addresses(record)[record.id]
        if not address.has(act.channel):
            raise UserError(self._get_address_message(record, act.channel))

    @api.model
    def _check_return(self, subject, record, act, proof):
        """Let only the person, or a proof of their act, end an objection.

        Art. 21.3 GDPR: who objected is not prospected again on the word of the staff
        or of a file. A consent older than the objection ends nothing: it is history.
        """
        if act.actor == "self" or proof or act.purpose.code not in PROSPECTING:
            return
        choice = (
            self.env["rgpd.consent"]
            ._get_choices(subject, act.purpose.code, act.channel, act.company)
            .get(subject.id, NO_CHOICE)
        )
        is_objector = choice.status == "objected" and act.moment >= choice.moment
        Suppression = self.env["rgpd.suppression"]
        if is_objector or Suppression._is_listed(
            self._get_addresses(record), act.channel, act.company, act.moment
        ):
            raise UserError(
                self.env._(
                    "This person objected to offers. Only they can change their mind: "
                    "attach what they wrote or signed."
                )
            )

    @api.model
    def _get_addresses(self, record):
        """Return ``{res_id: Address}``, the customer of a lead included."""
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        return self.env["rgpd.contact.address"]._get_joined(record, partners)

    @api.model
    def _get_address_message(self, record, channel):
        """Return what is missing for the channel."""
        messages = {
            "email": self.env._(
                "The e-mail address is missing or not valid: correct it first."
            ),
            "sms": self.env._(
                "The phone number is missing or not valid: correct it first."
            ),
            "phone": self.env._(
                "The phone number is missing or not valid: correct it first."
            ),
            "post": self.env._("The postal address is missing: complete it first."),
        }
        return messages[channel]

    # === RECORDING === #

    @api.model
    def _record(self, record, act, proof=None, is_mailbox_proved=False):
        """Add the event and what follows from it; see ``rgpd.consent._record``."""
        known = self._get_recorded(act.request_key)
        if known:
            return known
        subject, record = self._resolve(record)
        if act.decision == "given":
            self._check_grant(record, act)
            self._check_return(subject, record, act, proof)
        self._hold(act, is_mailbox_proved)
        self._lock(subject)
        # sudo: rgpd.consent.event - the ACL lets nobody create evidence directly
        Event = self.env["rgpd.consent.event"].sudo()
        vals = self._prepare_event_vals(subject, act)
        salt = None
        if proof:
            Proof = self.env["rgpd.consent.proof"].sudo()  # sudo: as above
            salt = Proof._new_salt()
            vals["proof_commitment"] = Proof._commit_to(salt, proof["content"])
        vals["digest"] = event_digest(Event._get_digest_values(vals))
        event = Event.with_context(rgpd_create_sentinel=CREATE_SENTINEL).create(vals)
        if proof:
            Proof.create({**proof, "salt": salt, "event_id": event.id})
        self._apply(subject, record, act, event)
        self.env["rgpd.consent.confirmation"]._ask(event)
        return event.sudo(False)

    @api.model
    def _hold(self, act, is_mailbox_proved=False):
        """Make a consent wait when the mailbox has to answer first (art. 7.1 GDPR).

        Here and nowhere else, so that no form walks round it.
        """
        if self.env["rgpd.consent.confirmation"]._needs(act, is_mailbox_proved):
            act.decision = "pending"

    @api.model
    def _get_recorded(self, request_key):
        """Return the event already recorded for a click, if any."""
        Event = self.env["rgpd.consent.event"]
        if not request_key:
            return Event
        # sudo: rgpd.consent.event - the same click by a user who may not read it
        return Event.sudo().search([("request_key", "=", request_key)]).sudo(False)

    @api.model
    def _resolve(self, record):
        """Return the subject and the anchor record of either."""
        # sudo: rgpd.subject - whoever may record a choice may stand for the person
        Subject = self.env["rgpd.subject"].sudo()
        if record._name == "rgpd.subject":
            subject = record.sudo()._get_survivor()
            model = subject.res_model
            empty = self.env["res.partner"]
            return subject, subject._records().get(model, empty)
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        person = self.env["res.partner"].browse(partners.values()) or record
        return Subject._of(person), record.sudo()

    @api.model
    def _lock(self, subject):
        """Serialise the acts about one person.

        The row is written, not only locked: a second transaction then fails with a
        serialisation error and is retried by Odoo with the first one's event in
        sight, so the projection never misses an act.
        """
        self.env.cr.execute(
            SQL("UPDATE rgpd_subject SET id = id WHERE id = %s", subject.id)
        )

    @api.model
    def _prepare_event_vals(self, subject, act):
        """Return the values of the event; no personal data among them."""
        text = act.text or self._get_text(act.version)
        return {
            "uid": uuid.uuid4().hex,
            "subject_id": subject.id,
            "subject_uid": subject.uid,
            "company_id": act.company.id,
            "purpose_id": act.purpose.id,
            "purpose_code": act.purpose.code or False,
            "channel": act.channel,
            "decision": act.decision,
            "moment": act.moment,
            "recorded_on": fields.Datetime.now(),
            "expires_on": act.expires_on,
            "version_id": act.version.id,
            "notice_text": text,
            "notice_sha256": text and text_digest(text),
            "is_to_renew": act.decision in ("given", "pending") and not text,
            "collection_point": act.collection_point,
            "method": act.method,
            "origin_model": act.origin._name if act.origin else False,
            "origin_id": act.origin.id if act.origin else False,
            "actor": act.actor,
            "actor_uid": self.env.uid,
            "request_key": act.request_key,
            "proof_commitment": False,
        }

    @api.model
    def _get_text(self, version):
        """Return the words of a notice version as they were shown."""
        return version.sudo().text if version else False  # sudo: shown to the person

    @api.model
    def _apply(self, subject, record, act, event):
        """Draw the consequences: current state, suppression list, journal."""
        self.env["rgpd.consent"]._refresh(subject, act.company)
        Suppression = self.env["rgpd.suppression"]
        addresses = self._get_addresses(record.exists())
        if act.decision == "objected":
            Suppression._add(addresses, act.channel, act.company, act.purpose.code)
        elif act.decision == "given" and act.purpose.code in PROSPECTING:
            Suppression._lift(addresses, act.channel, act.company, act.moment)
        # sudo: rgpd.journal - a portal user's choice is journalled too
        self.env["rgpd.journal"].sudo()._record(
            f"consent.{act.decision}",
            subject,
            payload={
                "event": event.uid,
                "digest": event.digest,
                "purpose": act.purpose.code or "",
                "channel": act.channel,
            },
            company=act.company,
        )
