from odoo import models

from odoo.addons.rgpd_fichier_client.models.datamap.digits_index import get_digits_index


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    _rgpd_digits_idx = models.Index(get_digits_index("mobile"))
