"""What the tests of the choices beside a quotation share."""

import json

from lxml import html

from odoo.fields import Command

from ..common import RgpdHttpCase

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class ChoiceCase(RgpdHttpCase):
    """A quotation in the portal, with two boxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_email")
        cls.soft_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        cls.sms_notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_sms")
        cls.company.rgpd_sign_notice_ids = cls.mail_notice | cls.soft_notice
        cls.person = cls.env["res.partner"].create(
            {"name": "Camille Exemple", "email": "camille@client.example"}
        )
        cls.order = cls._create_quotation(cls.person)

    @classmethod
    def _create_quotation(cls, partner, **values):
        product = cls.env["product.product"].create({"name": "Bench"})
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [Command.create({"product_id": product.id})],
                **values,
            }
        )
        order.state = "sent"
        order._portal_ensure_token()
        return order

    # === HELPERS === #

    def url(self, suffix="", token=None, order=None):
        order = order or self.order
        token = order.access_token if token is None else token
        return f"/my/orders/{order.id}{suffix}?access_token={token}"

    def has_boxes(self, order=None):
        page = self.url_open(self.url(order=order))
        self.assertEqual(page.status_code, 200)
        return "o_rgpd_signature_choices" in page.text

    def post(self, suffix, params, **kwargs):
        response = self.url_open(
            self.url(suffix, **kwargs),
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def box(self, notice, ticked=True):
        """Return what the page shows for a notice, with its state."""
        shown = self.env["rgpd.signature.choice"]._prepare(notice, self.order, "en_US")
        return {"id": notice.id, "digest": shown["digest"], "ticked": ticked}

    def sign(self, boxes=None, name="Camille Exemple", notice=None, **kwargs):
        if boxes is not None:
            self.post("/choices", {"boxes": boxes, "notice": notice}, **kwargs)
        params = {"name": name, "signature": SIGNATURE}
        return self.post("/accept", params, **kwargs).get("result")

    def events(self, person=None):
        subject = self.env["rgpd.subject"]._of(person or self.person)
        return self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])

    def assertSigned(self, result, order=None):
        self.assertTrue(result.get("force_refresh"), result)
        self.assertEqual((order or self.order).state, "sale")

    def shown(self, person=None):
        """Return the texts recorded as shown to the person in the portal."""
        subject = self.env["rgpd.subject"]._of(person or self.person)
        return self.env["rgpd.notice.shown"].search(
            [("subject_id", "=", subject.id), ("place", "=", "portal")]
        )

    def digest_of_notice(self, order=None):
        """Return the mark of the short notice, as the page holds it."""
        page = html.fromstring(self.url_open(self.url(order=order)).text)
        return page.xpath("//div[contains(@class, 'o_rgpd_order')]/@data-notice")[0]
