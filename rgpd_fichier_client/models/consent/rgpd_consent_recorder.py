import uuid
from dataclasses import dataclass
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

from ...core.consent.evidence import event_digest, text_digest
from ...core.consent.fold import (
    CHANNELS,
    NO_CHOICE,
    PROSPECTING,
    REACHABILITY,
    last_day_of_consent,
)
from ...core.consent.gate import CHANNELS_OF, SERVICE
from ...core.consent.minor import PARENT, is_void
from ...core.consent.optin import PUBLIC_POINTS
from ...core.consent.proof import LONGEST_AGENT, truncate_ip
from .rgpd_consent_event import CREATE_SENTINEL
from .rgpd_suppression import KINDS_OF

GUARDIAN_LENGTH = 200
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
    # Name of the holder of parental authority who gives the consent.
    guardian: str | None = None
    # Nobody knows who acts, see ``rgpd.consent.stranger``.
    is_stranger: bool = False


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
        guardian=None,
        is_stranger=False,
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
            guardian=self._read_guardian(guardian),
            is_stranger=is_stranger,
        )
        act.expires_on = self._get_end(act)
        return act

    @api.model
    def _read_guardian(self, name):
        """Return a name as it is kept, or ``None``."""
        return " ".join((name or "").split())[:GUARDIAN_LENGTH] or None

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
        if wide and decision not in (*SWEEPING, *REACHABILITY):
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
        addresses = self._get_addresses(record)
        if not addresses[record.id].has(act.channel):
            raise UserError(self._get_address_message(record, act.channel))
        self._check_parent(record, addresses, act)

    @api.model
    def _check_parent(self, record, addresses, act):
        """Refuse a consent that a child gives alone (art. 8 GDPR, art. 45 LIL)."""
        if act.actor == PARENT:
            if not act.guardian:
                raise UserError(
                    self.env._("Write the name of the holder of parental authority.")
                )
            return
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        majority = self.env["rgpd.contact.minor"]._get(record, partners, addresses)
        if is_void(majority.get(record.id), act.moment.date(), act.actor):
            raise UserError(
                self.env._(
                    "This person is under 15: the holder of parental authority has to "
                    "agree, and gives their name (art. 8 GDPR)."
                )
            )

    @api.model
    def _check_return(self, subject, record, act, proof):
        """Let only the person, or a proof of their act, end an objection.

        Art. 21.3 GDPR: who objected is not prospected again on the word of the staff,
        of a file or of other software, whose consent by e-mail waits for the mailbox
        to answer. A consent older than the objection ends nothing: it is history.

        :param proof: of the act, or True when the mailbox has answered
        """
        if proof or act.purpose.code not in PROSPECTING or self._is_own_act(act):
            return
        if not self._ends_objection(subject, record, act):
            return
        if act.collection_point == "api" and KINDS_OF[act.channel] == ("email",):
            act.decision = "pending"
            return
        raise UserError(
            self.env._(
                "This person objected to offers. Only they can change their mind: "
                "attach what they wrote or signed."
            )
        )

    @api.model
    def _ends_objection(self, subject, record, act):
        """Tell whether a consent undoes an objection, or takes an address off."""
        choice = (
            self.env["rgpd.consent"]
            ._get_choices(subject, act.purpose.code, act.channel, act.company)
            .get(subject.id, NO_CHOICE)
        )
        is_objector = choice.status == "objected" and act.moment >= choice.moment
        return is_objector or self.env["rgpd.suppression"]._is_listed(
            self._get_addresses(record), act.channel, act.company, act.moment
        )

    @api.model
    def _is_own_act(self, act):
        """Tell whether the person acts here, or their parent where the public acts.

        Other software only says that they did.
        """
        if act.collection_point == "api":
            return False
        is_public = act.collection_point in PUBLIC_POINTS
        return act.actor == "self" or (act.actor == PARENT and is_public)

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
            self._check_return(subject, record, act, proof or is_mailbox_proved)
        self._hold(act, is_mailbox_proved)
        if self.env["rgpd.consent.stranger"]._must_wait(record, act, is_mailbox_proved):
            act.decision = "pending"
        self._lock(subject)
        # sudo: rgpd.consent.event - the ACL lets nobody create evidence directly
        Event = self.env["rgpd.consent.event"].sudo()
        vals = self._prepare_event_vals(subject, act)
        proof = self._prepare_proof(act, proof)
        Proof = self.env["rgpd.consent.proof"].sudo()  # sudo: as above
        if proof:
            vals["proof_commitment"] = Proof._commit(proof)
        vals["digest"] = event_digest(Event._get_digest_values(vals))
        event = Event.with_context(rgpd_create_sentinel=CREATE_SENTINEL).create(vals)
        if proof:
            Proof.create({**proof, "event_id": event.id})
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
    def _prepare_proof(self, act, proof=None):
        """Return the values of the clear proof, salt included, or ``None``.

        :param proof: what whoever records the act hands over
        """
        details = self._get_details(act)
        if not proof and not details:
            return None
        vals = {"name": self.env._("Collection"), **(proof or {})}
        return vals | details | {"salt": self.env["rgpd.consent.proof"]._new_salt()}

    @api.model
    def _get_details(self, act):
        """Return what else proves the act, as ``core.consent.proof`` names it."""
        details = self._get_technical(act)
        if act.actor == PARENT and act.guardian:
            details["guardian"] = act.guardian
        return details

    @api.model
    def _get_technical(self, act):
        """Return the network and the browser of who consents online.

        Only for a consent, by whoever gives it, where the company switched it on: a
        refusal needs no proof, and data nobody needs is not kept (Art. 5.1.c GDPR).
        """
        # sudo: res.company - a setting, whoever consents
        is_wanted = act.company.sudo().rgpd_keep_technical_proof
        is_online = bool(request) and act.collection_point in PUBLIC_POINTS
        is_consent = act.decision in ("given", "pending")
        if not (is_wanted and is_online and is_consent and self._is_own_act(act)):
            return {}
        visitor = request.httprequest
        return {
            "ip": truncate_ip(visitor.remote_addr),
            "agent": (visitor.user_agent.string or "")[:LONGEST_AGENT],
        }

    @api.model
    def _get_text(self, version):
        """Return the words of a notice version as they were shown."""
        return version.sudo().text if version else False  # sudo: shown to the person

    @api.model
    def _apply(self, subject, record, act, event):
        """Draw the consequences: current state, suppression list, journal."""
        self.env["rgpd.consent"]._refresh(subject, act.company)
        if act.actor == PARENT and act.decision in ("given", "pending"):
            # Who speaks for a child tells that it is one
            subject._note_child()
        Suppression = self.env["rgpd.suppression"]
        addresses = self._get_addresses(record.exists())
        if act.decision == "objected":
            Suppression._add(addresses, act.channel, act.company, act.purpose.code)
        elif (
            act.decision == "given"
            and act.purpose.code in PROSPECTING
            and not act.is_stranger
        ):
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
