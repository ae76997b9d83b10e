from odoo import api, models


class Base(models.AbstractModel):
    _inherit = "base"

    @api.readonly
    def web_read(self, specification):
        """Tell the log that a form was opened, once its values are read."""
        values = super().web_read(specification)
        if len(self) == 1:
            self.env["rgpd.access.log"]._note_opening(self)
        return values
