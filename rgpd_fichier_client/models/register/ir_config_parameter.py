import json

from odoo import api, models

BASE = "web.base.url"
FORMER = "rgpd_fichier_client.former_base_urls"
# Odoo follows the address at which an administrator logs in: it may change back and
# forth, and pages stay open for a while.
KEPT = 5


class IrConfigParameter(models.Model):
    """Remembers the addresses of the server that texts shown to persons may name."""

    _inherit = "ir.config_parameter"

    def write(self, vals):
        """Keep the address that the server had before."""
        if "value" in vals:
            for parameter in self.filtered(lambda row: row.key == BASE):
                if parameter.value and parameter.value != vals["value"]:
                    parameter._remember_base_url(parameter.value)
        return super().write(vals)

    @api.model
    def _remember_base_url(self, url):
        """Put one address first among the former ones."""
        former = [one for one in self._get_former_base_urls() if one != url]
        # sudo: ir.config_parameter - a list of addresses that were public
        self.sudo().set_param(FORMER, json.dumps([url, *former][:KEPT]))

    @api.model
    def _get_former_base_urls(self):
        """Return the addresses the server had before, the latest first."""
        # sudo: ir.config_parameter - visitors open pages that name them
        stored = self.sudo().get_param(FORMER)
        try:
            urls = json.loads(stored or "[]")
        except ValueError:
            return []
        return [url for url in urls if isinstance(url, str) and url]
