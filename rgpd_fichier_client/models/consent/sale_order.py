import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...core.consent.evidence import text_digest

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

    rgpd_choice_summary = fields.Text(
        string="What the customer decided",
        help="Choices in force about offers of this company. An order, its delivery "
        "and its invoice do not depend on them.",
    )

    # === ACTIONS === #

    def action_rgpd_choices(self):
        """Open the choices to read or hand over to the customer.

        :raise UserError: there is nothing to ask
        """
        return self.env["rgpd.order.choice"]._open_for(self)

    # === WHAT THE PORTAL SHOWS === #

    def _get_rgpd_signature_choices(self, user):
        """Return the boxes to show beside the signature; called by the portal page.

        :param user: the visitor; the order itself comes with all rights
        """
        self.ensure_one()
        return self.env["rgpd.signature.choice"]._get(self, user)

    def _get_rgpd_payment_choices(self, user):
        """Return the boxes to show beside the payment; called by the portal page.

        :param user: the visitor; the order itself comes with all rights
        """
        self.ensure_one()
        return self.env["rgpd.payment.choice"]._get(self, user)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_rgpd_facts(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Record that the notice went out with the quotation."""
        self._check_rgpd_facts(vals)
        result = super().write(vals)
        if vals.get("state") == "sent":
            for order in self:
                order._note_rgpd_notice("quotation")
                order._note_rgpd_contact()
        return result

    @api.model
    def _check_rgpd_facts(self, vals):
        """Refuse a fact written by hand: the contact check believes it.

        :raise AccessError: unless the add-on itself records it
        """
        if vals.get("rgpd_objection_offered") and not self.env.su:
            raise AccessError(
                self.env._(
                    "That a customer could object is recorded when they see the box: "
                    "nobody writes it by hand."
                )
            )

    # === NOTICES (Art. 13 GDPR) === #

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
        if not self.company_id.sudo().rgpd_quotation_notice:
            return self.env["rgpd.notice"], None
        return self._find_rgpd_notice_of("order" if self.state == "sale" else "quote")

    def _find_rgpd_notice_of(self, code):
        """Return the notice and the purpose of that code in the company."""
        notices = self.env["rgpd.notice"]
        # sudo: rgpd.purpose - shown to the customer
        purposes = self.env["rgpd.purpose"].sudo()
        purpose = purposes._get_purpose(code, self.company_id)
        if not purpose:
            return notices, None
        return notices._find(purpose, None, self.company_id, "form"), purpose

    def _get_rgpd_notice_digest(self, text):
        """Return the mark by which the page says which notice it showed."""
        return text_digest(text) if text else ""

    def _note_rgpd_accepted(self, user, digest):
        """Record the notice that was beside the acceptance, word for word.

        Called with what the browser sent: a mark that is not that of a notice of ours
        counts for nothing. Never stops the order.

        :param user: who accepts; staff who look at the page are shown nothing
        :param digest: SHA-256 of the text on the page
        """
        self.ensure_one()
        if not digest or user._is_internal():
            return
        person = self.partner_id if user._is_public() else user.partner_id
        try:
            with self.env.cr.savepoint():
                version = self._get_rgpd_shown_version(digest)
                if version:
                    self.env["rgpd.notice.shown"]._note(person, version, "portal", self)
        except Exception as error:  # noqa: BLE001 - the order goes on
            self._log_rgpd_notice(error)

    def _get_rgpd_shown_version(self, digest):
        """Return the version of our short notice that has this digest."""
        version = self.env["rgpd.notice.version"]
        # Signing turns the quotation into an order: the page was opened before.
        for code in ("quote", "order"):
            notice, purpose = self._find_rgpd_notice_of(code)
            if notice and not version:
                version = notice._get_shown_version(
                    purpose, None, self.company_id, digest
                )
        return version

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

    def _note_rgpd_contact(self):
        """A quotation that is sent is a contact: who is still to be told is due."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.env["rgpd.information"]._note_contact(
                    self.partner_id, self.company_id
                )
        except Exception as error:  # noqa: BLE001 - the order goes on
            self._log_rgpd_notice(error)

    def _log_rgpd_notice(self, error):
        _logger.warning(
            "The notice of order %s failed: %s", self.id, type(error).__name__
        )
