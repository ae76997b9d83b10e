import re
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.rgpd_fichier_client.models.request import rgpd_request_reply

from .request_common import RequestHttpCase

PDF = b"%PDF-1.7 mandate given by Rose Autre"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class TestPortalReply(RequestHttpCase):
    """A person writes about their request, and sends the papers they are asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer", login="reply_officer")
        cls.company.rgpd_request_officer_id = cls.officer
        cls.user = cls.new_account("jeanne", name="Jeanne Exemple")
        cls.other = cls.new_account("paul", name="Paul Autre")
        cls.request = cls.ask(cls.user)

    @classmethod
    def ask(cls, user, rights=("access",), **about):
        request, _repeated = (
            cls.env["rgpd.request"]
            .with_user(user)
            ._ask_from_account(user, rights, "Hello", **about)
        )
        request.activity_ids.unlink()
        return request

    def send(self, what, data, files=None, request=None, page=None):
        """Send a form of the page of a request, as a browser does."""
        url = f"/my/privacy/requests/{(request or self.request).id}"
        token = TOKEN.search(self.url_open(page or url).text)[1]
        return self.url_open(
            f"{url}/{what}",
            data={**data, "csrf_token": token},
            files=files,
            allow_redirects=False,
        )

    def get_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "in", ("rgpd.request", "rgpd.request.proof"))]
        )

    # === WRITING === #

    def test_a_reply_lands_in_the_thread(self):
        self.request.action_start()
        self.request.action_ask_clarification()
        self.login(self.user)
        page = f"/my/privacy/requests/{self.request.id}"
        text = self.url_open(page).text
        self.assertIn("Waiting for your clarification", text)
        self.assertIn("We asked you to make clear what you mean", text)
        self.assertIn('name="text"', text)
        response = self.send(
            "reply",
            {"text": "Only <b>the orders</b>"},
            [
                ("files", ("scans/orders.txt", b"list of orders", "text/plain")),
                ("files", ("photo.jpg", b"\xff\xd8\xff0", "image/jpeg")),
            ],
        )
        self.assertIn("done=replied", response.headers["Location"])
        message = self.request.message_ids[0]
        self.assertEqual(message.author_id, self.user.partner_id)
        self.assertIn("&lt;b&gt;the orders", message.body)
        self.assertEqual(
            sorted(message.attachment_ids.mapped("name")), ["orders.txt", "photo.jpg"]
        )
        self.assertFalse(any(message.attachment_ids.mapped("index_content")))
        self.assertEqual(self.request.activity_ids.user_id, self.officer)
        self.assertEqual(self.request.state, "clarification", "the officer reads it")
        text = self.url_open(page).text
        self.assertIn("&lt;b&gt;the orders", text)
        self.assertIn("orders.txt", text)
        self.assertIn("We are reading your answer", text)
        entry = self.env["rgpd.journal"].search([], order="id desc", limit=1)
        self.assertEqual(entry.kind, "request.replied")
        self.request.action_receive_clarification()
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.request.action_ask_clarification()
        self.assertTrue(self.request._is_reply_awaited(), "asked once more")
        self.assertNotIn("orders", str(entry.payload))

    def test_two_replies_are_one_thing_to_do(self):
        self.login(self.user)
        for text in ("first", "second"):
            self.send("reply", {"text": text})
        self.assertEqual(len(self.request.activity_ids), 1)

    def test_nobody_else_is_written_to(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@client.example"}
        )
        self.request.message_subscribe(partner_ids=stranger.ids)
        self.login(self.user)
        self.send("reply", {"text": "about my health"})
        message = self.request.message_ids[0]
        self.assertFalse(message.notified_partner_ids)
        self.assertFalse(message.mail_ids)

    def test_notes_of_colleagues_are_not_shown(self):
        request = self.request.with_user(self.officer)
        request.message_post(body="He is a nuisance", subtype_xmlid="mail.mt_note")
        request.message_post(
            body="To the lawyer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        request.message_post(
            body="Which orders?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.user.partner_id.ids,
        )
        self.login(self.user)
        text = self.url_open(f"/my/privacy/requests/{self.request.id}").text
        self.assertIn("Which orders?", text)
        self.assertNotIn("nuisance", text)
        self.assertNotIn("lawyer", text)

    def test_nothing_too_much_and_too_large_are_told(self):
        self.login(self.user)
        self.patch(rgpd_request_reply.proof, "PAPER_BYTES", 10)
        large = [("files", ("a.txt", b"0" * 11, "text/plain"))]
        many = [("files", (f"{n}.txt", b"0", "text/plain")) for n in range(6)]
        for data, files, words in (
            ({"text": "  "}, None, "Write something"),
            ({"text": "kept"}, large, "less than 8 MB"),
            ({"text": "kept"}, many, "at most 5 files"),
        ):
            response = self.send("reply", data, files)
            self.assertEqual(response.status_code, 400)
            self.assertIn(words, response.text)
            self.assertIn(data["text"].strip(), response.text)
        self.assertFalse(self.get_files())
        self.assertFalse(self.request.date_replied)

    def test_a_request_that_was_given_up_is_over(self):
        self.request._cancel_by_person()
        self.login(self.user)
        page = "/my/privacy/requests/new"
        response = self.send("reply", {"text": "again"}, page=page)
        self.assertEqual(response.status_code, 400)
        self.assertNotIn('name="rgpd_reply"', response.text)

    def test_a_machine_is_slowed_down(self):
        throttle = self.env["rgpd.request.throttle"]
        for _time in range(20):
            throttle._is_too_much("reply", f"account-{self.user.partner_id.id}")
        self.login(self.user)
        self.assertEqual(self.send("reply", {"text": "x"}).status_code, 429)

    # === METHODS AND OTHERS === #

    def test_get_changes_nothing_and_a_token_is_needed(self):
        self.login(self.user)
        url = f"/my/privacy/requests/{self.request.id}"
        for what in ("reply", "paper"):
            self.assertIn(self.url_open(f"{url}/{what}").status_code, (404, 405))
            response = self.url_open(f"{url}/{what}", data={"text": "x"})
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.request.date_replied)

    def test_another_customers_id_gives_404(self):
        self.login(self.other)
        page = "/my/privacy/requests/new"
        for what in ("reply", "paper"):
            response = self.send(
                what, {"text": "x", "what": "mandate"}, page=page, files=[]
            )
            self.assertEqual(response.status_code, 404)
        self.assertFalse(self.request.date_replied)
        self.assertFalse(self.request.activity_ids)

    # === PAPERS === #

    def test_an_identity_paper_goes_to_the_encrypted_store(self):
        paper = (
            self.env["rgpd.request.paper"]
            .with_user(self.officer)
            .create({"request_id": self.request.id, "reason": "Two accounts differ."})
        )
        self.login(self.user)
        text = self.url_open(f"/my/privacy/requests/{self.request.id}").text
        self.assertIn("Two accounts differ.", text)
        response = self.send(
            "paper", {"what": "paper"}, {"file": ("id.pdf", PDF, "application/pdf")}
        )
        self.assertIn("done=paper", response.headers["Location"])
        self.assertEqual(paper.state, "received")
        self.assertEqual(paper.with_user(self.officer)._look(), PDF)
        self.assertFalse(self.get_files())
        self.assertFalse(self.request.message_ids.attachment_ids)
        self.assertIn(self.officer, self.request.activity_ids.user_id)

    def test_a_paper_nobody_asked_for_is_refused(self):
        self.login(self.user)
        for what in ("paper", "mandate", "nonsense"):
            response = self.send(
                "paper", {"what": what}, {"file": ("x.pdf", PDF, "application/pdf")}
            )
            self.assertEqual(response.status_code, 400)
            self.assertIn("Nothing more is needed", response.text)
        self.assertFalse(self.request.proof_ids)

    # === FOR SOMEBODY ELSE === #

    def test_an_agent_asks_on_their_account_and_joins_the_mandate(self):
        self.login(self.user)
        data = {
            "right": ["access"],
            "requester_kind": "agent",
            "person_name": "Rose Autre",
            "person_email": "rose@client.example",
        }
        response = self.post("/my/privacy/requests/new", data)
        request = self.env["rgpd.request"].search([("person_name", "=", "Rose Autre")])
        self.assertIn(f"/{request.id}?", response.headers["Location"])
        self.assertFalse(request.partner_id)
        self.assertEqual(request.identity_status, "doubt")
        self.assertEqual(request.requester_email, "jeanne@client.example")
        text = self.url_open(f"/my/privacy/requests/{request.id}").text
        self.assertIn("Written mandate", text)
        self.send(
            "paper",
            {"what": "mandate"},
            {"file": ("mandate.pdf", PDF, "application/pdf")},
            request,
        )
        proof = request.proof_ids
        self.assertEqual(proof.state, "received")
        self.assertFalse(self.get_files())
        self.env.flush_all()
        self.env.cr.execute("SELECT p::text FROM rgpd_request_proof p")
        self.assertNotIn(PDF.hex(), self.env.cr.fetchone()[0])
        self.assertEqual(proof.with_user(self.officer)._look(), PDF)
        proof.with_user(self.officer).action_accept()
        self.assertFalse(request.missing_proof)

    def test_two_clients_of_one_agent_are_two_requests(self):
        first = self.ask(self.user, requester_kind="agent", person_name="Rose Autre")
        again = self.ask(self.user, requester_kind="agent", person_name="rose autre")
        second = self.ask(self.user, requester_kind="agent", person_name="Luc Autre")
        self.assertEqual(first, again)
        self.assertNotEqual(first, second)

    def test_somebody_else_has_a_name(self):
        self.login(self.user)
        data = {"right": ["access"], "requester_kind": "heir"}
        response = self.post("/my/privacy/requests/new", data)
        self.assertEqual(response.status_code, 400)
        self.assertIn("Give the name of the person", response.text)

    def test_an_agent_does_not_see_the_copy_of_the_person(self):
        request = self.ask(self.user, requester_kind="agent", person_name="Paul Autre")
        request.partner_id = self.other.partner_id
        self.assertFalse(request._is_about(self.user))
        self.login(self.other)
        url = f"/my/privacy/requests/{request.id}"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.login(self.user)
        self.assertEqual(self.url_open(url).status_code, 200)

    # === LOOKING === #

    def look(self, proof, login):
        self.authenticate(login, login)
        token = re.search(r'csrf_token: "([^"]+)"', self.url_open("/odoo").text)[1]
        return self.url_open(
            f"/rgpd/request/proof/{proof.id}", data={"csrf_token": token}
        )

    def test_who_sees_a_proof(self):
        request = self.ask(self.user, requester_kind="agent", person_name="Rose Autre")
        request._receive_file("mandate", PDF)
        proof = request.proof_ids
        self.new_user("reader", login="reply_reader")
        self.assertEqual(self.look(proof, "reply_reader").status_code, 404)
        response = self.look(proof, "reply_officer")
        self.assertEqual(response.content, PDF)
        self.assertEqual(response.headers["Content-Security-Policy"], "sandbox")
        kinds = self.env["rgpd.journal"].search([], order="id desc", limit=3)
        self.assertIn("request.proof_seen", kinds.mapped("kind"))
        far = self.env["res.company"].create({"name": "Autre Maison"})
        self.new_user(
            "officer",
            login="reply_far",
            company_id=far.id,
            company_ids=[(6, 0, far.ids)],
        )
        self.assertEqual(self.look(proof, "reply_far").status_code, 404)
