from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.datamap import normalise

COPIES = ("access", "portability")


class RgpdRequestLetter(models.Model):
    """A letter that announces a copy: the person fetches it by a link of its own."""

    _inherit = "rgpd.request.letter"

    @api.model
    def _prepare(self, request, kind, **values):
        """Compute the reasons to keep now: the preview writes nothing."""
        draft = super()._prepare(request, kind, **values)
        if kind == "access" and (person := request._get_person()):
            # sudo: rgpd.reason - computed for whoever answers
            self.env["rgpd.reason"].sudo()._refresh(person.sudo())
        return draft

    def _has_copy_link(self):
        """Tell whether a link to the copy leaves with this letter.

        Printed letters go with a copy that the handler downloads.
        """
        self.ensure_one()
        decisions = set(self.item_ids.mapped("decision"))
        return bool(
            self.kind in COPIES
            and self.channel in ("email", "portal")
            and decisions != {"none"}
            and self.request_id._get_person()
        )

    def _get_copy_gate(self):
        """Return what is needed besides the link: the account, or a code."""
        self.ensure_one()
        # sudo: res.users - whether the person has an account
        has_account = bool(self.sudo().request_id.partner_id.user_ids)
        is_own = self.request_id.requester_kind == "person"
        on_portal = self.channel == "portal"
        return "login" if on_portal and has_account and is_own else "code"

    def _get_copy_address(self):
        """Return the address of the link and of its code: one that was confirmed.

        It is an address the file knows, or that of who asks, once it is established
        who that is.

        :raise UserError: the letter goes to any other address
        """
        self.ensure_one()
        request = self.request_id
        confirmed = request._get_known_addresses()
        if request.identity_status == "known":
            confirmed.append(normalise.email(request.requester_email))
        address = normalise.email(self.recipient_email)
        if not address or address not in confirmed:
            raise UserError(
                self.env._(
                    "The link to the copy only goes to an address that the file knows, "
                    "or to that of who asks. Correct the e-mail, or print the letter."
                )
            )
        return address

    def action_send(self):
        """Send the link after the letter, and show the password of the archive once.

        While something doubtful in the copy waits for a decision, nothing leaves: the
        passages are shown instead.
        """
        self.ensure_one()
        if not self._has_copy_link():
            return super().action_send()
        # Of two officers the second waits here, then sees what the first one sent
        self.request_id.lock_for_update()
        self._check_sendable()
        copy = self._prepare_copy()
        if not copy.can_leave:
            return copy._get_action()
        action = super().action_send()
        offer_sudo = self.env["rgpd.request.delivery"]._offer(self)
        return self._get_password_action(offer_sudo, action)

    def _prepare_copy(self):
        """Return the copy this letter announces, read as it is now."""
        right, persons = self.request_id._get_copy_persons(self.kind)
        return self.request_id._prepare_copy(right, persons)

    def action_send_copy_again(self):
        """Send another link: the first one was used, is too old, or got lost.

        :raise UserError: this letter announced no copy, or it is in doubt who asks
        """
        self.ensure_one()
        self.request_id.check_access("write")
        if self.state != "sent" or not self._has_copy_link():
            raise UserError(self.env._("This letter announced no copy to download."))
        copy = self._prepare_copy()
        if not copy.can_leave:
            return copy._get_action()
        offer_sudo = self.env["rgpd.request.delivery"]._offer(self)
        return self._get_password_action(
            offer_sudo, {"type": "ir.actions.act_window_close"}
        )

    def _get_password_action(self, offer_sudo, following):
        """Return the notification with the password; it is in no field."""
        channels = dict(
            self._fields["password_channel"]._description_selection(self.env)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("A link to the copy was sent"),
                "message": self.env._(
                    "Password of the archive, shown once: %(password)s. Tell it to the "
                    "person by %(channel)s, never by e-mail. The link is good once, "
                    "until %(date)s.",
                    password=offer_sudo._get_password(),
                    channel=channels.get(self.password_channel, "–"),
                    date=self.env["rgpd.letter.text"]._day(
                        fields.Datetime.context_timestamp(
                            self, offer_sudo.date_expires
                        ).date()
                    ),
                ),
                "next": following,
            },
        }
