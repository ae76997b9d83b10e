from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rgpd_request_officer_id = fields.Many2one(
        "res.users",
        string="Requests are given to",
        domain="[('share', '=', False)]",
        help="Who handles the requests that come by themselves: from the customer "
        "account, the public form, or by mail.",
        prefetch="rgpd",
    )
    rgpd_request_alias_id = fields.Many2one(
        "mail.alias", readonly=True, copy=False, ondelete="set null", prefetch="rgpd"
    )
    rgpd_request_alias_name = fields.Char(
        string="Mailbox of requests",
        compute="_compute_rgpd_request_alias_name",
        inverse="_inverse_rgpd_request_alias_name",
        help="A mail to this address opens a request, with its files.",
    )
    rgpd_request_alias_email = fields.Char(
        string="Address of requests", compute="_compute_rgpd_request_alias_email"
    )

    @api.depends("rgpd_request_alias_id.alias_name")
    def _compute_rgpd_request_alias_name(self):
        for company in self:
            # sudo: mail.alias - the address is published to every person
            alias = company.rgpd_request_alias_id.sudo()
            company.rgpd_request_alias_name = alias.alias_name

    @api.depends("rgpd_request_alias_id.alias_full_name")
    def _compute_rgpd_request_alias_email(self):
        for company in self:
            # sudo: mail.alias - as above
            alias = company.rgpd_request_alias_id.sudo()
            company.rgpd_request_alias_email = (
                alias.alias_full_name if alias.alias_domain_id else False
            )

    def _inverse_rgpd_request_alias_name(self):
        """Make, rename or remove the alias; publish it when no address is."""
        for company in self:
            name = (company.rgpd_request_alias_name or "").strip()
            # sudo: mail.alias - who may write the company may name its mailbox
            alias = company.rgpd_request_alias_id.sudo()
            if not name:
                alias.unlink()
            elif alias:
                alias.alias_name = name
            else:
                vals = company._prepare_rgpd_alias_vals(name)
                company.rgpd_request_alias_id = alias.create(vals)
            if not company.rgpd_contact_email and company.rgpd_request_alias_email:
                company.rgpd_contact_email = company.rgpd_request_alias_email

    def _prepare_rgpd_alias_vals(self, name):
        self.ensure_one()
        return {
            "alias_name": name,
            # sudo: ir.model - the number of a model is no secret
            "alias_model_id": self.env["ir.model"].sudo()._get_id("rgpd.request"),
            "alias_domain_id": self.alias_domain_id.id,
            "alias_defaults": repr({"company_id": self.id, "channel": "email"}),
            "alias_contact": "everyone",
        }
