from odoo import api, models
from odoo.http import request


class Base(models.AbstractModel):
    _inherit = "base"

    @api.readonly
    def web_read(self, specification):
        """Tell the log that a form was opened, once its values are read."""
        values = super().web_read(specification)
        # Each line of an order is read by this method too
        if len(self) == 1 and request:
            self.env["rgpd.access.log"]._note_opening(self)
        return values
