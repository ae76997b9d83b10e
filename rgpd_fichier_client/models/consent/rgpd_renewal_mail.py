from odoo import api, models
from odoo.tools import format_date, get_lang


class RgpdRenewalMail(models.AbstractModel):
    """The one message that asks for consents again before they end."""

    _name = "rgpd.renewal.mail"
    _description = "Message that Asks for Consents Again"

    @api.model
    def _send(self, subject, events, renewal, purpose_code):
        """Queue the message to a person about all of these consents.

        It is a message of marketing: checked again when it leaves, signed, with the
        way out of one click; deleted once sent, for it holds a link that is a key.

        :param purpose_code: the purpose for which the person may be written to
        """
        person = self.env["rgpd.preference.token"]._get_person(subject)
        emails = self.env["rgpd.contact.address"]._get(person)[person.id].emails
        lang = "lang" in person._fields and person.lang
        lang = get_lang(self.env, lang or None).code
        speaker = self.with_context(lang=lang)
        company = renewal.company_id.sudo().with_context(lang=lang)
        # sudo: mail.mail - sent by a cron for the company
        self.env["mail.mail"].sudo().create(
            {
                "subject": speaker.env._(
                    "May we go on contacting you? %(company)s", company=company.name
                ),
                "body_html": speaker._render(person, events, company),
                "email_from": company.email_formatted or company.catchall_formatted,
                "email_to": emails[0],
                "model": person._name,
                "res_id": person.id,
                "auto_delete": True,
                "is_notification": False,
                "rgpd_purpose_code": purpose_code,
                "rgpd_company_id": company.id,
            }
        )

    @api.model
    def _render(self, person, events, company):
        """Return the body, in the language of the context."""
        tokens = self.env["rgpd.preference.token"]
        return self.env["ir.qweb"]._render(
            "rgpd_fichier_client.renewal_mail",
            {
                "company": company,
                "contact": company._get_rgpd_contact(),
                "consents": [self._prepare_item(event) for event in events],
                "url": tokens._get_url(person, company),
                "days": tokens._get_days("preference_link_days", 30),
            },
        )

    @api.model
    def _prepare_item(self, event):
        """Return what one consent is about, in plain words."""
        # sudo: rgpd.consent.event - told to the person it is about
        event = event.sudo().with_context(lang=self.env.lang)
        channels = dict(event._fields["channel"]._description_selection(event.env))
        given_on = event._get_today(event.moment)
        return {
            "purpose": event.purpose_id._get_public_name(),
            "channel": channels[event.channel],
            "given_on": format_date(self.env, given_on),
            "end": event.expires_on and format_date(self.env, event.expires_on),
        }
