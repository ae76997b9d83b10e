from odoo import api, models
from odoo.tools import format_date


class RgpdContactSentence(models.AbstractModel):
    """The plain sentence of each reason code of the contact gate."""

    _name = "rgpd.contact.sentence"
    _description = "Sentences of the contact gate"

    @api.model
    def _get(self, code):
        """Return the sentence of a code in the user's language, else the code."""
        return self._get_sentences().get(code, code)

    @api.model
    def _get_until(self, code, open_on):
        """Return the sentence of one person, with the day it holds until.

        :param open_on: first day on which the answer is another one, or ``None``
        """
        if not open_on:
            return self._get(code)
        return self.env._(
            "The person asked for fewer offers: possible again from %(day)s.",
            day=format_date(self.env, open_on),
        )

    @api.model
    def _get_reason(self, purpose_code, company):
        """Return why somebody gets a message, as told at its end."""
        reasons = {
            "prospect_email_b2c": self.env._(
                "You get this message because you agreed to our offers by e-mail."
            ),
            "softoptin": self.env._(
                "You get this message because you bought from us: it is about similar "
                "products or services."
            ),
            "prospect_b2b_email": self.env._(
                "You get this message at your professional address, because it "
                "concerns your profession."
            ),
            "referral": self.env._(
                "Somebody you know gave us your address for this one message."
            ),
            "loyalty": self.env._(
                "You get this message because you joined our loyalty programme."
            ),
            "survey": self.env._(
                "You get this message because you bought from us: we ask what you "
                "thought of it."
            ),
        }
        if purpose_code in reasons:
            return reasons[purpose_code]
        # sudo: rgpd.purpose - the person is told the purpose
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose(purpose_code, company)
        return self.env._(
            "Why you get this message: %(purpose)s.", purpose=purpose.name or ""
        )

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
            "consent_pending": self.env._(
                "The person has not confirmed their consent by the link of the mail."
            ),
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
            "softoptin_minor": self.env._(
                "A customer under 15: the holder of parental authority has to agree."
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
            "too_soon": self.env._(
                "The person asked for fewer offers, and got one lately."
            ),
            "address_bounces": self.env._(
                "Mail to this address comes back: correct it, or say that it works."
            ),
            "renewal_asked": self.env._(
                "The person was asked once already: not again."
            ),
            "renewal_no_mail": self.env._(
                "No purpose allows writing to the person by e-mail to ask."
            ),
            "rules_unreadable": self.env._(
                "A rule is missing or cannot be read: denied until it is repaired."
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
            "person_minor": self.env._(
                "Under 15: the holder of parental authority has to agree."
            ),
            "person_unknown": self.env._("This record leads to no person of the file."),
            "person_in_archive": self.env._(
                "This person's data are in intermediate archive: no advertising."
            ),
        }
