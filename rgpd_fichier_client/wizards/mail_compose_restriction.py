from odoo import models
from odoo.exceptions import UserError


class MailComposeMessage(models.TransientModel):
    """A message to somebody whose data may only be stored is refused at once."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        for composer in self:
            if composer.composition_mode == "comment":
                composer._rgpd_check_unrestricted()
        return super()._action_send_mail(auto_commit=auto_commit)

    def _rgpd_check_unrestricted(self):
        """Refuse to write to persons whose use is restricted.

        :raise UserError: Art. 18 GDPR
        """
        if (
            not self.partner_ids
            or (self.model or "").startswith("rgpd.")
            or not self.env["rgpd.restriction"]._has_ever_held()
        ):
            return
        company = self.record_company_id or self.env.company
        restricted = self.env["rgpd.contact.gate"]._get_restricted(
            self.partner_ids, company
        )
        partners = self.partner_ids.filtered(lambda one: one.id in restricted)
        if partners:
            raise UserError(
                self.env._(
                    "The use of the data of %(names)s is restricted (Art. 18 GDPR): "
                    "they may only be stored. Take these recipients off, or wait until "
                    "the restriction is lifted; what is about their rights is written "
                    "in their request.",
                    names=", ".join(partners.mapped("display_name")),
                )
            )
