from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, get_lang

from ...core.register import canonical, policy
from .rgpd_selection import get_label

LANGUAGES = ("fr", "en")


class RgpdPolicyVersion(models.Model):
    """The privacy policy as it was published: a text made from validated sheets.

    One row per publication and language; it never changes, so that anyone can read
    what was announced on any day (Art. 5.1.a, 12, 13 and 14).
    """

    _name = "rgpd.policy.version"
    _description = "Published privacy policy"
    _order = "number desc, lang"
    _rec_name = "number"

    number = fields.Integer(required=True, readonly=True, aggregator=None)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    lang = fields.Char(string="Language", required=True, readonly=True)
    date = fields.Datetime(string="Published on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Published by", readonly=True, ondelete="set null"
    )
    content = fields.Json(required=True, readonly=True)
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    sheet_count = fields.Integer(string="Sheets", readonly=True)

    _number_unique = models.Constraint(
        "UNIQUE(company_id, number, lang)", "This version exists already."
    )

    @api.depends("number", "lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "Privacy policy, version %(number)s (%(lang)s)",
                number=version.number,
                lang=version.lang,
            )

    # A version is evidence: this write only refuses.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A published policy never changes: publish anew."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A published policy is evidence: it is kept."))

    # === ACTIONS === #

    @api.model
    def action_publish(self, *_args):
        """Publish the policy of the current company from its validated sheets."""
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO publishes the privacy policy."))
        company = self.env.company
        sheets, waiting = self._get_sheets(company)
        if not sheets:
            raise UserError(
                self.env._("Validate a sheet first: the policy says what they say.")
            )
        versions = self._publish(company, sheets)
        message = self.env._(
            "Version %(number)s is published, from %(count)s validated sheets.",
            number=versions[:1].number,
            count=len(sheets),
        )
        if waiting:
            message += " " + self.env._(
                "Not validated, hence left out: %(sheets)s.",
                sheets=", ".join(waiting.mapped("reference")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if waiting else "success",
                "message": message,
                "sticky": bool(waiting),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_page(self):
        """Open the public page on this version."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": f"/rgpd/policy/{self.company_id.id}"
            f"?version={self.number}&lang={self.lang}",
        }

    # === PUBLISHING === #

    @api.model
    def _get_sheets(self, company):
        """Return the validated sheets where the company decides, and the others."""
        sheets = self.env["rgpd.processing"]
        sheets = sheets.search(sheets._get_register_domain(company)).filtered(
            lambda sheet: sheet.role == "controller"
        )
        validated = sheets.filtered(lambda sheet: sheet.state == "validated")
        return validated, sheets - validated

    @api.model
    def _publish(self, company, sheets):
        """Store the text in each language, one number for all."""
        # sudo: rgpd.policy.version - nobody may create one by hand
        versions_sudo = self.sudo()
        last = versions_sudo.search(
            [("company_id", "=", company.id)], order="number desc", limit=1
        )
        vals_list = []
        for lang in self._get_languages():
            content = self._get_content(company, sheets, lang)
            vals_list.append(
                {
                    "number": last.number + 1,
                    "company_id": company.id,
                    "lang": lang,
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "content": content,
                    "sha256": canonical.get_digest(content),
                    "sheet_count": len(sheets),
                }
            )
        versions = versions_sudo.create(vals_list)
        self.env["rgpd.journal"]._record(
            "register.policy_published",
            None,
            {"version": last.number + 1, "sha256": versions.mapped("sha256")},
            company=company,
        )
        return versions.sudo(self.env.su)

    @api.model
    def _get_languages(self):
        """Return the installed languages among those the texts are written in."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return [code for code in codes if code.split("_")[0] in LANGUAGES]

    @api.model
    def _get_content(self, company, sheets, lang):
        """Return the whole text as JSON-able values, in one language.

        What only the company and the CNIL need is left out: persons in charge, names
        of suppliers, security measures.
        """
        texts = self.with_context(lang=lang)
        contact = company.with_context(lang=lang)._get_rgpd_contact()
        return {
            "schema": 1,
            "controller": {
                "name": company.name,
                "address": " ".join(
                    company.partner_id._display_address(without_company=True).split()
                ),
                "number": company.company_registry or "",
                "contact": {
                    name: contact[name] for name in ("label", "email", "number")
                },
                # sudo: res.partner - the representative is published (Art. 13.1.a)
                "representative": company.sudo().rgpd_representative_id.name or "",
            },
            "sheets": [
                texts._get_sheet_content(sheet.with_context(lang=lang))
                for sheet in sheets
            ],
            "texts": texts._get_texts(company),
        }

    @api.model
    def _get_sheet_content(self, sheet):
        return {
            "reference": sheet.reference,
            "name": sheet.name,
            "objective": sheet.objective or "",
            "purposes": [
                self._get_purpose_content(purpose) for purpose in sheet.purpose_ids
            ],
            "persons": sheet.person_category_ids.mapped("name"),
            "data": sheet.data_category_ids.mapped("name"),
            "origin": [get_label(sheet, "data_origin"), sheet.origin_detail or ""],
            "recipients": sheet.recipient_ids.mapped("name"),
            "joint_controllers": sheet.joint_controller_ids.mapped("name"),
            "is_automated": sheet.dpia_automated,
            "transfers": [
                {
                    "country": transfer.country_id.name or "",
                    "safeguard": get_label(transfer, "safeguard"),
                    "document": transfer.document_url or "",
                }
                for transfer in sheet.transfer_ids.filtered("is_outside_eea")
            ],
        }

    @api.model
    def _get_purpose_content(self, purpose):
        """Return a purpose in the words of the public (Art. 13.1.c and d, 13.2.a)."""
        is_interest = purpose.legal_basis == "legitimate_interest"
        detail = (is_interest and purpose.interest, purpose.legal_reference)
        return {
            "name": purpose._get_public_name(),
            "basis": get_label(purpose, "legal_basis"),
            "detail": " – ".join(filter(None, detail)),
            "retention": purpose.retention_text or "",
            "rules": [
                {"name": rule.name, "retention": rule.retention_text}
                for rule in purpose.rule_ids
                if rule.retention_text
            ],
            "rights": purpose.rights_text or "",
        }

    def _get_texts(self, company):
        """Return the paragraphs that the law wants in every policy (Art. 13.2)."""
        email = company._get_rgpd_contact()["email"]
        return {
            "provision": self.env._(
                "Data marked as mandatory where we ask for them are needed for the "
                "contract or by law: without them we cannot do what you ask. All the "
                "others are optional."
            ),
            "rights": self.env._(
                "You may ask for access to your data, their correction and, in the "
                "cases the law names, their erasure, the restriction of their use and "
                "their portability. You may object to their use for prospecting at any "
                "time and without a reason; where we rely on our legitimate interest, "
                "you may object for reasons of your own. You may also say what becomes "
                "of your data after your death."
            ),
            "withdraw": self.env._(
                "Where a use rests on your consent, you may withdraw it at any time, "
                "as easily as you gave it; what was done before stays lawful."
            ),
            "contact": self._get_contact_text(email) if email else "",
            "complaint": self.env._(
                "If you think that your rights are not respected, you may complain to "
                "the CNIL (www.cnil.fr), 3 place de Fontenoy, TSA 80715, 75334 Paris "
                "Cedex 07."
            ),
        }

    def _get_contact_text(self, email):
        return self.env._(
            "To use your rights, write to %(email)s. We answer within one month.",
            email=email,
        )

    # === READING === #

    @api.model
    def _get_public(self, company, lang=None, number=None):
        """Return the version to show: that number, else the last; empty when private.

        :param lang: the language asked for, else that of the reader, else any
        """
        # sudo: rgpd.policy.version - it is published for everyone
        domain = [("company_id", "=", company.id)]
        if number:
            domain.append(("number", "=", number))
        last = self.sudo().search(domain, order="number desc", limit=1)
        same = self.sudo().search(
            [("company_id", "=", company.id), ("number", "=", last.number)]
        )
        wanted = [lang, get_lang(self.env).code, company.sudo().partner_id.lang]
        for code in filter(None, wanted):
            found = same.filtered(
                lambda version, code=code: version.lang.split("_")[0] == code[:2]
            )
            if found:
                return found[:1]
        return same[:1]

    def _get_siblings(self, **others):
        """Return the other languages of this version, or its other numbers."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id)]
        domain += [(name, "=", value) for name, value in others.items()]
        return self.search(domain)

    def _get_changes_since(self, day):
        """Return what changed after a day, in words; the reader chose the day.

        :return: list of sentences, or None when nothing was published by then
        """
        self.ensure_one()
        end = fields.Datetime.to_datetime(day) + timedelta(days=1)
        before = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("lang", "=", self.lang),
                ("date", "<", end),
            ],
            order="number desc",
            limit=1,
        )
        if not before:
            return None
        texts = self.with_context(lang=self.lang)
        return [
            texts._get_change_text(*change)
            for change in policy.get_changes(before.content, self.content)
        ]

    def _get_change_text(self, code, name, parts):
        labels = self._get_part_labels()
        return {
            "contact": self.env._("Who we are and how to reach us changed."),
            "rights": self.env._("What we say about your rights changed."),
            "added": self.env._("New: %(sheet)s.", sheet=name),
            "removed": self.env._("We no longer do this: %(sheet)s.", sheet=name),
            "changed": self.env._(
                "%(sheet)s: %(parts)s.",
                sheet=name,
                parts=", ".join(labels[part] for part in parts),
            ),
        }[code]

    def _get_part_labels(self):
        return {
            "objective": self.env._("main objective"),
            "purposes": self.env._("purposes or retention"),
            "data": self.env._("categories of data"),
            "persons": self.env._("categories of persons"),
            "origin": self.env._("origin of the data"),
            "recipients": self.env._("recipients"),
            "joint_controllers": self.env._("joint controllers"),
            "transfers": self.env._("transfers outside the EU"),
            "is_automated": self.env._("automated decisions"),
        }

    def _get_date_text(self):
        """Return the day of publication, in the language of the version."""
        self.ensure_one()
        return format_date(self.env, self.date, lang_code=self.lang)

    def _verify(self):
        """Return the versions whose content no longer matches its digest."""
        return self.filtered(lambda v: canonical.get_digest(v.content) != v.sha256)
