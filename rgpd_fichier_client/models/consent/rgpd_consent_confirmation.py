from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import get_lang, hash_sign, verify_hash_signed

from ...core.consent import optin
from ...core.consent.address import normalise_email
from ...core.consent.fold import concerns
from .rgpd_suppression import KINDS_OF

SCOPE = "rgpd.consent.confirm"
# A link that is too old to confirm still asks for a new one.
KEPT_DAYS = 365


class RgpdConsentConfirmation(models.AbstractModel):
    """Double opt-in: the link that proves the mailbox of who consented (art. 7.1).

    A link serves for one consent and for nothing else; it confirms by a POST only,
    once, for some days, as long as the person has the address and has not said no.
    """

    _name = "rgpd.consent.confirmation"
    _description = "Confirmation of Consents by Mail"

    # === WHO HAS TO CONFIRM === #

    @api.model
    def _needs(self, act, is_mailbox_proved=False):
        """Tell whether a prepared act waits for the mailbox to answer."""
        # sudo: res.company - a setting, whoever consents
        policy = act.company.sudo().rgpd_double_optin
        return optin.needs_confirmation(
            policy,
            act.decision,
            act.channel,
            act.actor,
            act.collection_point,
            is_mailbox_proved,
            act.is_stranger,
        )

    @api.model
    def _is_proved_by_login(self, user, person):
        """Tell whether who is logged in writes from the mailbox of the person.

        The login is an address they have answered from; an address they typed into
        their account afterwards is not.
        """
        if user._is_public() or user.partner_id != person:
            return False
        # sudo: res.users, res.partner - only compared
        emails = self.env["rgpd.contact.address"]._read_emails(person.sudo())
        login = normalise_email(user.sudo().login)
        return bool(login) and emails[:1] == (login,)

    @api.model
    def _ask(self, events):
        """Have a link sent for each event that waits, by the cron of the links."""
        pending = events.filtered(lambda event: event.decision == "pending")
        if pending:
            self.env["rgpd.preference.mail"]._ask_to_confirm(pending)

    # === THE LINK === #

    @api.model
    def _get_url(self, event):
        """Return the address that confirms one consent, for a mail to the person."""
        subject = event.sudo().subject_id
        person = self.env["rgpd.preference.token"]._get_person(subject)
        issued = fields.Datetime.now().replace(tzinfo=timezone.utc)
        token = hash_sign(
            self.sudo().env,  # sudo: ir.config_parameter - the secret that signs
            SCOPE,
            [event.uid, int(issued.timestamp()), self._get_mark(event, person)],
            expiration=timedelta(days=KEPT_DAYS),
        )
        return f"{event.company_id.get_base_url()}/privacy/confirm/{token}"

    @api.model
    def _read(self, token):
        """Return ``(event, state)`` of a link, or ``None`` when it is not ours.

        Reading writes nothing. States: see ``core.consent.optin``.
        """
        try:
            # sudo: ir.config_parameter - as above
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except ValueError:
            values = None
        if values is None:
            return None
        uid, issued, mark = values
        # sudo: rgpd.consent.event - the token is the right of the visitor
        event = self.env["rgpd.consent.event"].sudo().search([("uid", "=", uid)])
        subject = event.subject_id and event.subject_id._get_survivor()
        person = self.env["rgpd.preference.token"]._get_person(subject)
        if not person:
            return None
        issued = datetime.fromtimestamp(issued, timezone.utc).replace(tzinfo=None)
        return event, optin.read_state(
            issued=issued,
            now=fields.Datetime.now(),
            days=self._get_days(),
            is_same_address=mark == self._get_mark(event, person),
            is_confirmed=bool(self._get_confirmed(event)),
            is_void=self._is_void(event, subject),
        )

    @api.model
    def _confirm(self, token):
        """Record the consent that waited; return the state of the link afterwards.

        Once: a replay finds the event of the first time and changes nothing.
        """
        found = self._read(token)
        if found is None or found[1] != optin.OPEN:
            return found and found[1]
        event, _state = found
        try:
            with self.env.cr.savepoint():
                self._record(event)
        except UserError:
            # The purpose is gone, the person restricted: nobody may use this consent.
            return optin.VOID
        return optin.DONE

    @api.model
    def _record(self, event):
        """Record the act of the person that confirms what they ticked before."""
        # sudo: rgpd.consent.recorder - the act of a visitor who has no rights
        recorder = self.env["rgpd.consent.recorder"].sudo()
        act = recorder._prepare_act(
            purpose_code=event.purpose_code,
            channel=event.channel,
            decision="given",
            version=event.version_id,
            method="double_optin",
            collection_point=event.collection_point,
            company=event.company_id,
            moment=None,
            request_key=self._get_key(event),
            origin=self.env[event.origin_model].browse(event.origin_id)
            if event.origin_model in self.env
            else None,
            actor="parent" if event.actor == "parent" else "self",
            guardian=event.proof_ids[:1].guardian,
            # The mailbox answers for itself, not for a number typed beside it
            is_stranger=KINDS_OF[event.channel] != ("email",),
        )
        # The very words shown when the person ticked, those of a file included.
        act.text = event.notice_text or None
        return recorder._record(
            event.subject_id._get_survivor(), act, is_mailbox_proved=True
        )

    @api.model
    def _renew(self, token):
        """Send a new link to the address the person has, if the consent still waits."""
        found = self._read(token)
        if found and found[1] in (optin.OPEN, optin.EXPIRED):
            self._ask(found[0])

    # === THE MAIL === #

    @api.model
    def _send(self, event, lang=None):
        """Queue the mail with the link; it is deleted once sent."""
        event = event.sudo()  # sudo: sent by a cron
        subject = event.subject_id and event.subject_id._get_survivor()
        person = self.env["rgpd.preference.token"]._get_person(subject)
        emails = person and self.env["rgpd.contact.address"]._read_emails(person)
        if not emails or self._get_confirmed(event) or self._is_void(event, subject):
            return
        lang = ("lang" in person._fields and person.lang) or lang
        lang = get_lang(self.env, lang).code
        company = event.company_id.with_context(lang=lang)
        body = (
            self.env["ir.qweb"]
            .with_context(lang=lang)
            ._render(
                "rgpd_fichier_client.optin_mail",
                {
                    "company": company,
                    "contact": company._get_rgpd_contact(),
                    "purpose": event.purpose_id.with_context(
                        lang=lang
                    )._get_public_name(),
                    "text": event.notice_text,
                    "url": self._get_url(event),
                    "days": self._get_days(),
                },
            )
        )
        speaker = self.with_context(lang=lang)
        # sudo: mail.mail - sent on behalf of a visitor
        self.env["mail.mail"].sudo().create(
            {
                "subject": speaker.env._(
                    "Please confirm your choice: %(company)s", company=company.name
                ),
                "body_html": body,
                "email_from": company.email_formatted or company.catchall_formatted,
                "email_to": emails[0],
                "auto_delete": True,
                "is_notification": False,
            }
        )

    # === HELPERS === #

    @api.model
    def _get_days(self):
        """Return how long a link confirms."""
        return self.env["rgpd.preference.token"]._get_days("double_optin_days", 7)

    @api.model
    def _get_mark(self, event, person):
        """Return the keyed mark of the address of the person."""
        tokens = self.env["rgpd.preference.token"]
        return tokens._get_address_mark(person, event.uid)

    @api.model
    def _get_key(self, event):
        return f"confirm:{event.uid}"

    @api.model
    def _get_confirmed(self, event):
        return self.env["rgpd.consent.recorder"]._get_recorded(self._get_key(event))

    @api.model
    def _is_void(self, event, subject):
        """Tell whether the person said no since they were asked."""
        # sudo: rgpd.consent - only an answer
        acts = self.env["rgpd.consent"].sudo()._get_acts(subject, event.company_id)
        concerned = [
            act
            for act in acts.get(subject.id, ())
            if concerns(act, event.purpose_code, event.channel)
        ]
        return optin.is_void_since(concerned, event.id)
