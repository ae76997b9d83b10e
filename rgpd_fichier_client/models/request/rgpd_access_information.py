from odoo import api, fields, models
from odoo.tools import format_date

from ..register.rgpd_selection import get_label

CNIL = (
    "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, "
    "www.cnil.fr/fr/plaintes"
)


class RgpdAccessInformation(models.AbstractModel):
    """What Art. 15.1 and 15.2 GDPR ask to tell beside the copy of the data.

    Read from the register and from the reasons to keep, for one person, in the
    language of the context. The bundle and the letter show the same words.
    """

    _name = "rgpd.access.information"
    _description = "Information that Goes with a Copy"

    @api.model
    def _get(self, records, company):
        """Return the blocks to show, each `title`, `text`, `columns`, `rows`.

        :param records: one person, as records of any anchor model; may be empty
        :param company: the controller that answers
        :rtype: list[dict]
        """
        # sudo: rgpd.purpose and the register - the person is told all that concerns
        # them, whoever answers
        information = self.sudo()
        purposes, ends = information._get_purposes(records, company)
        blocks = [
            information._get_purpose_block(purposes, ends),
            information._get_category_block(purposes),
            information._get_recipient_block(purposes),
            information._get_transfer_block(purposes),
            information._get_origin_block(purposes),
            information._get_automated_block(purposes),
            information._get_rights_block(company),
        ]
        return [block for block in blocks if block]

    # === WHICH PURPOSES === #

    @api.model
    def _get_purposes(self, records, company):
        """Return the purposes that concern the person, and `{purpose: last day}`."""
        known = self.env["rgpd.purpose"]._get_purposes(company)
        if not records:
            return known.filtered(lambda purpose: purpose.code == "rights"), {}
        # A preview is read where nothing may be written
        can_write = not self.env.cr.readonly
        subjects = self.env["rgpd.subject"]._of(records, create=can_write)
        if can_write:
            self.env["rgpd.reason"]._refresh(records)
        today = fields.Date.context_today(self)
        reasons = self.env["rgpd.reason"].search(
            [
                ("subject_id", "in", subjects.ids),
                ("company_id", "=", company.id),
                "|",
                ("date_archive_end", "=", False),
                ("date_archive_end", ">=", today),
            ]
        )
        ends = {}
        for reason in reasons:
            ends.setdefault(reason.purpose_id, []).append(reason.date_archive_end)
        choices = self.env["rgpd.consent"].search(
            [("subject_id", "in", subjects.ids), ("company_id", "=", company.id)]
        )
        codes = {"rights"} | {
            choice.purpose_code if choice.is_valid else "objection_list"
            for choice in choices
            if choice.is_valid or choice.status == "objected"
        }
        purposes = reasons.purpose_id | known.filtered(lambda p: p.code in codes)
        return purposes.sorted("sequence"), {
            purpose: all(days) and max(days) for purpose, days in ends.items()
        }

    # === BLOCKS === #

    @api.model
    def _get_purpose_block(self, purposes, ends):
        """Art. 15.1.a and d: why, on which basis, how long."""
        return {
            "title": self.env._("Why we use your data, and how long"),
            "columns": [
                self.env._("Purpose"),
                self.env._("Legal basis"),
                self.env._("Kept for"),
                self.env._("For you, until"),
            ],
            "rows": [
                [
                    purpose.name,
                    self._get_basis(purpose),
                    purpose.retention_text or "",
                    self._get_end(purpose, ends),
                ]
                for purpose in purposes
            ],
        }

    @api.model
    def _get_basis(self, purpose):
        label = get_label(purpose, "legal_basis")
        detail = purpose.legal_reference or purpose.interest
        return f"{label} ({detail})" if detail else label

    @api.model
    def _get_end(self, purpose, ends):
        if purpose not in ends:
            return ""
        end = ends[purpose]
        return format_date(self.env, end) if end else self.env._("not known yet")

    @api.model
    def _get_category_block(self, purposes):
        """Art. 15.1.b: categories of data."""
        names = purposes.data_category_ids.sorted("sequence").mapped("name")
        return names and {
            "title": self.env._("Which data"),
            "text": [", ".join(names) + "."],
        }

    @api.model
    def _get_recipient_block(self, purposes):
        """Art. 15.1.c: who receives the data, by name where it is known."""
        sheets = purposes.processing_id
        names = [
            f"{recipient.name} ({recipient.partner_id.name})"
            if recipient.partner_id
            else recipient.name
            for recipient in sheets.recipient_ids
        ]
        names += [
            f"{processor.name} ({processor.service})"
            if processor.service
            else processor.name
            for processor in sheets.processor_ids
        ]
        return names and {
            "title": self.env._("Who receives them"),
            "text": [", ".join(dict.fromkeys(names)) + "."],
        }

    @api.model
    def _get_transfer_block(self, purposes):
        """Art. 15.2: transfers outside the European Union, with their safeguard."""
        transfers = purposes.processing_id.transfer_ids
        title = self.env._("Outside the European Union")
        if not transfers:
            return {
                "title": title,
                "text": [self.env._("No transfer is planned for these purposes.")],
            }
        return {
            "title": title,
            "columns": [
                self.env._("Recipient"),
                self.env._("Country"),
                self.env._("Safeguard"),
            ],
            "rows": [
                [
                    transfer.name,
                    transfer.country_id.name or "",
                    get_label(transfer, "safeguard") or "",
                ]
                for transfer in transfers
            ],
        }

    @api.model
    def _get_origin_block(self, purposes):
        """Art. 15.1.g: where data come from that the person did not give."""
        sheets = purposes.processing_id.filtered(
            lambda sheet: sheet.data_origin != "person" and sheet.origin_detail
        )
        text = [
            self.env._(
                "Your data come from you, from what you ordered and from our exchanges."
            )
        ]
        text += list(dict.fromkeys(f"{s.name}: {s.origin_detail}" for s in sheets))
        return {"title": self.env._("Where they come from"), "text": text}

    @api.model
    def _get_automated_block(self, purposes):
        """Art. 15.1.h: automated decisions."""
        sheets = purposes.processing_id.filtered("dpia_automated")
        text = (
            self.env._(
                "Some decisions are taken by a machine (%(processings)s); you may ask "
                "for a human being to look at yours, and give your point of view.",
                processings=", ".join(sheets.mapped("name")),
            )
            if sheets
            else self.env._("No decision about you is taken by a machine alone.")
        )
        return {"title": self.env._("Automated decisions"), "text": [text]}

    @api.model
    def _get_rights_block(self, company):
        """Art. 15.1.e and f: other rights, contact, complaint."""
        contact = company._get_rgpd_contact()
        address = contact["email"] or contact["phone"] or company.name
        return {
            "title": self.env._("Your rights"),
            "text": [
                self.env._(
                    "You may have your data corrected, erased or their use restricted, "
                    "object to their use, take back a consent at any time, and receive "
                    "the data you gave in a reusable form (Art. 16 to 21 GDPR)."
                ),
                self.env._(
                    "Write to: %(label)s, %(name)s, %(address)s.",
                    label=contact["label"],
                    name=contact["name"],
                    address=address,
                ),
                self.env._(
                    "You may complain at any time to the French authority: %(cnil)s "
                    "(Art. 77 GDPR).",
                    cnil=CNIL,
                ),
            ],
        }
