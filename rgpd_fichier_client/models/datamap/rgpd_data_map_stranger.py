from odoo import api, models, tools

from ...core.datamap import stranger


class RgpdDataMap(models.AbstractModel):
    """Which records stand for people without contact, and what tells who they are."""

    _inherit = "rgpd.data.map"

    @api.model
    def _get_stranger_models(self):
        """Return the installed models whose records stand for those without contact."""
        return [
            link.model
            for link in self._get_links()
            if stranger.is_stranger(link) and link.model in self.env
        ]

    @api.model
    def _get_own_anchor_models(self):
        """Return the installed models whose records stand for persons by themselves."""
        return [
            link.model
            for link in self._get_links()
            if link.kind == "anchor"
            and not stranger.is_stranger(link)
            and link.model in self.env
        ]

    @api.model
    @tools.ormcache("model")
    def _get_stranger_columns(self, model):
        """Return what tells who the records of such a model are about.

        :rtype: odoo.addons.rgpd_fichier_client.core.datamap.stranger.Columns
        """
        stored = self.env[model]._fields
        links = [link for link in self._get_links(model) if _is_column(stored, link)]
        fields = {
            name: field
            for name, field in self._get_fields(model).items()
            if name in stored and stored[name].store
        }
        return stranger.get_columns(links, fields)


def _is_column(fields, link):
    field = fields.get(link.path)
    return bool(field and field.store and field.column_type)
