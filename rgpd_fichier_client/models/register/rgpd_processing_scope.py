from odoo import api, fields, models
from odoo.fields import Domain


class RgpdProcessing(models.Model):
    """Which sheets make the register of a controller (Art. 30.1)."""

    _inherit = "rgpd.processing"

    is_in_register = fields.Boolean(
        string="Part of the register",
        compute="_compute_is_in_register",
        search="_search_is_in_register",
    )

    @api.depends("company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_is_in_register(self):
        domain = self._get_scope_domain()
        inside = self.filtered_domain(domain)
        for sheet in self:
            sheet.is_in_register = sheet in inside

    def _search_is_in_register(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_scope_domain()
        return domain if True in value else ~domain

    @api.model
    def _get_scope_domain(self):
        """Return the domain of the registers of the companies the user works in.

        The common sheets are no part of the register of a company with its own.
        """
        domains = []
        for company in self.env.companies:
            # sudo: res.company - whose register applies does not depend on who asks
            own = company.sudo().rgpd_has_own_register
            ids = [company.id] if own else [False, company.id]
            domains.append(Domain("company_id", "in", ids))
        return Domain.OR(domains)
