import logging

from odoo import models

from odoo.addons.rgpd_fichier_client.models.datamap.later_index import LaterIndex
from odoo.addons.rgpd_fichier_client.models.datamap.rgpd_words import get_words_index

_logger = logging.getLogger(__name__)


class MailingContact(models.Model):
    _name = "mailing.contact"
    _inherit = ["mailing.contact", "rgpd.suppression.mixin", "rgpd.contactable.mixin"]

    _rgpd_email_idx = LaterIndex("USING hash (email_normalized)")
    _rgpd_words_idx = LaterIndex(get_words_index(("name",)))

    def action_rgpd_access(self):
        """Open the access wizard for the person this record stands for.

        :raise AccessError: the user is not an officer (rights of the wizard)
        """
        return self.env["rgpd.access.wizard"]._open_for(self)

    def _rgpd_object(self):
        """Record that these persons want no more offers by e-mail; never fails.

        Odoo's own mark stays and stops its mailings even where this cannot be kept.
        """
        is_staff = self.env.user._is_internal()
        for contact in self:
            try:
                with self.env.cr.savepoint():
                    # sudo: rgpd.consent - a visitor leaves a list
                    self.env["rgpd.consent"].sudo()._record(
                        contact,
                        None,
                        "email",
                        "objected",
                        method="unknown" if is_staff else "button",
                        collection_point="system" if is_staff else "web_form",
                        actor="staff" if is_staff else "self",
                    )
            except Exception as error:  # noqa: BLE001 - the list is left all the same
                _logger.warning(
                    "The objection of mailing contact %s could not be recorded: %s",
                    contact.id,
                    type(error).__name__,
                )
