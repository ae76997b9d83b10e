from odoo import api, fields, models

from . import archived_field
from .rgpd_vault_masking import is_nobody_archived


class AccountMove(models.Model):
    """The name of an archived customer on documents that salespeople read too."""

    _inherit = "account.move"

    # Of this registry alone: see archived_field.hide
    invoice_partner_display_name = fields.Char()

    @api.model
    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        archived_field.guard(self, ["invoice_partner_display_name"])
        self._hide_archived_fields()
        return result

    @api.model
    def _hide_archived_fields(self):
        archived_field.hide(self, {"invoice_partner_display_name": None})

    def _get_archived_partner_id(self):
        """Return the contact whose archive hides the name on the document."""
        return self.partner_id.id

    def _hide_archived_column(self, sql, alias):
        """Return how the name is read; see ``archived_field.guard``."""
        return self.env["res.partner"]._hide_archived_sql(sql, alias, "partner_id")

    def _fetch_query(self, query, fields):
        """Fill the cache with true values: the conversion hides them."""
        if is_nobody_archived(self.env) or not self.env["rgpd.vault"]._is_masking():
            return super()._fetch_query(query, fields)
        with self.env["rgpd.vault"]._showing():
            return super()._fetch_query(query, fields)


archived_field.own(AccountMove, {"invoice_partner_display_name"})
