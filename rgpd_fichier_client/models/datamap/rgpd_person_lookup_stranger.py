from odoo import api, models


class RgpdPersonLookup(models.AbstractModel):
    """Look up people without contact by their name."""

    _inherit = "rgpd.person.lookup"

    @api.model
    def _get_name_columns(self, model):
        columns = self.env["rgpd.person.finder"]._get_stranger_columns(model)
        if columns is None:
            return super()._get_name_columns(model)
        return columns.names

    @api.model
    def _query_words(self, model, names, words):
        ids = super()._query_words(model, names, words)
        if model not in self.env["rgpd.data.map"]._get_stranger_models():
            return ids
        return self.env["rgpd.subject"]._filter_strangers(model, ids)
