import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import get_lang, hmac

from ...core.consent.address import normalise_email

_logger = logging.getLogger(__name__)

BATCH = 50
# One mail per address and delay, so that nobody floods a mailbox that is not theirs.
QUIET = timedelta(minutes=10)
KEPT = timedelta(hours=1)
# More persons than a household share a mailbox: the list is not one of persons.
MAX_PERSONS = 10
SCOPE = "rgpd.preference.mail"


class RgpdPreferenceMail(models.Model):
    """Asks for a new link, sent a moment later by a cron.

    The page answers the same, in the same time, whether the address is known or not:
    nobody is looked up while the visitor waits. The address is emptied when the mail
    has gone, the row itself goes within the hour.
    """

    _name = "rgpd.preference.mail"
    _description = "New links to send"
    _log_access = False
    _order = "id"

    email = fields.Char(groups=fields.NO_ACCESS)
    mark = fields.Char(required=True, index=True, groups=fields.NO_ACCESS)
    event_id = fields.Many2one(
        "rgpd.consent.event",
        ondelete="cascade",
        index="btree_not_null",
        help="The consent to confirm; empty: the link to the choices is asked for.",
    )
    lang = fields.Char()
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    moment = fields.Datetime(required=True)
    is_done = fields.Boolean(index=True)

    # === ENTRY POINT === #

    @api.model
    def _ask(self, email, company):
        """Note that somebody wants a new link at this address; says nothing.

        :param str email: as typed by the visitor
        """
        email = normalise_email(email)
        if not email:
            return
        # sudo: rgpd.preference.mail, ir.config_parameter - a visitor has no rights
        rows = self.sudo()
        rows.create(
            {
                "email": email,
                "mark": hmac(rows.env, SCOPE, email)[:32],
                "lang": self.env.lang,
                "company_id": company.id,
                "moment": fields.Datetime.now(),
            }
        )
        rows.env.ref("rgpd_fichier_client.rgpd_preference_cron_mail")._trigger()

    @api.model
    def _ask_for(self, subject, company):
        """Note that a new link goes to the address of a person."""
        record = self.env["rgpd.preference.token"]._get_person(subject)
        if record:
            emails = self.env["rgpd.contact.address"]._read_emails(record)
            self._ask(next(iter(emails), ""), company)

    @api.model
    def _ask_to_confirm(self, events):
        """Note that a link to confirm goes to the persons of these consents.

        The row names the event: the address is read when the mail leaves.
        """
        rows = self.sudo()  # sudo: rgpd.preference.mail - a visitor has no rights
        rows.create(
            [
                {
                    "event_id": event.id,
                    "mark": hmac(rows.env, SCOPE, event.uid)[:32],
                    "lang": self.env.lang,
                    "company_id": event.company_id.id,
                    "moment": fields.Datetime.now(),
                }
                for event in events.sudo()  # sudo: rgpd.consent.event - as above
            ]
        )
        rows.env.ref("rgpd_fichier_client.rgpd_preference_cron_mail")._trigger()

    # === CRON === #

    @api.model
    def _cron_send(self):
        """Send the links asked for, then forget the addresses."""
        cron = self.env["ir.cron"]
        remaining = self.search_count([("is_done", "=", False)])
        cron._commit_progress(remaining=remaining)
        while rows := self.search([("is_done", "=", False)], limit=BATCH):
            for row in rows:
                row._send()
            if not cron._commit_progress(len(rows)):
                break
        self._gc_rows()

    @api.autovacuum
    def _gc_rows(self):
        """Forget what was asked."""
        limit = fields.Datetime.now() - KEPT
        self.search([("is_done", "=", True), ("moment", "<", limit)]).unlink()

    def _send(self):
        """Send the links of one address, once per delay."""
        self.ensure_one()
        recent = self.search_count(
            [
                ("mark", "=", self.mark),
                ("is_done", "=", True),
                ("moment", ">", self.moment - QUIET),
            ],
            limit=1,
        )
        if not recent and self.event_id:
            self.env["rgpd.consent.confirmation"]._send(self.event_id, self.lang)
        elif not recent:
            for record in self._find_persons(self.email):
                self._send_link(record, self.company_id, self.lang)
        self.write({"email": False, "is_done": True})

    @api.model
    def _find_persons(self, email):
        """Return the records whose address this is, contacts before the others."""
        found = []
        for model in self._get_models():
            records = self.env[model]
            name = self._get_email_field(records)
            if found or not name:
                continue
            domain = Domain(name, "=", email)
            candidates = records.search(domain, limit=MAX_PERSONS + 1)
            if len(candidates) > MAX_PERSONS:
                _logger.info("A shared mailbox is sent no link: too many persons.")
                continue
            found = list(candidates)
        return found

    @api.model
    def _get_models(self):
        """Return the anchor models, contacts first."""
        anchors = self.env["rgpd.data.map"]._get_anchor_models()
        return sorted(
            (model for model in anchors if model in self.env),
            key=lambda model: model != "res.partner",
        )

    @api.model
    def _get_email_field(self, records):
        return next(
            (
                name
                for name in ("email_normalized", "email_from", "email")
                if name in records._fields and records._fields[name].store
            ),
            None,
        )

    @api.model
    def _send_link(self, record, company, lang=None):
        """Queue the mail with the link of one person.

        The mail is deleted once sent: it is no more than a key.
        """
        address = self.env["rgpd.contact.address"]._get(record)[record.id]
        if not address.emails:
            return
        lang = ("lang" in record._fields and record.lang) or lang
        lang = get_lang(self.env, lang).code
        qweb = self.env["ir.qweb"].with_context(lang=lang)
        company = company.with_context(lang=lang)
        body = qweb._render(
            "rgpd_fichier_client.preference_mail",
            {
                "company": company,
                "contact": company._get_rgpd_contact(),
                "url": self.env["rgpd.preference.token"]._get_url(record, company),
                "days": self.env["rgpd.preference.token"]._get_days(
                    "preference_link_days", 30
                ),
            },
        )
        speaker = self.with_context(lang=lang)
        # sudo: mail.mail - sent on behalf of a visitor
        self.env["mail.mail"].sudo().create(
            {
                "subject": speaker.env._(
                    "Your choices about our offers: %(company)s", company=company.name
                ),
                "body_html": body,
                "email_from": company.email_formatted or company.catchall_formatted,
                "email_to": address.emails[0],
                "auto_delete": True,
                "is_notification": False,
            }
        )
