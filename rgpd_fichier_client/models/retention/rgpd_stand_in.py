from odoo import api, fields, models


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
        """Return the stand-in of a company for a country, made when there is none."""
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
        return found.partner_id

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
