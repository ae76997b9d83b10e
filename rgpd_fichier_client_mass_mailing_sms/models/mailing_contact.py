from odoo import models

from odoo.addons.rgpd_fichier_client.models.datamap.digits_index import DIGITS_INDEX


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    _rgpd_digits_idx = models.Index(DIGITS_INDEX)
