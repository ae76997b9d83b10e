from odoo import models
from odoo.tools import mail

from ...core.request import restriction
from .res_partner_restriction import RIGHTS


class MailMail(models.Model):
    """No mail to persons whose data may only be stored (Art. 18 GDPR)."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Stop the mail of who was restricted since it was written, too."""
        stopped = self._rgpd_stop_restricted()
        return super(MailMail, self - stopped).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _rgpd_stop_restricted(self):
        """Take restricted persons off the mails; cancel what has nobody left.

        Whoever else follows the document gets the mail all the same. Free are the
        handling of rights, the notice of Art. 14 and what Art. 18.2 allows.
        """
        stopped = self.browse()
        # sudo: mail.mail - the queue asks about all of them
        mails = self.sudo()
        if (
            self.env.context.get("rgpd_rights") is RIGHTS
            or not self.env["rgpd.restriction"]._has_ever_held()
        ):
            return stopped
        mails = mails.filtered(lambda email: not email._rgpd_is_open())
        for company, some in mails.grouped(
            lambda email: (
                email.rgpd_company_id or email.record_company_id or self.env.company
            )
        ).items():
            if not self.env["rgpd.restriction"]._has_open(company):
                continue
            restricted = self.env["rgpd.contact.gate"]._get_restricted(
                some.recipient_ids, company
            )
            for email in some:
                if email._rgpd_take_off(restricted, company):
                    stopped |= email
        return self.browse(stopped.ids)

    def _rgpd_is_open(self):
        """Tell whether a restriction leaves one mail alone."""
        return bool(
            self.rgpd_information_id
            or restriction.is_open(self.rgpd_purpose_code)
            or (self.model or "").startswith("rgpd.")
        )

    def _rgpd_take_off(self, restricted, company):
        """Take restricted persons off one mail; tell whether nobody is left.

        :param restricted: ids of the contacts whose use is restricted
        """
        partners = self.recipient_ids.filtered(lambda one: one.id in restricted)
        typed = {
            name: self._rgpd_get_typed(name, company)
            for name in ("email_to", "email_cc")
            if self[name]
        }
        changed = {name: left for name, left in typed.items() if left != self[name]}
        if not partners and not changed:
            return False
        others = self.recipient_ids - partners
        if not others and not any(typed.values()):
            self._rgpd_cancel({"code": restriction.CODE})
            self._rgpd_cancel_notifications(self.recipient_ids)
            return True
        if partners:
            self.recipient_ids = others
            self._rgpd_cancel_notifications(partners)
        self.write(changed)
        return False

    def _rgpd_get_typed(self, name, company):
        """Return the addresses typed, without those of a restricted person."""
        reader_of = self.env["rgpd.first.contact"]._get_reader
        gate, left = self.env["rgpd.contact.gate"], []
        addresses = mail.email_split_and_format(self[name])
        for address in addresses:
            reader = reader_of(self, False, mail.email_normalize_all(address))
            if not reader or not gate._get_restricted(reader, company):
                left.append(address)
        return self[name] if left == addresses else ", ".join(left)

    def _rgpd_cancel_notifications(self, partners):
        """Show staff, at the message, who did not get it and why."""
        # sudo: mail.notification - whoever sends
        notifications = self.env["mail.notification"].sudo()
        notifications.search(
            [("mail_mail_id", "=", self.id), ("res_partner_id", "in", partners.ids)]
        ).write(
            {
                "notification_status": "canceled",
                "failure_type": "unknown",
                "failure_reason": self.env["rgpd.contact.sentence"]._get(
                    restriction.CODE
                ),
            }
        )
