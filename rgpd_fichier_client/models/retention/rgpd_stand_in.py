from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..datamap.reload import reload_after

ADDRESS = ("street", "street2", "zip", "city", "state_id")
# What Odoo itself counts on a contact; nobody becomes somebody by it
COUNTERS = {"customer_rank", "supplier_rank"}


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
            partner.name in self._get_names()
            and partner.is_company
            and not partner.active
            and partner.country_id == self.country_id
            and not any(partner[name] for name in told)
        )

    def _get_names(self):
        """Return the name as made, in each language somebody may have made it in.

        The night has no language: it makes it in that of the sources, installed or not.
        """
        codes = {code for code, _name in self.env["res.lang"].get_installed()}
        codes.add("en_US")
        return {
            self.with_context(lang=code)._get_name(self.country_id) for code in codes
        }

    def _get_name(self, country):
        name = self.env._("Erased customers")
        return f"{name} ({country.code})" if country else name

    # === NOBODY WRITES ON IT === #

    @api.model
    @ormcache()
    def _get_partner_ids(self):
        """Return the numbers of the contacts: asked at each change of a contact."""
        # sudo: rgpd.stand.in - whoever changes a contact
        return frozenset(self.sudo().search([]).partner_id.ids)  # pylint: disable=no-search-all

    @api.model_create_multi
    def create(self, vals_list):
        self._forget()
        return super().create(vals_list)

    def write(self, vals):
        self._forget()
        return super().write(vals)

    def _forget(self):
        """Read again who stands for nobody: now, and once the change is saved.

        A thread that reads meanwhile would keep the list of before.
        """
        self.env.registry.clear_cache()
        reload_after(self.env)

    @api.model
    def _check_write(self, partners, names):
        """Refuse to make somebody of a stand-in: erased orders would become theirs.

        :param names: fields to change
        :raise UserError: one of these contacts stands for erased customers
        """
        if self._get_partner_ids().isdisjoint(partners._ids) or COUNTERS.issuperset(
            names
        ):
            return
        raise UserError(
            self.env._(
                "This contact stands for erased customers on documents that stay as "
                "figures: it cannot be changed, or their orders would become "
                "somebody's. Create another contact."
            )
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
        return self.env["res.partner"].create(
            {
                "name": self._get_name(country),
                "is_company": True,
                "active": False,
                "company_id": company.id,
                "country_id": country.id,
                "lang": False,
            }
        )
