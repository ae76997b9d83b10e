from odoo import api, models
from odoo.modules import Manifest

from ...core.datamap import discovery_unknown

# How Odoo's editor signs: the community association starts with the same word
AUTHORS = ("Odoo", "Odoo S.A.", "Odoo SA", "Odoo PS")


class RgpdDataMap(models.AbstractModel):
    """Which models nobody looked at: custom ones and those of third-party add-ons."""

    _inherit = "rgpd.data.map"

    @api.model
    def _get_unknown_models(self, columns, shipped):
        """Return the models that neither this add-on nor Odoo's editor looked at."""
        known = {link.model for link in shipped}
        return sorted(
            model
            for model in columns
            if model not in known and not self._is_of_odoo(self.env[model])
        )

    @api.model
    def _is_of_odoo(self, model):
        module = model._original_module
        manifest = Manifest.for_addon(module, display_warning=False) if module else {}
        author = str((manifest or {}).get("author") or "")
        return author.partition(",")[0].strip() in AUTHORS or module == "base"

    @api.model
    def _get_main_link(self, model):
        """Return the link that says whose a record is, of a model nobody looked at."""
        links = self._get_links(model)
        if any(link.is_shipped for link in links) or self._is_of_odoo(self.env[model]):
            return None
        return discovery_unknown.find_main(links).get(model)
