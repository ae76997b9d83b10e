from odoo import models

from .later_index import LaterIndex
from .rgpd_person_finder_query import NOT_PLAIN


class MailNotification(models.Model):
    _inherit = "mail.notification"

    # Those sent to an address without contact, found by it as the finder asks
    _rgpd_email_idx = LaterIndex(
        "(lower(mail_email_address)) WHERE mail_email_address IS NOT NULL"
    )
    _rgpd_more_emails_idx = LaterIndex(f"(id) WHERE mail_email_address ~ '{NOT_PLAIN}'")
