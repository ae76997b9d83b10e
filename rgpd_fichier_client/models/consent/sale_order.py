import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rgpd_objection_offered = fields.Boolean(
        string="Could object to offers when ordering",
        readonly=True,
        copy=False,
        help="The person saw, when accepting, a free and simple way to object to "
        "offers (art. L. 34-5 CPCE, condition of prospecting customers).",
    )

    def _get_rgpd_signature_choices(self, user):
        """Return the boxes to show beside the signature; called by the portal page.

        :param user: the visitor; the order itself comes with all rights
        """
        self.ensure_one()
        return self.env["rgpd.signature.choice"]._get(self, user)

    # === NOTICES (Art. 13 GDPR) === #

    def write(self, vals):
        """Record that the notice went out with the quotation."""
        result = super().write(vals)
        if vals.get("state") == "sent":
            for order in self:
                order._note_rgpd_notice("quotation")
        return result

    def _get_rgpd_notice_text(self):
        """Return the short notice of the document, empty when there is none to show.

        Called while it is printed or shown: a fault here never stops it.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                notice, purpose = self._find_rgpd_notice()
                if not notice:
                    return ""
                return notice._render_text(purpose, self.company_id, self.env.lang)
        except Exception as error:  # noqa: BLE001 - the document is shown all the same
            self._log_rgpd_notice(error)
            return ""

    def _find_rgpd_notice(self):
        """Return the notice and the purpose of the order today; maybe none."""
        notices = self.env["rgpd.notice"]
        if not self.company_id.sudo().rgpd_quotation_notice:
            return notices, None
        code = "order" if self.state == "sale" else "quote"
        # sudo: rgpd.purpose - shown to the customer
        purposes = self.env["rgpd.purpose"].sudo()
        purpose = purposes._get_purpose(code, self.company_id)
        if not purpose:
            return notices, None
        return notices._find(purpose, None, self.company_id, "form"), purpose

    def _note_rgpd_notice(self, place):
        """Record that the customer was shown the notice; never stops the order.

        :param place: see ``rgpd.notice.shown``
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                notice, purpose = self._find_rgpd_notice()
                if not notice:
                    return
                lang = self.partner_id.lang or self.env.lang
                version = notice._get_current_version(
                    purpose, None, self.company_id, lang
                )
                self.env["rgpd.notice.shown"]._note(
                    self.partner_id, version, place, self
                )
        except Exception as error:  # noqa: BLE001 - the order goes on
            self._log_rgpd_notice(error)

    def _log_rgpd_notice(self, error):
        _logger.warning(
            "The notice of order %s failed: %s", self.id, type(error).__name__
        )
