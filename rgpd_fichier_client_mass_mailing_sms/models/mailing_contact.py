from odoo import models

from odoo.addons.rgpd_fichier_client.models.datamap.digits_index import get_digits_index
from odoo.addons.rgpd_fichier_client.models.datamap.later_index import LaterIndex


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    _rgpd_digits_idx = LaterIndex(get_digits_index("mobile"))
