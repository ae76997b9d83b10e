import logging

from odoo import api, models

from ...core.datamap import normalise
from ...core.request import mailing

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Leave answers of machines and our own mails out of the requests.

        An absence note would open a request, or look like an answer of the person.
        """
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if not any(route[0] == "rgpd.request" for route in routes):
            return routes
        reason = mailing.get_reason_to_ignore(
            message,
            normalise.email(message_dict.get("email_from")),
            self.env["rgpd.request"]._get_own_addresses(),
        )
        if not reason:
            return routes
        _logger.info("A mail was left out of the requests: %s", reason)
        return [route for route in routes if route[0] != "rgpd.request"]
