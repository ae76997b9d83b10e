from odoo import SUPERUSER_ID, api, fields, models

# What a sheet says of its company. Sheets common to all of them depend on none, so that
# nothing else tells them that it changed.
SHEET_FIELDS = {
    "country_id",
    "email",
    "rgpd_contact_email",
    "rgpd_dpo_id",
    "rgpd_referent_id",
    "rgpd_representative_id",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    rgpd_dpo_id = fields.Many2one(
        "res.partner",
        string="Data protection officer",
        help="Only the person designated to the CNIL (Art. 37.7). Without designation "
        "leave it empty and name a personal data contact.",
        prefetch="rgpd",
    )
    rgpd_dpo_is_external = fields.Boolean(string="External DPO", prefetch="rgpd")
    rgpd_dpo_number = fields.Char(
        string="CNIL designation number",
        help="Given by the CNIL, for example DPO-1234.",
        prefetch="rgpd",
    )
    rgpd_dpo_date = fields.Date(string="Designated on", prefetch="rgpd")
    rgpd_referent_id = fields.Many2one(
        "res.partner",
        string="Personal data contact",
        help="Who answers questions about personal data when there is no DPO "
        "(référent). This person is never called DPO.",
        prefetch="rgpd",
    )
    rgpd_contact_email = fields.Char(
        string="E-mail for requests",
        help="Printed in notices and letters (Art. 13.1.b).",
        prefetch="rgpd",
    )
    rgpd_representative_id = fields.Many2one(
        "res.partner",
        string="Representative in the EU",
        help="Only for a company established outside the EU (Art. 27).",
        prefetch="rgpd",
    )
    rgpd_has_own_register = fields.Boolean(
        string="Own register",
        help="The sheets common to all companies do not apply to this one: it has its "
        "own (Art. 30.1).",
        prefetch="rgpd",
    )
    rgpd_policy_published = fields.Boolean(
        string="Public privacy policy",
        help="The published policy is readable by everyone at /rgpd/policy.",
        prefetch="rgpd",
    )
    rgpd_register_published = fields.Boolean(
        string="Public register",
        help="The register is readable by everyone at /rgpd/register, without the "
        "names of suppliers and the security measures. No law asks it of a private "
        "body.",
        prefetch="rgpd",
    )
    rgpd_policy_url = fields.Char(string="Privacy policy page", prefetch="rgpd")
    rgpd_contact_kind = fields.Selection(
        [
            ("dpo", "Data protection officer"),
            ("referent", "Personal data contact"),
            ("company", "Company"),
        ],
        compute="_compute_rgpd_contact_kind",
    )

    @api.depends("rgpd_dpo_id", "rgpd_referent_id")
    def _compute_rgpd_contact_kind(self):
        for company in self:
            if company.rgpd_dpo_id:
                company.rgpd_contact_kind = "dpo"
            elif company.rgpd_referent_id:
                company.rgpd_contact_kind = "referent"
            else:
                company.rgpd_contact_kind = "company"

    def write(self, vals):
        result = super().write(vals)
        if not SHEET_FIELDS.isdisjoint(vals):
            # sudo: rgpd.processing - whoever sets the company up may not see sheets
            sheets = self.env["rgpd.processing"].sudo()
            sheets.search([("company_id", "=", False)])._refresh_completeness()
        return result

    def _is_outside_eea(self):
        """Tell whether the company is established outside the EEA (Art. 27)."""
        self.ensure_one()
        # sudo: res.company - where it is established is on its letters
        country = self.sudo().country_id
        return bool(country) and self.env["rgpd.adequacy"]._is_outside_eea(country)

    def _get_rgpd_contact(self):
        """Return who answers about personal data: kind, label, name, e-mail, phone.

        The label says DPO only when one is designated (Art. 37); a référent is the
        "personal data contact".
        """
        self.ensure_one()
        # sudo: res.partner - the contact is published to every person concerned
        company = self.sudo()
        kind = company.rgpd_contact_kind
        person = company.rgpd_dpo_id or company.rgpd_referent_id
        labels = dict(
            company._fields["rgpd_contact_kind"]._description_selection(self.env)
        )
        return {
            "kind": kind,
            "label": labels[kind],
            "name": person.name or company.name,
            "email": company.rgpd_contact_email or person.email or company.email or "",
            "phone": person.phone or company.phone or "",
            "number": company.rgpd_dpo_number or "" if kind == "dpo" else "",
        }

    def _get_rgpd_policy_url(self):
        """Return where the privacy policy can be read, empty when it is nowhere.

        The page that the company chose, else the one written from the register.
        """
        self.ensure_one()
        # sudo: res.company, rgpd.policy.version - where everyone may read it
        company = self.sudo()
        if company.rgpd_policy_url or not company.rgpd_policy_published:
            return company.rgpd_policy_url or ""
        if not self.env["rgpd.policy.version"]._get_public(company):
            return ""
        return f"{company.get_base_url()}/rgpd/policy/{company.id}"

    def _get_rgpd_dpo_user(self):
        """Return the user to whom tasks about personal data go, maybe none.

        The designated DPO or the contact, when they are users who may decide; else
        the first of those who may (Art. 38 and 39).
        """
        self.ensure_one()
        # sudo: res.users, res.company - who gets a task does not depend on who asks
        group = self.env.ref("rgpd_fichier_client.group_rgpd_dpo").sudo()
        company = self.sudo()
        users = group.all_user_ids.filtered(
            lambda user: (
                user.active and user.id != SUPERUSER_ID and company in user.company_ids
            )
        ).sorted("id")
        persons = company.rgpd_dpo_id | company.rgpd_referent_id
        named = users.filtered(lambda user: user.partner_id in persons)
        return (named or users)[:1].sudo(self.env.su)
