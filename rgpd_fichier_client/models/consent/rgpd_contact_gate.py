import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...core.consent.fold import NO_CHOICE, strictest
from ...core.consent.gate import Declared, Facts, Situation, decide

_logger = logging.getLogger(__name__)

BATCH = 5000
# The consent a legitimate interest on the same channel must not walk round.
CONSENT_OF = {
    "softoptin": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
    "prospect_b2b_email": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
    "prospect_phone_b2b": {"phone": "prospect_phone_b2c"},
    "referral": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
}


class RgpdContactGate(models.AbstractModel):
    """The only answer to "may we contact this person?" (invariant 9)."""

    _name = "rgpd.contact.gate"
    _description = "Contact gate"

    # === BUSINESS METHODS === #

    @api.model
    def _check(self, records, purpose_code, channel, company=None):
        """Tell for each record whether the person may be contacted now.

        Set-based: a handful of queries per batch whatever the number of records.
        Fails closed: without key, rule or purpose the answer is no, with its code.

        :param records: recordset of any anchor model
        :param purpose_code: a purpose of the register
        :param channel: ``email sms phone post partners tracking``
        :param company: the controller, the current company by default
        :return: ``{res_id: {"allowed", "code", "article", "sentence"}}``
        """
        company = company or self.env.company
        purpose = self._get_purpose(purpose_code, company)
        verdicts = {}
        for ids in split_every(BATCH, records.ids):
            batch = records.browse(ids)
            if not purpose:
                answers = dict.fromkeys(ids, (False, "no_purpose", "Art. 5.1.b RGPD"))
            else:
                answers = self._check_batch(batch, purpose_code, channel, company)
            for res_id, (allowed, code, article) in answers.items():
                verdicts[res_id] = {
                    "allowed": allowed,
                    "code": code,
                    "article": article,
                    "sentence": self._get_sentence(code),
                }
            if len(records) > BATCH:
                batch.invalidate_recordset(flush=False)
        return verdicts

    @api.model
    def _get_purpose(self, code, company):
        """Return the active purpose of that code, or an empty recordset."""
        # sudo: rgpd.purpose - a salesperson gets an answer without the register
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
        return purposes.filtered(lambda purpose: purpose.code == code)[:1]

    @api.model
    def _check_batch(self, records, purpose_code, channel, company):
        """Return ``{res_id: (allowed, code, article)}`` for one batch."""
        addresses = self.env["rgpd.contact.address"]._get(records.exists())
        choices = self._get_choices(records, purpose_code, channel, company)
        suppressed = self._get_suppressed(addresses, channel, company)
        blocked = self._get_blocked(records)
        facts = self._get_facts(records, company)
        declared = self._get_declared(company)
        rules = self.env["rgpd.contact.rule"]
        calling, extra = rules._get_calling_rules(), self._get_extra_holidays()
        now = fields.Datetime.now()
        answers = {}
        for res_id in records.ids:
            address = addresses.get(res_id)
            choice, other = choices.get(res_id, (NO_CHOICE, NO_CHOICE))
            verdict = decide(
                Situation(
                    purpose=purpose_code,
                    channel=channel,
                    now=now,
                    local=self._get_local(now, address),
                    choice=choice,
                    other_choice=other,
                    suppressed=None if suppressed is None else res_id in suppressed,
                    address=address.kind(channel) if address else None,
                    is_professional=bool(address and address.is_professional),
                    blocked="person_missing" if not address else blocked.get(res_id),
                    facts=facts.get(res_id, Facts()),
                    declared=declared,
                    calling=calling,
                    extra_holidays=extra,
                )
            )
            answers[res_id] = (verdict.allowed, verdict.code, verdict.article)
        return answers

    @api.model
    def _get_local(self, now, address):
        """Return the time where the person is."""
        if not address:
            return now
        return fields.Datetime.context_timestamp(
            self.with_context(tz=address.zone.key), now
        ).replace(tzinfo=None)

    @api.model
    def _get_choices(self, records, purpose_code, channel, company):
        """Return ``{res_id: (choice, choice about the consent of the channel)}``."""
        # sudo: rgpd.subject, rgpd.consent.event - a verdict for whoever asks
        subjects = self.env["rgpd.subject"].sudo()._of(records, create=False)
        Consent = self.env["rgpd.consent"].sudo()
        own = Consent._get_choices(subjects, purpose_code, channel, company)
        consent_code = CONSENT_OF.get(purpose_code, {}).get(channel)
        other = (
            Consent._get_choices(subjects, consent_code, channel, company)
            if consent_code
            else {}
        )
        result = {}
        for subject in subjects:
            pair = (
                own.get(subject.id, NO_CHOICE),
                other.get(subject.id, NO_CHOICE),
            )
            known = result.get(subject.res_id)
            result[subject.res_id] = (
                tuple(strictest(both) for both in zip(known, pair, strict=True))
                if known
                else pair
            )
        return result

    @api.model
    def _get_suppressed(self, addresses, channel, company):
        """Return the ids on the suppression list, ``None`` when it is unreadable."""
        try:
            return self.env["rgpd.suppression"]._match(addresses, channel, company)
        except UserError:
            _logger.warning("The suppression key cannot be read: prospecting denied.")
            return None

    @api.model
    def _get_extra_holidays(self):
        """Return local public holidays (Alsace and Moselle, overseas)."""
        values = self.env["rgpd.contact.rule"]._get_values()
        return values.get("local_holidays", frozenset())

    @api.model
    def _get_declared(self, company):
        """Return what the company vouches for."""
        company = company.sudo()  # sudo: res.company - settings, for whoever asks
        return Declared(
            similar_only=company.rgpd_softoptin_similar,
            unsubscribe_in_messages=company.rgpd_messages_unsubscribe,
            objection_at_collection_since=company.rgpd_softoptin_since or None,
            profession_only=company.rgpd_b2b_profession,
            informs_at_collection=company.rgpd_informs_at_collection,
            contract_calls_only=company.rgpd_contract_calls,
            banned_sector=company.rgpd_phone_banned,
            press=company.rgpd_press,
        )

    # === HOOKS: lower topics and glue add-ons extend === #

    @api.model
    def _get_blocked(self, records):
        """Return ``{res_id: code}`` of those nobody may contact or sign up.

        Codes: ``person_missing``, ``person_archived``, ``person_erased``,
        ``person_restricted``, ``person_minor``. Retention adds erased and restricted.
        """
        existing = records.sudo().exists()  # sudo: the verdict of whoever asks
        blocked = dict.fromkeys(set(records.ids) - set(existing.ids), "person_missing")
        if "active" in existing._fields:
            for record in existing:
                if not record.active:
                    blocked[record.id] = "person_archived"
        return blocked

    @api.model
    def _get_facts(self, records, company):
        """Return ``{res_id: Facts}``: orders, contract in progress, calls."""
        return self.env["rgpd.contact.fact"]._get(records, company)

    # === TEXTS === #

    @api.model
    def _get_sentence(self, code):
        """Return the plain sentence of a reason code, in the user's language."""
        return self._get_sentences().get(code, code)

    @api.model
    def _get_sentences(self):
        """Return every reason code with its sentence."""
        return {
            "service": self.env._(
                "This message serves the order or a duty: it may be sent."
            ),
            "consent": self.env._("The person consented."),
            "softoptin": self.env._(
                "Customer, similar products, free to object: allowed."
            ),
            "b2b": self.env._(
                "Professional contact, informed and free to object: allowed."
            ),
            "b2b_generic_mailbox": self.env._(
                "A mailbox of nobody in particular: allowed."
            ),
            "not_objected": self.env._("The person did not object."),
            "phone_contract": self.env._(
                "A contract is in progress and the call is about it."
            ),
            "phone_press": self.env._("Sale of newspapers or magazines: exempt."),
            "referral_once": self.env._("One message is allowed, naming the sponsor."),
            "objected": self.env._(
                "The person objected. Only they can change their mind."
            ),
            "suppressed": self.env._("The address is on the suppression list."),
            "suppression_unreadable": self.env._(
                "The suppression list cannot be read: ask the administrator."
            ),
            "consent_withdrawn": self.env._("The person withdrew their consent."),
            "consent_refused": self.env._("The person said no."),
            "consent_expired": self.env._("The consent is over: ask again."),
            "consent_unproved": self.env._(
                "The consent has no valid date: it does not count."
            ),
            "no_consent": self.env._("The person has not consented."),
            "no_address": self.env._("There is no valid address for this channel."),
            "no_purpose": self.env._("This purpose is not in the register."),
            "no_rule": self.env._("No rule allows contacting people for this purpose."),
            "unknown_channel": self.env._("This channel does not exist."),
            "channel_not_for_purpose": self.env._(
                "This purpose is not used on this channel."
            ),
            "not_informed": self.env._(
                "Nobody vouches that persons are informed and may object (settings)."
            ),
            **self._get_condition_sentences(),
            **self._get_blocked_sentences(),
        }

    @api.model
    def _get_condition_sentences(self):
        """Return the sentences of unmet conditions."""
        return {
            "softoptin_no_sale": self.env._(
                "The person bought nothing from this company."
            ),
            "softoptin_not_similar": self.env._(
                "Nobody vouches that the offers are about similar products (settings)."
            ),
            "softoptin_no_objection_offered": self.env._(
                "The person could not object when they ordered."
            ),
            "softoptin_no_unsubscribe": self.env._(
                "Nobody vouches that each message lets people object (settings)."
            ),
            "b2b_not_professional": self.env._(
                "Not a professional address: consent is needed."
            ),
            "b2b_not_profession": self.env._(
                "Nobody vouches that the offers concern the profession (settings)."
            ),
            "b2b_no_unsubscribe": self.env._(
                "Nobody vouches that each message lets people object (settings)."
            ),
            "phone_banned_sector": self.env._("Calls are banned in this sector."),
            "call_holiday": self.env._("Today is a public holiday: no calls."),
            "call_weekday": self.env._("No calls on this day of the week."),
            "call_hours": self.env._("No calls at this hour."),
            "call_too_many": self.env._("Called too often lately: wait."),
            "call_silence": self.env._(
                "The person refused a call less than 60 days ago."
            ),
            "rules_unreadable": self.env._(
                "A calling rule is missing: calls are denied."
            ),
            "referral_used": self.env._("The one message of a referral has been sent."),
        }

    @api.model
    def _get_blocked_sentences(self):
        """Return the sentences of persons nobody may contact."""
        return {
            "person_missing": self.env._("This record no longer exists."),
            "person_archived": self.env._("This record is archived."),
            "person_erased": self.env._("This person has been erased."),
            "person_restricted": self.env._(
                "The use of this person's data is restricted."
            ),
            "person_minor": self.env._("Under 15: a parent has to agree."),
        }
