from odoo import models

# Links of the persons of one batch: made once, carried by each mail
LINKS = "rgpd_mail_links"


class MailMail(models.Model):
    """The links of a mail: the way out, and the page of choices."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Make the links of the whole batch at once."""
        mails = self
        if signed := self._rgpd_get_signed():
            mails = self.with_context(**{LINKS: signed._rgpd_make_links()})
        return super(MailMail, mails).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _rgpd_get_links(self):
        """Return ``(way out, page of choices)`` of the person of one mail.

        Both are ``None`` where no person is known.
        """
        self.ensure_one()
        links = self.env.context.get(LINKS) or {}
        if self.id not in links:
            links = self._rgpd_make_links()
        return links[self.id]

    def _rgpd_make_links(self):
        """Return ``{mail id: (way out, page of choices)}``, set-based."""
        persons = self.env["rgpd.contact.person"]
        result = dict.fromkeys(self.ids, (None, None))
        groups = self.grouped(lambda mail: (mail.model, mail._rgpd_get_controller()))
        for (model, company), mails in groups.items():
            if model not in self.env:
                continue
            links = persons._get_links(
                self.env[model].browse(set(mails.mapped("res_id")) - {0}),
                company,
            )
            result |= {m.id: links[m.res_id] for m in mails if m.res_id in links}
        return result

    # === HOOKS === #

    def _rgpd_get_controller(self):
        """Return the company that one mail is sent for."""
        return self.rgpd_company_id or self.env.company

    def _rgpd_get_signed(self):
        """Return those of these mails that carry links of the person."""
        return self.filtered("rgpd_purpose_code")
