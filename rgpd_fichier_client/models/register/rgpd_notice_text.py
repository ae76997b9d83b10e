from collections import Counter

from odoo import api, models
from odoo.tools import get_lang

from .rgpd_selection import get_label


class RgpdNotice(models.Model):
    """What the register says in a notice, element by element (Art. 13 and 14)."""

    _inherit = "rgpd.notice"

    def _prepare_values(self, purpose, company, channel=None):
        values = super()._prepare_values(purpose, company, channel)
        if self.kind in ("form", "mail", "long", "indirect"):
            values |= self._prepare_controller_values(company)
            values |= self._prepare_purpose_values(purpose)
            values |= self._prepare_sheet_values(purpose.processing_id)
            values["purpose"] = purpose._get_public_name()
        return values

    @api.model
    def _get_public_notices(self, company):
        """Return ``[{"name", "text"}]``, one full notice per purpose in force."""
        # sudo: rgpd.purpose - shown to the public
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
        lang = get_lang(self.env).code
        notices = [
            (purpose, self._find(purpose, None, company, "long"))
            for purpose in purposes
        ]
        notices = [(purpose, notice) for purpose, notice in notices if notice]
        titles = self._get_titles([purpose for purpose, _n in notices], lang)
        return [
            {
                "name": titles[purpose.id],
                "text": notice._render_text(purpose, company, lang),
            }
            for purpose, notice in notices
        ]

    @api.model
    def _get_titles(self, purposes, lang):
        """Return ``{id: title of the notice}``, no two of them alike (Art. 12.1).

        What is added where purposes share their name: the channels, where they share
        these too the name that the register gives them, and at last their code.
        """
        purposes = [purpose.with_context(lang=lang) for purpose in purposes]
        titles = {
            purpose.id: purpose._get_public_name().strip() for purpose in purposes
        }
        for tell in (self._tell_channels, lambda one: one.name, lambda one: one.code):
            counts = Counter(title.casefold() for title in titles.values())
            for purpose in purposes:
                title, word = titles[purpose.id], tell(purpose)
                if counts[title.casefold()] > 1 and word and word not in title:
                    titles[purpose.id] = f"{title} ({word})"
        return titles

    @api.model
    def _tell_channels(self, purpose):
        return ", ".join(
            purpose._fields[f"channel_{channel}"]._description_string(purpose.env)
            for channel in purpose._get_channels()
        )

    def _prepare_controller_values(self, company):
        """Art. 13.1.a and b: the controller, and whom to write to."""
        contact = company._get_rgpd_contact()
        dpo = [contact["name"], contact["email"], contact["phone"]]
        label = contact["label"]
        if contact["kind"] == "company":
            label = self.env._("Your contact")
        address = company.partner_id._display_address(without_company=True)
        return {
            "address": ", ".join(filter(None, map(str.strip, address.split("\n")))),
            "dpo": self.env._(
                "%(label)s: %(details)s",
                label=label,
                details=", ".join(filter(None, dpo)),
            ),
            "notice": self._get_public_url(company),
        }

    def _prepare_purpose_values(self, purpose):
        """Art. 13.1.c and d, 13.2.c, 14.1.d: basis, interest, data, withdrawal."""
        basis = get_label(purpose, "legal_basis")
        reference = purpose.legal_reference
        needs_consent = purpose.legal_basis == "consent"
        return {
            "basis": f"{basis} ({reference})" if reference else basis,
            "interest": purpose.interest or "",
            "categories": ", ".join(
                purpose.data_category_ids.sorted("sequence").mapped("name")
            ),
            "withdrawal": needs_consent
            and self.env._(
                "You may withdraw your consent at any time; what was done before stays "
                "lawful."
            ),
            # Art. 21.4: told clearly and apart from the rest
            "objection": purpose.is_prospecting
            and self.env._(
                "You may object to these offers at any time, free of charge and "
                "without giving a reason."
            ),
        }

    def _prepare_sheet_values(self, sheet):
        """Art. 13.1.e and f, 13.2.f: recipients, transfers, automated decisions."""
        recipients = sheet.recipient_ids.mapped("name")
        recipients += sheet.processor_ids.mapped("name")
        transfers = [
            f"{transfer.name} ({transfer.country_id.name}: "
            f"{get_label(transfer, 'safeguard')})"
            for transfer in sheet.transfer_ids.filtered("is_outside_eea")
        ]
        return {
            "recipients": ", ".join(dict.fromkeys(recipients)),
            "transfers": "; ".join(transfers),
            # Not before the sheet is validated: what is shipped is to be completed
            "source": sheet.date_validated
            and sheet.data_origin != "person"
            and sheet.origin_detail,
            "automated": sheet.dpia_automated
            and self.env._(
                "Some decisions are taken by a machine; you may ask for a human being "
                "to look at yours."
            ),
        }

    def _get_public_url(self, company):
        """Return the address of the page that shows the full notices."""
        return (
            company.rgpd_policy_url
            or f"{company.get_base_url()}/privacy/notice/{company.id}"
        )
