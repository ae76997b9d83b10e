from odoo.fields import Command

from .consent_common import ConsentCase


class TestNoticeTexts(ConsentCase):
    """Two levels, taken from the register and kept word for word (Art. 13 and 14)."""

    def text(self, purpose, kind, **values):
        return self.env["rgpd.notice"]._get_version(purpose, kind=kind, **values).text

    def test_the_full_notice_says_what_the_law_asks(self):
        text = self.text("prospect_email_b2c", "long")
        purpose = self.env["rgpd.purpose"]._get_purpose("prospect_email_b2c")
        for part in (
            self.company.name,
            "Legal basis: Consent",
            f"How long: {purpose.retention_text}",
            purpose.rights_text,
            "withdraw your consent at any time",
            "object to these offers at any time",
            "CNIL",
        ):
            self.assertIn(part, text)
        self.assertNotIn("{", text)

    def test_a_line_about_nothing_is_left_out(self):
        text = self.text("invoice", "long")
        self.assertNotIn("withdraw", text)
        self.assertNotIn("Interest pursued", text)

    def test_it_follows_the_register(self):
        purpose = self.env["rgpd.purpose"]._get_purpose("prospect_postal")
        first = self.env["rgpd.notice"]._get_version(purpose, kind="long")
        purpose.interest = "Make our shop known"
        second = self.env["rgpd.notice"]._get_version(purpose, kind="long")
        self.assertIn("Make our shop known", second.text)
        self.assertNotIn("Make our shop known", first.text)
        self.assertNotEqual(first, second)

    def test_the_source_is_told(self):
        text = self.text("prospect_postal", "indirect", source="Fichier Exemple SARL")
        self.assertIn("Where they come from: Fichier Exemple SARL.", text)

    def test_in_french(self):
        text = self.text("prospect_email_b2c", "long", lang="fr_FR")
        self.assertIn("Base légale", text)
        self.assertNotIn("Legal basis", text)


class TestNoticeShown(ConsentCase):
    """What was shown to whom and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls.env["product.product"].create({"name": "Bench"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.person.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )

    def shown(self):
        subject = self.env["rgpd.subject"]._of(self.person)
        return self.env["rgpd.notice.shown"].search([("subject_id", "=", subject.id)])

    def test_a_quotation_carries_the_notice_and_sending_it_is_recorded(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", self.order.ids
        )
        self.assertIn("You may complain to the CNIL", html.decode())
        self.assertFalse(self.shown())
        self.order.action_quotation_sent()
        row = self.shown()
        self.assertEqual((row.place, row.kind), ("quotation", "form"))
        self.assertIn(self.company.name, row.text)
        self.assertEqual(row.origin_id, self.order.id)

    def test_the_first_showing_counts(self):
        self.order.action_quotation_sent()
        self.order.copy().action_quotation_sent()
        self.assertEqual(len(self.shown()), 1)

    def test_a_company_may_leave_it_out(self):
        self.company.rgpd_quotation_notice = False
        self.order.action_quotation_sent()
        self.assertFalse(self.shown())
        self.assertEqual(self.order._get_rgpd_notice_text(), "")

    def test_a_fault_stops_no_quotation(self):
        self.env["rgpd.purpose"].search([("code", "=", "quote")]).active = False
        self.order.action_quotation_sent()
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(self.order._get_rgpd_notice_text(), "")
