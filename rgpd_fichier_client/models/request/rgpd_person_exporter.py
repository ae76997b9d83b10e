from odoo import models


class RgpdPersonExporter(models.AbstractModel):
    """Adds what the register and the retention engine know (Art. 15.1 GDPR)."""

    _inherit = "rgpd.person.exporter"
