from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

VIEW_SCOPE = "rgpd.mailing.view"
VIEW_DAYS = 365


class MailingMailing(models.Model):
    """A mailing asks the gate about each recipient, and carries our links."""

    _name = "mailing.mailing"
    _inherit = ["mailing.mailing", "rgpd.marketing.mixin"]

    rgpd_kind = fields.Selection(default="marketing", required=True)

    # === COMPUTE METHODS === #

    @api.depends("mailing_model_id", "mailing_domain", "contact_list_ids", "state")
    def _compute_rgpd_report(self):
        """Count before sending; once sent, the traces tell."""
        asked = self.filtered(lambda mailing: mailing.state in ("draft", "in_queue"))
        (self - asked).rgpd_report = False
        return super(MailingMailing, asked)._compute_rgpd_report()

    # === ACTIONS === #

    def action_put_in_queue(self):
        """A mailing of marketing without purpose does not leave."""
        self._rgpd_check_purpose()
        return super().action_put_in_queue()

    def action_rgpd_open_excluded(self, code=None):
        """Open the recipients who are left out, for one reason or all of them."""
        self.ensure_one()
        self.check_access("read")
        excluded = self.env["rgpd.contact.report"]._get_excluded(
            self._rgpd_get_recipients(),
            self.rgpd_purpose_ids,
            self._rgpd_get_channel(),
            self.rgpd_company_id or self.env.company,
            code,
        )
        name = (
            self.env["rgpd.contact.sentence"]._get(code)
            if code
            else self.env._("Left out")
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self.mailing_model_real,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", excluded.ids)],
            "context": {"active_test": False, "create": False},
        }

    # === BUSINESS METHODS === #

    def _rgpd_get_recipients(self):
        """Return the records of the list, whether the gate allows them or not."""
        self.ensure_one()
        if self.mailing_model_real not in self.env:
            return self.env["res.partner"]
        if self.mailing_on_mailing_list and not self.contact_list_ids:
            return self.env["mailing.contact"]
        return self.env[self.mailing_model_real].search(self._get_recipients_domain())

    def _rgpd_get_plan(self):
        """Return ``(purpose codes, company)`` of marketing, ``None`` for the rest."""
        self.ensure_one()
        if not self._rgpd_is_marketing():
            return None
        codes = self.env["rgpd.contact.report"]._get_codes(self.rgpd_purpose_ids)
        return codes, self.rgpd_company_id or self.env.company

    # === LINKS OF A MAIL: no address in them, and a GET changes nothing === #

    def _get_unsubscribe_url(self, email_to, res_id):
        """Replace Odoo's link, which acts when a scanner opens it (invariant 10)."""
        return self._rgpd_get_link(res_id) or super()._get_unsubscribe_url(
            email_to, res_id
        )

    def _get_unsubscribe_oneclick_url(self, email_to, res_id):
        """One click from the mailbox posts to our page (RFC 8058)."""
        return self._rgpd_get_link(res_id) or super()._get_unsubscribe_oneclick_url(
            email_to, res_id
        )

    def _rgpd_get_link(self, res_id):
        """Return the link by which the person objects.

        A test is read by somebody else than the person of the sample record: its
        links lead nowhere.
        """
        if self.env.context.get("mailing_test_mail"):
            return f"{self.get_base_url()}/unsubscribe_from_list"
        *known, url = self.env.context.get("rgpd_way_out") or (None,)
        if url and known == [self.id, res_id]:
            return url
        return self.env["rgpd.contact.person"]._get_unsubscribe_url(
            self.env[self.mailing_model_real].browse(res_id),
            self.rgpd_company_id or self.env.company,
        )

    def _get_view_url(self, email_to, res_id):
        """Name the mail by a signed number instead of the address of the person."""
        if self.env.context.get("mailing_test_mail"):
            return f"{self.get_base_url()}/view"
        token = hash_sign(
            self.sudo().env,  # sudo: ir.config_parameter - the secret that signs
            VIEW_SCOPE,
            [self.id, res_id],
            expiration=timedelta(days=VIEW_DAYS),
        )
        return f"{self.get_base_url()}/privacy/mail/{token}"

    @api.model
    def _rgpd_read_view(self, token):
        """Return ``(mailing, res_id)`` of a link to read a mail, or ``None``."""
        try:
            # sudo: ir.config_parameter - as above
            values = verify_hash_signed(self.sudo().env, VIEW_SCOPE, token)
        except ValueError:
            return None
        if not values:
            return None
        mailing_id, res_id = values
        # sudo: mailing.mailing - the token is the right of the visitor
        mailing = self.sudo().browse(mailing_id).exists()
        return (mailing, res_id) if mailing else None
