"""What the tests of the forms of the website share."""

import json
import unittest

from lxml import html

from odoo.fields import Command

from ..common import RgpdHttpCase

MAIL, SMS = "prospect_email_b2c", "prospect_sms_b2c"
NUMBER = "+33 6 39 98 00 41"


class WebsiteFormCase(RgpdHttpCase):
    """A website with forms of its builder, and boxes in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "rgpd.website.form" not in cls.env or "crm.lead" not in cls.env:
            raise unittest.SkipTest("the website or the CRM is not installed")
        if not cls.env["ir.model"]._get("crm.lead").website_form_access:
            raise unittest.SkipTest("no form of the website makes leads")
        website = cls.env["website"].search([], limit=1)
        english = cls.env["res.lang"]._get_data(code="en_US").id
        website.language_ids = [Command.link(english)]
        website.default_lang_id = english
        cls.company = website.company_id
        notices = cls.env["rgpd.notice"].search(
            [
                ("kind", "=", "choice"),
                ("purpose_id.code", "in", (MAIL, SMS)),
                ("company_id", "in", (False, cls.company.id)),
            ]
        )
        cls.company.rgpd_website_notice_ids = [Command.set(notices.ids)]

    # === HELPERS === #

    def ask(self, model="crm.lead", names=("contact_name", "email_from", "phone")):
        """Return what a form shows besides its fields."""
        answer = self.url_open(
            "/rgpd/website/form",
            data=json.dumps({"params": {"model": model, "names": list(names)}}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer["result"]

    def read(self, block):
        """Return what a browser sends of it when nobody touches anything."""
        inputs = html.fromstring(block).xpath("//input[@type='hidden']")
        return {one.get("name"): one.get("value") for one in inputs}

    def send(self, model="crm.lead", **values):
        form = {
            "contact_name": "Camille Exemple",
            "name": "A bench",
            "email_from": "camille@client.example",
            "phone": NUMBER,
            **values,
        }
        return self.url_open(f"/website/form/{model}", data=form).json()

    def lead(self, answer):
        self.env.invalidate_all()
        return self.env["crm.lead"].browse(answer["id"])

    def box(self, code):
        notices = self.company.rgpd_website_notice_ids
        return notices.filtered(lambda notice: notice.purpose_id.code == code)[:1]

    def shown(self, lead):
        subject = self.env["rgpd.subject"]._of(lead)
        return self.env["rgpd.notice.shown"].search([("subject_id", "=", subject.id)])

    def events(self, lead):
        subject = self.env["rgpd.subject"]._of(lead)
        return self.env["rgpd.consent.event"].search([("subject_id", "=", subject.id)])
