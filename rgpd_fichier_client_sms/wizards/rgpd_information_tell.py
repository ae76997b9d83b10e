from odoo import fields, models
from odoo.exceptions import UserError


class RgpdInformationTell(models.TransientModel):
    """Tell persons by an SMS that holds the link to the whole notice."""

    _inherit = "rgpd.information.tell"

    way = fields.Selection(
        selection_add=[("sms", "By SMS, now")], ondelete={"sms": "set default"}
    )

    def _tell(self, rows):
        """Queue the SMS; the persons leave the list when it has left.

        :raise UserError: nobody here has a number
        """
        if self.way != "sms":
            return super()._tell(rows)
        sent = rows.filtered(lambda row: row._send_sms())
        if not sent:
            raise UserError(
                self.env._("Nobody here has a phone number: tell them otherwise.")
            )
        if self.scan or self.note:
            for row in sent:
                self._keep_proof(row)
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()
        return None
