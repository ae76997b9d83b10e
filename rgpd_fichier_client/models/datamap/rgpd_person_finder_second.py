from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import normalise
from .contact_index import get_keys_condition


class RgpdPersonFinder(models.AbstractModel):
    """How contacts are matched by a second address: Odoo normalises the first one."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _get_same_email(self, model, values):
        yield from super()._get_same_email(model, values)
        if values and model == "res.partner":
            written = [form for v in values for form in normalise.email_spellings(v)]
            yield SQL(
                "SELECT id FROM res_partner WHERE email ~ '[,;]' AND %s",
                get_keys_condition([*written, *(f"'{v}'" for v in written)]),
            )
