from odoo import api, fields, models


class MailingMailing(models.Model):
    """A mailing by SMS asks the gate on the channel it leaves by."""

    _inherit = "mailing.mailing"

    rgpd_purpose_ids = fields.Many2many(
        domain=lambda self: self._rgpd_get_purpose_domain()
    )
    rgpd_sms_ending = fields.Char(
        string="Added at the end",
        compute="_compute_rgpd_sms_ending",
        help="Sender and way out, which each SMS of marketing carries (art. L. 34-5 "
        "CPCE). It counts among the characters. Whoever is still to be told where "
        "their data come from also gets a link to the notice (Art. 14 GDPR).",
    )

    # === COMPUTE METHODS === #

    @api.depends("mailing_type")
    def _compute_rgpd_report(self):
        return super()._compute_rgpd_report()

    @api.depends("mailing_type", "rgpd_kind", "rgpd_company_id")
    def _compute_rgpd_sms_ending(self):
        for mailing in self:
            mailing.rgpd_sms_ending = (
                self.env["sms.sms"]._rgpd_get_sample_ending(
                    mailing.rgpd_company_id or self.env.company
                )
                if mailing.mailing_type == "sms" and mailing._rgpd_is_marketing()
                else False
            )

    # === BUSINESS METHODS === #

    @api.model
    def _rgpd_get_purpose_domain(self):
        """Return the domain of the purposes, which the form chooses by the type."""
        report = self.env["rgpd.contact.report"]
        domain_of = {
            channel: report._get_marketing_domain(channel)
            for channel in ("sms", "email")
        }
        return f"{domain_of['sms']} if mailing_type == 'sms' else {domain_of['email']}"

    def _rgpd_get_channel(self):
        return "sms" if self[:1].mailing_type == "sms" else super()._rgpd_get_channel()

    def _send_sms_get_composer_values(self, res_ids):
        """Hand what the user said over to the composer.

        Odoo's link out is left: it acts when it is opened. Offers get the person's own
        just before they leave, messages about an order need none.
        """
        return super()._send_sms_get_composer_values(res_ids) | {
            "rgpd_kind": self.rgpd_kind,
            "rgpd_purpose_ids": [fields.Command.set(self.rgpd_purpose_ids.ids)],
            "rgpd_company_id": self.rgpd_company_id.id,
            "mass_sms_allow_unsubscribe": False,
        }
