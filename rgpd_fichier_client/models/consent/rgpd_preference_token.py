from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import hash_sign, hmac, verify_hash_signed

from ...core.consent import link

SCOPE = "rgpd.preference"
PREFERENCES, UNSUBSCRIBE = "/privacy/preferences", "/privacy/unsubscribe"
# The longest a link that only objects works, whatever the settings.
MAX_DAYS = 3650


class RgpdPreferenceToken(models.AbstractModel):
    """The links by which a person reaches their choices without an account.

    A token is signed, names the person by their random number, and opens nothing else
    than the choices of that person with that company. What it may still do depends on
    its age and on what happened since: see ``core.consent.link``.
    """

    _name = "rgpd.preference.token"
    _description = "Links to the preference centre"

    # === ENTRY POINTS === #

    @api.model
    def _get_url(self, record, company=None):
        """Return the address of a person's preference page, for a mail to them.

        Art. 7.3 GDPR (withdrawing as easily as consenting) and L. 34-5 CPCE.

        :param record: one record of any anchor model, or one ``rgpd.subject``
        :param company: the controller, the current company by default
        :rtype: str
        """
        return self._get_urls(record, company)[record.id]

    @api.model
    def _get_urls(self, records, company=None):
        """Return ``{res_id: preference URL}``, set-based, for a mailing."""
        return self._prepare_urls(records, company, PREFERENCES)

    @api.model
    def _get_unsubscribe_url(self, record, company=None, channel="email"):
        """Return the address that objects to offers on a channel with one POST.

        For the ``List-Unsubscribe`` header (RFC 8058) and the link in each message. A
        GET shows a page with a button and changes nothing. The token of a preference
        URL works on this route as well.
        """
        return self._get_unsubscribe_urls(record, company, channel)[record.id]

    @api.model
    def _get_unsubscribe_urls(self, records, company=None, channel="email"):
        """Return ``{res_id: unsubscribe URL}``, set-based, for a mailing."""
        urls = self._prepare_urls(records, company, UNSUBSCRIBE)
        if channel == "email":
            return urls
        return {res_id: f"{url}?channel={channel}" for res_id, url in urls.items()}

    @api.model
    def _get_both_urls(self, records, company=None):
        """Return ``{res_id: (unsubscribe URL, preference URL)}`` of one token each."""
        urls = self._prepare_urls(records, company, UNSUBSCRIBE)
        return {
            res_id: (url, url.replace(f"{UNSUBSCRIBE}/", f"{PREFERENCES}/", 1))
            for res_id, url in urls.items()
        }

    @api.model
    def _read(self, token):
        """Return who a token is about and what it may do, or ``None``.

        :return: ``(rgpd.subject, res.company, Reach)``, records with all rights;
            ``None`` for a forged or expired token, and for a person who is gone
        """
        values = self._verify(token)
        if values is None:
            return None
        uid, company_id, issued, last_no, address = values
        # sudo: rgpd.subject, res.company - the token is the right of the visitor
        subjects = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        subject = subjects.search([("uid", "=", uid)])
        company = self.env["res.company"].sudo().browse(company_id).exists()
        subject = subject and subject._get_survivor()
        record = self._get_person(subject)
        if not record or not company:
            return None
        reach = link.get_reach(
            link.Link(issued, last_no),
            fields.Datetime.now(),
            self._get_address_mark(record, uid) == address,
            self._get_days("preference_link_days", 30),
        )
        return subject, company, reach

    @api.model
    def _get_person(self, subject):
        """Return the record of the person, with all rights; empty when gone."""
        if not subject or not subject.active:
            return self.env["res.partner"].browse()
        records = subject.sudo()._records()  # sudo: see _read
        return records.get(subject.res_model, self.env["res.partner"].browse())

    # === TOKEN === #

    @api.model
    def _prepare_urls(self, records, company, path):
        company = company or self.env.company
        # sudo: rgpd.subject - whoever sends a message may carry the link
        subjects = self.env["rgpd.subject"].sudo()._of(records)
        if records._name == "rgpd.subject":
            ids = {subject.id: subject for subject in subjects}
            anchors = {s.id: self._get_person(s)[:1] for s in subjects}
        else:
            ids = {subject.res_id: subject for subject in subjects}
            # sudo: anchor - the address the link is bound to
            anchors = {record.id: record for record in records.sudo()}
        last_no = self._get_last_no(subjects, company)
        base = company.get_base_url()
        return {
            res_id: f"{base}{path}/"
            + self._make(
                subject.sudo(),
                company,
                last_no[subject.id],
                self._get_address_mark(anchors[res_id], subject.sudo().uid),
            )
            for res_id, subject in ids.items()
        }

    @api.model
    def _make(self, subject, company, last_no, address):
        """Return a token; it holds the random number of the person and no data."""
        return self._sign(subject.uid, company, last_no, address)

    @api.model
    def _sign(self, uid, company, last_no, address):
        issued = fields.Datetime.now().replace(tzinfo=timezone.utc)
        days = self._get_days("unsubscribe_link_days", 1095)
        return hash_sign(
            self.sudo().env,  # sudo: ir.config_parameter - the secret that signs
            SCOPE,
            [uid, company.id, int(issued.timestamp()), last_no, address],
            expiration=timedelta(days=days),
        )

    @api.model
    def _verify(self, token):
        """Return the values of a token whose signature and end are right."""
        try:
            # sudo: ir.config_parameter - as above
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except ValueError:
            return None
        if values is None:
            return None
        uid, company_id, issued, last_no, address = values
        issued = datetime.fromtimestamp(issued, timezone.utc).replace(tzinfo=None)
        return uid, company_id, issued, last_no, address

    @api.model
    def _get_last_no(self, subjects, company):
        """Return ``{subject id: number of the last act that said no}``."""
        # sudo: rgpd.consent.event - only a number is read
        acts = self.env["rgpd.consent"].sudo()._get_acts(subjects, company)
        return {
            subject.id: link.get_last_no(acts.get(subject.id, ()))
            for subject in subjects
        }

    @api.model
    def _get_address_mark(self, record, uid):
        """Return a keyed mark of the address of the person, empty without address.

        A link sent to an address the person no longer has must not show their choices.
        """
        emails = record and self.env["rgpd.contact.address"]._read_emails(record)
        if not emails:
            return ""
        # sudo: ir.config_parameter - the key of the mark
        return hmac(self.sudo().env, SCOPE, f"{uid}:{emails[0]}")[:16]

    @api.model
    def _get_days(self, code, default):
        """Return a number of days from the contact rules, within reason."""
        days = self.env["rgpd.contact.rule"]._get_number(code, default)
        return min(max(days, 1), MAX_DAYS)
