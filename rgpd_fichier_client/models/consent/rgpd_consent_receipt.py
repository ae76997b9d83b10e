from odoo import api, fields, models

from ...core.consent.fold import CHOICES
from ...core.consent.receipt import build_receipt


class RgpdConsentReceipt(models.AbstractModel):
    """What a person takes home of their choices: one receipt per act."""

    _name = "rgpd.consent.receipt"
    _description = "Receipts of Choices"

    @api.model
    def _get(self, subject, company):
        """Return the receipts of a person, the latest first, as JSON values.

        Art. 7.1 and 12.2 GDPR; the random number names the person, nothing else does.
        """
        controller = self._prepare_controller(company)
        return [
            build_receipt(self._prepare_event(event), controller)
            for event in self._get_events(subject, company)
        ]

    @api.model
    def _get_pdf(self, subject, company):
        """Return the same receipts as one document to print (Art. 12.1 GDPR)."""
        # sudo: ir.actions.report - handed to the person it is about
        report = self.env["ir.actions.report"].sudo()
        events = self._get_events(subject, company)
        content, _kind = report._render_qweb_pdf(
            "rgpd_fichier_client.rgpd_consent_receipt_report", events.ids
        )
        return content

    @api.model
    def _get_events(self, subject, company):
        # sudo: rgpd.consent.event - handed to the person it is about
        Event = self.env["rgpd.consent.event"].sudo()
        return Event.search(
            [
                ("subject_id", "=", subject.id),
                ("company_id", "=", company.id),
                ("decision", "in", CHOICES),
            ]
        )

    @api.model
    def _prepare_controller(self, company):
        contact = company._get_rgpd_contact()
        partner = company.sudo().partner_id  # sudo: res.company - published address
        return {
            "name": company.name,
            "contact": contact["name"],
            "email": contact["email"],
            "phone": contact["phone"],
            "address": partner._display_address(without_company=True).strip(),
            "policy_url": company.rgpd_policy_url or company.website or "",
            "jurisdiction": company.country_id.code or "FR",
            "withdrawal": self.env._(
                "At any time, with the link in each message, on the preference page, "
                "or by writing to %(contact)s.",
                contact=contact["email"] or contact["name"],
            ),
        }

    @api.model
    def _prepare_event(self, event):
        labels = {
            name: dict(event._fields[name]._description_selection(self.env))
            for name in ("channel", "collection_point", "method")
        }
        purpose = event.purpose_id.with_context(lang=self.env.lang)
        bases = dict(purpose._fields["legal_basis"]._description_selection(self.env))
        return {
            "uid": event.uid,
            "subject_uid": event.subject_uid,
            "moment": event.moment,
            "decision": event.decision,
            "channel": event.channel,
            "channel_name": labels["channel"][event.channel],
            "purpose_code": event.purpose_code or "",
            "purpose": purpose._get_public_name()
            if purpose
            else self.env._("All offers"),
            "categories": purpose.data_category_ids.mapped("code"),
            "basis": bases.get(purpose.legal_basis, ""),
            "retention": purpose.retention_text or "",
            "rights": purpose.rights_text or "",
            "actor": event.actor,
            "collection_method": " · ".join(
                labels[name][event[name]] for name in ("collection_point", "method")
            ),
            "language": event.version_id.lang or self.env.lang,
            "text": event.notice_text or "",
            "sha256": event.notice_sha256 or "",
            "expires_on": fields.Date.to_string(event.expires_on) or "",
        }
