from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import siren
from .rgpd_person_lookup import MOST_READ


class RgpdPersonLookup(models.AbstractModel):
    """Look up by the number of a business in any writing, and by a login."""

    _inherit = "rgpd.person.lookup"

    @api.model
    def _match_references(self, model, wanted):
        ids = super()._match_references(model, wanted)
        number = siren.read(wanted.code)
        if number and model == "res.partner":
            ids |= self._query_ids(
                SQL(
                    # A SIREN and all its SIRET follow each other in the index
                    """SELECT id FROM res_partner
                        WHERE vat = %(vat)s OR company_registry = %(number)s
                           OR company_registry BETWEEN %(first)s AND %(last)s
                        LIMIT %(limit)s""",
                    vat=siren.vat(number),
                    number=number,
                    first=f"{number}00000",
                    last=f"{number}99999",
                    limit=MOST_READ,
                )
            )
        return ids

    @api.model
    def _match_accounts(self, wanted):
        partners = super()._match_accounts(wanted)
        if wanted.text:
            partners |= self._query_ids(
                SQL(
                    "SELECT partner_id FROM res_users WHERE login = ANY(%s) LIMIT %s",
                    [wanted.text, wanted.text.lower()],
                    MOST_READ,
                )
            )
        return partners
