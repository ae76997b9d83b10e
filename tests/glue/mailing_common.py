"""What the tests of mailings share."""

from odoo.fields import Command

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..models.consent_common import MAIL, ConsentCase

SOFT = "softoptin"


class MailingCase(ConsentCase):
    """Mailings that really build the mails, caught before the mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "email": "shop@shop.example",
                "rgpd_softoptin_similar": True,
                "rgpd_messages_unsubscribe": True,
                "rgpd_softoptin_since": "2020-01-01",
            }
        )
        cls.marketer = cls.new_user(
            "reader",
            login="marketer",
            groups="mass_mailing.group_mass_mailing_user,base.group_partner_manager",
        )

    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(IrMail_Server, "_disable_send", lambda _self: False)
        self.patch(IrMail_Server, "_connect__", lambda *_args, **_kwargs: None)

        def send_email(_server, message, *_args, **_kwargs):
            self.sent.append(message)
            return message["Message-Id"]

        self.patch(IrMail_Server, "send_email", send_email)

    def people(self, count, prefix="p"):
        return self.env["res.partner"].create(
            [
                {"name": f"{prefix}{n} Essai", "email": f"{prefix}{n}@client.example"}
                for n in range(count)
            ]
        )

    def purpose(self, *codes):
        return self.env["rgpd.purpose"].search([("code", "in", codes)])

    def mailing(self, records, codes=(MAIL,), **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Autumn",
                "body_html": (
                    '<div><a href="https://shop.example/autumn">Shop</a> '
                    '<a href="/unsubscribe_from_list">Leave</a> '
                    '<a href="/view">Read here</a></div>'
                ),
                "mailing_model_id": self.env["ir.model"]._get_id(records._name),
                "mailing_domain": repr([("id", "in", records.ids)]),
                "email_from": "shop@shop.example",
                "rgpd_purpose_ids": [Command.set(self.purpose(*codes).ids)],
                **values,
            }
        )

    def send(self, mailing):
        mailing.action_send_mail()
        self.env["mail.mail"].search(
            [("mailing_id", "=", mailing.id), ("state", "=", "outgoing")]
        ).send()
        return mailing

    def receivers(self):
        return sorted(message["To"].split("<")[-1].strip(">") for message in self.sent)

    def codes(self, mailing):
        return {
            trace.res_id: (trace.trace_status, trace.rgpd_code)
            for trace in mailing.mailing_trace_ids
        }

    def html(self, message):
        return message.get_body(("html",)).get_content()
