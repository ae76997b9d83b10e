import re
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .request_common import RequestHttpCase

LINK = re.compile(r"/privacy/identity/([\w-]+)")
CODE = re.compile(r">\s*(\d{8})\s*<")
PDF = b"%PDF-1.7 identity of Jeanne Exemple"


class TestIdentity(RequestHttpCase):
    """The least that settles who asks; a paper last, sealed, seen by one, destroyed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="id_officer")
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        product = cls.env["product.product"].create({"name": "Bench"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.person.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "price_unit": 1234.5})
                ],
            }
        )
        cls.order.action_confirm()

    def setUp(self):
        super().setUp()
        self.request = self.receive()

    def receive(self, asker="new.address@client.example", **values):
        request, _repeated = (
            self.env["rgpd.request"]
            .with_user(self.officer)
            ._receive(
                self.env["res.partner"],
                ["access"],
                **{
                    "channel": "email",
                    "requester_email": asker,
                    "requester_name": "Jeanne Exemple",
                    "identity_status": "doubt",
                    "officer_id": self.officer.id,
                    **values,
                },
            )
        )
        request.partner_id = self.person
        return request

    def find(self, pattern, address):
        mail = self.env["mail.mail"].search([("email_to", "=", address)], limit=1)
        found = mail and pattern.search(mail.body_html)
        return found and found[1]

    def send_code(self):
        """Send a code; return it and the secret of the link."""
        self.request.action_send_code()
        return (
            self.find(CODE, "jeanne@client.example"),
            self.find(LINK, "new.address@client.example"),
        )

    def give(self, secret, page=None, **data):
        url = f"/privacy/identity/{secret}"
        return self.post(url, data, page=page or "/privacy/request")

    def wrong(self, code):
        return f"{(int(code) + 1) % 10**8:08}"

    # === THE CODE === #

    def test_a_code_goes_to_the_known_address_and_a_link_to_who_asks(self):
        code, secret = self.send_code()
        self.assertTrue(code)
        self.assertTrue(secret)
        self.assertFalse(self.find(LINK, "jeanne@client.example"), "no link to click")
        self.assertFalse(self.find(CODE, "new.address@client.example"))
        self.assertEqual(self.request.state, "identity")
        self.assertTrue(self.request.is_suspended)
        check = self.request.check_ids
        self.assertEqual(check.sent_to, "j…e@c….example")
        stored = str(check.sudo().read())
        self.assertNotIn(code, stored)
        self.assertNotIn(secret, stored)

    def test_the_right_code_establishes_who_asks(self):
        code, secret = self.send_code()
        page = self.url_open(f"/privacy/identity/{secret}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("jeanne@", page.text)
        self.assertNotIn("c….example", page.text)
        self.assertEqual(self.request.identity_status, "awaited", "GET changes nothing")
        response = self.give(secret, what="code", code=f"{code[:4]} {code[4:]}")
        self.assertIn("Thank you", response.text)
        self.assertEqual(self.request.identity_status, "known")
        self.assertEqual(self.request.identity_means, "code")
        self.assertEqual(self.request.state, "in_progress")
        self.assertFalse(self.request.is_suspended)
        self.assertEqual(self.give(secret, what="code", code=code).status_code, 404)

    def test_a_few_wrong_codes_are_enough(self):
        code, secret = self.send_code()
        for left in range(4, 0, -1):
            response = self.give(secret, what="code", code=self.wrong(code))
            self.assertEqual(response.status_code, 400)
            self.assertEqual(self.request.check_ids.tries_left, left)
        response = self.give(secret, what="code", code=self.wrong(code))
        self.assertIn("No more tries", response.text)
        self.assertEqual(self.give(secret, what="code", code=code).status_code, 404)
        self.assertEqual(self.request.identity_status, "awaited")
        self.assertEqual(self.request.check_ids.state, "failed")

    def test_a_code_is_over_after_three_days(self):
        code, secret = self.send_code()
        with freeze_time(fields.Datetime.now() + timedelta(hours=73)):
            response = self.give(secret, what="code", code=code)
        self.assertEqual(response.status_code, 404)

    def test_a_new_code_ends_the_old_one(self):
        code, secret = self.send_code()
        new_code, new_secret = self.send_code()
        self.assertEqual(self.give(secret, what="code", code=code).status_code, 404)
        if code != new_code:
            self.assertEqual(
                self.give(new_secret, what="code", code=code).status_code, 400
            )
        self.give(new_secret, what="code", code=new_code)
        self.assertEqual(self.request.identity_status, "known")

    def test_unknown_links_are_all_the_same(self):
        for url in ("/privacy/identity/x", f"/privacy/identity/{'x' * 43}"):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.give("x", what="code", code="12345678").status_code, 404)

    def test_without_csrf_nothing_happens(self):
        code, secret = self.send_code()
        response = self.url_open(
            f"/privacy/identity/{secret}", data={"what": "code", "code": code}
        )
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.request.identity_status, "awaited")

    def test_who_writes_from_the_known_address_gets_one_mail(self):
        request = self.receive("jeanne@client.example")
        request.action_send_code()
        mails = self.env["mail.mail"].search(
            [("email_to", "=", "jeanne@client.example")]
        )
        self.assertEqual(len(mails), 1)
        self.assertTrue(LINK.search(mails.body_html))

    def test_nobody_meant_no_code(self):
        self.request.partner_id = False
        with self.assertRaises(UserError):
            self.request.action_send_code()

    # === THE LAST ORDER === #

    def test_the_last_order_establishes_who_asks(self):
        self.request.action_send_identity_link()
        secret = self.find(LINK, "new.address@client.example")
        amount = f"{self.order.amount_total:.2f}".replace(".", ",")
        for number, told in (
            (self.order.name, "1"),
            ("S99999", amount),
            ("", ""),
        ):
            response = self.give(secret, what="details", number=number, amount=told)
            self.assertEqual(response.status_code, 400)
        self.give(secret, what="details", number=self.order.name.lower(), amount=amount)
        self.assertEqual(self.request.identity_status, "known")
        self.assertEqual(self.request.identity_means, "details")

    def test_an_order_of_somebody_else_does_not(self):
        other = self.env["res.partner"].create({"name": "Paul Autre"})
        self.order.copy({"partner_id": other.id})
        self.order.partner_id = other
        self.request.action_send_identity_link()
        secret = self.find(LINK, "new.address@client.example")
        response = self.give(
            secret,
            what="details",
            number=self.order.name,
            amount=str(self.order.amount_total),
        )
        self.assertEqual(response.status_code, 400)

    def test_the_officer_types_what_is_said_on_the_phone(self):
        code, _secret = self.send_code()
        wizards = self.env["rgpd.request.check.wizard"].with_user(self.officer)
        wizard = wizards.create({"request_id": self.request.id, "code": "00000000"})
        if code != "00000000":
            action = wizard.action_check()
            self.assertEqual(action["tag"], "display_notification")
            self.assertEqual(self.request.check_ids.tries_left, 4)
        wizard.code = code
        wizard.action_check()
        self.assertFalse(wizard.code)
        self.assertEqual(self.request.identity_status, "known")

    # === ANOTHER PERSON === #

    def test_what_was_proved_holds_for_that_person_only(self):
        code, secret = self.send_code()
        self.give(secret, what="code", code=code)
        self.request.partner_id = self.env["res.partner"].create({"name": "Paul"})
        self.assertEqual(self.request.identity_status, "doubt")

    # === THE PAPER === #

    def ask_paper(self):
        """Ask for a copy of a paper; return it and the secret of the link."""
        paper = (
            self.env["rgpd.request.paper"]
            .with_user(self.officer)
            .create({"request_id": self.request.id, "reason": "Nothing else is known."})
        )
        return paper, self.find(LINK, "new.address@client.example")

    def send_file(self, secret, what, content, name="scan.pdf"):
        text = self.url_open(f"/privacy/identity/{secret}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
        return self.url_open(
            f"/privacy/identity/{secret}",
            data={"csrf_token": token, "what": what},
            files={"file": (name, content, "application/pdf")},
        )

    def look(self, paper, login):
        self.authenticate(login, login)
        page = self.url_open("/odoo").text
        token = re.search(r'csrf_token: "([^"]+)"', page)[1]
        return self.url_open(
            f"/rgpd/request/paper/{paper.id}", data={"csrf_token": token}
        )

    def test_a_paper_needs_a_reason(self):
        with self.assertRaises(UserError):
            self.env["rgpd.request.paper"].create(
                {"request_id": self.request.id, "reason": " "}
            )

    def test_a_paper_is_sealed_seen_by_one_and_destroyed(self):
        paper, secret = self.ask_paper()
        page = self.url_open(f"/privacy/identity/{secret}").text
        self.assertIn("Nothing else is known.", page)
        self.assertIn("We have it", self.send_file(secret, "paper", PDF).text)
        self.assertEqual(paper.state, "received")
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT content_sealed FROM rgpd_request_paper WHERE id = %s", [paper.id]
        )
        self.assertNotIn(b"Jeanne", bytes(self.env.cr.fetchone()[0]))
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "rgpd.request.paper")])
        )
        self.new_user("dpo", login="id_dpo")
        self.assertEqual(self.look(paper, "id_dpo").status_code, 404)
        response = self.look(paper, "id_officer")
        self.assertEqual(response.content, PDF)
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Content-Security-Policy"], "sandbox")
        kinds = self.env["rgpd.journal"].search([], order="id desc", limit=20)
        self.assertIn("request.paper_seen", kinds.mapped("kind"))
        self.assertEqual(
            self.url_open(f"/rgpd/request/paper/{paper.id}").status_code, 405
        )
        self.request.with_user(self.officer).action_confirm_identity()
        self.assertEqual(paper.state, "destroyed")
        self.assertFalse(paper.sudo().content_sealed)
        self.assertEqual(self.look(paper, "id_officer").status_code, 404)

    def test_a_refusal_destroys_it_too(self):
        paper, secret = self.ask_paper()
        self.send_file(secret, "paper", PDF)
        self.request.item_ids.ground = "identity"
        self.request.action_refuse()
        self.assertEqual(paper.state, "destroyed")

    def test_it_is_destroyed_by_itself(self):
        paper, secret = self.ask_paper()
        self.send_file(secret, "paper", PDF)
        cron = self.env.ref("rgpd_fichier_client.rgpd_request_paper_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(paper.state, "received")
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=31)),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertEqual(paper.state, "destroyed")
        self.assertFalse(paper.sudo().content_sealed)

    def test_only_documents_and_only_when_asked(self):
        paper, secret = self.ask_paper()
        for content in (b"<html><script>", b"", b"%PDF-" + b"0" * 9_000_000):
            self.assertEqual(self.send_file(secret, "paper", content).status_code, 400)
        self.assertEqual(paper.state, "awaited")
        self.send_file(secret, "paper", PDF)
        self.assertEqual(self.send_file(secret, "paper", PDF).status_code, 400)

    def test_nobody_takes_a_paper_over(self):
        paper, _secret = self.ask_paper()
        dpo = self.new_user("dpo", login="id_dpo2")
        with self.assertRaises(UserError):
            paper.with_user(dpo).handler_id = dpo
        with self.assertRaises(AccessError):
            paper.with_user(dpo).action_look()
        with self.assertRaises(AccessError):
            paper.with_user(self.officer).read(["content_sealed"])

    # === WHO ACTS === #

    def test_an_agent_sends_the_mandate_by_the_link(self):
        self.request.requester_kind = "agent"
        self.request.action_send_identity_link()
        secret = self.find(LINK, "new.address@client.example")
        self.assertEqual(self.send_file(secret, "judgment", PDF).status_code, 400)
        self.assertIn("We have it", self.send_file(secret, "mandate", PDF).text)
        proof = self.request.proof_ids
        self.assertEqual(proof.state, "received")
        self.assertEqual(proof.mimetype, "application/pdf")
        self.assertEqual(proof._open_content(), PDF)
        self.assertTrue(self.request.missing_proof, "the officer looks at it first")

    def test_the_clock_stands_still_and_runs_again(self):
        with freeze_time("2026-11-02 10:00:00"):
            self.request.date_received = date(2026, 11, 2)
            code, secret = self.send_code()
        with freeze_time("2026-11-04 10:00:00"):
            self.give(secret, what="code", code=code)
        self.assertEqual(self.request.date_due, date(2026, 12, 4))
