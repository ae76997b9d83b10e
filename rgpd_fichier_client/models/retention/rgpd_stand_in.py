from odoo import api, fields, models
from odoo.exceptions import UserError

ADDRESS = ("street", "street2", "zip", "city", "state_id")


class RgpdStandIn(models.Model):
    """The contact that stands for erased customers on documents that stay as figures.

    One per company and country: the turnover by country does not change, and nobody can
    tell which documents were once of the same person. It counts as an organisation: no
    person of the file.
    """

    _name = "rgpd.stand.in"
    _description = "Stand-in for Erased Customers"
    _log_access = False
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="cascade"
    )
    country_id = fields.Many2one("res.country", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )

    @api.model
    def _get(self, company, country):
        """Return the stand-in of a company for a country, made when there is none.

        One that somebody made a real contact of is none any more.
        """
        domain = [("company_id", "=", company.id), ("country_id", "=", country.id)]
        found = self.search(domain, limit=1)
        if not found:
            found = self.create(
                {
                    "company_id": company.id,
                    "country_id": country.id,
                    "partner_id": self._create_partner(company, country).id,
                }
            )
        elif not found._is_nobody():
            found.partner_id = self._create_partner(company, country)
        return found.partner_id

    def _is_nobody(self):
        """Tell whether the contact still is what was made: archived, no address."""
        self.ensure_one()
        partner = self.partner_id
        told = (*ADDRESS, "email", "phone", "vat", "parent_id", "user_ids")
        return (
            partner.is_company
            and not partner.active
            and partner.country_id == self.country_id
            and not any(partner[name] for name in told)
        )

    @api.model
    def _check_merge(self, partners):
        """Refuse to merge a stand-in: erased orders would become somebody's.

        :raise UserError: one of these contacts stands for erased customers
        """
        # sudo: rgpd.stand.in - whoever may merge contacts must not do this
        if self.sudo().search_count([("partner_id", "in", partners.ids)], limit=1):
            raise UserError(
                self.env._(
                    "A contact that stands for erased customers cannot be merged."
                )
            )

    def _create_partner(self, company, country):
        name = self.env._("Erased customers")
        return self.env["res.partner"].create(
            {
                "name": f"{name} ({country.code})" if country else name,
                "is_company": True,
                "active": False,
                "company_id": company.id,
                "country_id": country.id,
                "lang": False,
            }
        )
