from odoo import api, models

# Set while the files that came with a request are stored: nothing opens them.
CLOSED = "rgpd_keep_closed"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        """Store the files that strangers send with a request without opening them.

        An archive may unpack to more than the memory of the server, and what an
        index holds would have to be erased too.
        """
        if self.env.context.get(CLOSED):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)
