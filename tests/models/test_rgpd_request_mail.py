import base64
import io
import os
import zipfile
from email import policy
from email.message import EmailMessage

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common import RgpdCase

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{number}@client.example>
{headers}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="frontier"

--frontier
Content-Type: text/html; charset=utf-8

{body}
{files}--frontier--
"""
FILE = """\
--frontier
Content-Type: {kind}; name="{name}"
Content-Disposition: attachment; filename="{name}"
Content-Transfer-Encoding: base64

{content}
"""
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY = "<p>Please send me <b>my data</b>.</p>"
FORWARDED = """\
<p>This is for you.</p><div>---------- Forwarded message ---------<br>
De : <b>Jeanne Exemple</b> &lt;<a href="mailto:jeanne@client.example">\
jeanne@client.example</a>&gt;<br>Date: lun. 2 nov. 2026 à 10:00<br>
Subject: Mes données<br>To: &lt;paul@maison.example&gt;<br></div>
<p>Please send me my data.</p>"""


class TestRequestMail(RgpdCase):
    """A mail to the privacy address opens a request; machines do not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "maison.example"})
        cls.officer = cls.new_user("officer", login="mail_officer")
        cls.company.write(
            {
                "alias_domain_id": domain.id,
                "rgpd_contact_email": False,
                "rgpd_request_alias_name": "vosdonnees",
                "rgpd_request_officer_id": cls.officer.id,
            }
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        cls.number = 0

    def receive(self, body=BODY, headers="", files="", **values):
        """Let a mail come in; return what the gateway gives back."""
        type(self).number += 1
        mail = MAIL.format(
            **{
                "sender": "Jeanne Exemple <jeanne@client.example>",
                "to": "vosdonnees@maison.example",
                "subject": "My rights",
                "number": f"rgpd-{self.number}",
                "body": body,
                "headers": headers,
                "files": files,
                **values,
            }
        )
        return self.env["mail.thread"].message_process(None, mail)

    def requests(self):
        return self.env["rgpd.request"].search([("channel", "=", "email")])

    def file(self, name, content, kind="application/octet-stream"):
        encoded = base64.encodebytes(content).decode()
        return FILE.format(name=name, content=encoded, kind=kind)

    # === THE MAILBOX === #

    def test_the_address_is_published(self):
        self.assertEqual(self.company.rgpd_contact_email, "vosdonnees@maison.example")
        self.company.rgpd_request_alias_name = "dpo"
        self.assertEqual(self.company.rgpd_request_alias_email, "dpo@maison.example")
        alias = self.company.rgpd_request_alias_id
        self.company.rgpd_request_alias_name = False
        self.assertFalse(alias.exists())
        self.assertFalse(self.company.rgpd_request_alias_email)

    def test_each_company_has_its_mailbox(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        other.alias_domain_id = self.company.alias_domain_id
        other.rgpd_request_alias_name = "autre"
        self.receive(to="autre@maison.example")
        self.assertEqual(self.requests().company_id, other)

    # === A REQUEST === #

    def test_a_mail_opens_a_request(self):
        self.receive(files=self.file("letter.pdf", b"%PDF-1.7"))
        request = self.requests()
        self.assertTrue(request.name.startswith("DP/"))
        self.assertEqual(request.company_id, self.company)
        self.assertEqual(request.officer_id, self.officer)
        self.assertEqual(request.requester_name, "Jeanne Exemple")
        self.assertEqual(request.requester_email, "jeanne@client.example")
        self.assertIn("My rights", request.text)
        self.assertIn("my data", request.text)
        self.assertNotIn("<p>", request.text)
        self.assertEqual(request.message_ids.attachment_ids.name, "letter.pdf")
        self.assertIn(self.officer, request.activity_ids.user_id)

    def test_a_sender_is_easily_forged(self):
        self.receive()
        request = self.requests()
        self.assertEqual(request.identity_status, "doubt")
        self.assertFalse(request.partner_id)
        self.assertEqual(request.candidate_ids.evidence, ["email", "name"])

    def test_an_answer_joins_its_request(self):
        self.receive()
        request = self.requests()
        sent = request.message_post(
            body="Which data do you mean?",
            partner_ids=self.person.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.receive(headers=f"In-Reply-To: {sent.message_id}\n", body="<p>All</p>")
        self.assertEqual(self.requests(), request)
        self.assertIn("All", request.message_ids[0].body)
        self.assertEqual(len(request.activity_ids), 2)

    def test_an_answer_to_the_question_who_are_you_joins_it(self):
        self.receive()
        request = self.requests()
        request.with_user(self.officer).action_send_identity_link()
        mail = self.env["mail.mail"].search([], limit=1)
        number = mail.message_id
        self.assertIn("/privacy/identity/", mail.body_html)
        # As Odoo does once the mail has gone
        mail.unlink()
        bodies = "".join(request.message_ids.mapped("body"))
        self.assertNotIn("/privacy/identity/", bodies, "the secret is kept nowhere")
        self.receive(body="<p>Here it is</p>", headers=f"In-Reply-To: {number}\n")
        self.assertEqual(self.requests(), request)
        self.assertIn("Here it is", request.message_ids[0].body)

    def test_the_same_mail_twice(self):
        self.receive(number="same")
        self.receive(number="same")
        self.assertEqual(len(self.requests()), 1)

    def test_a_second_mail_is_told_to_be_a_duplicate(self):
        self.receive()
        first = self.requests()
        self.receive()
        second = self.requests() - first
        self.assertEqual(second.likely_duplicate_id, first)

    # === A COLLEAGUE FORWARDS === #

    def forward(self, body, **values):
        """Let a colleague forward something; return the request it opens."""
        self.receive(sender="Paul <paul@maison.example>", body=body, **values)
        return self.requests()

    def new_colleague(self):
        return self.new_user(
            "reader",
            login="mail_paul",
            name="Paul Interne",
            email="paul@maison.example",
        )

    def test_a_colleague_is_not_who_asks(self):
        colleague = self.new_colleague()
        request = self.forward(FORWARDED)
        self.assertEqual(request.forwarded_by_id, colleague)
        self.assertFalse(request.requester_email or request.requester_name)
        self.assertEqual(request.proposed_name, "Jeanne Exemple")
        self.assertEqual(request.proposed_email, "jeanne@client.example")
        self.assertFalse(request.candidate_ids, "nothing is taken by itself")
        request.with_user(self.officer).action_take_sender()
        self.assertEqual(request.requester_email, "jeanne@client.example")
        self.assertEqual(request.identity_status, "doubt")
        self.assertEqual(request.candidate_ids.evidence, ["email", "name"])
        self.assertFalse(request.proposed_email or request.is_sender_unclear)

    def test_a_colleague_may_ask_for_themselves(self):
        self.new_colleague()
        request = self.forward("<p>I want my own data.</p>")
        self.assertTrue(request.is_sender_unclear)
        self.assertFalse(request.proposed_email)
        request.with_user(self.officer).action_take_colleague()
        self.assertEqual(request.requester_email, "paul@maison.example")

    def test_a_user_of_another_company_is_no_colleague(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.new_colleague().write(
            {"company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )
        request = self.forward(FORWARDED)
        self.assertEqual(request.requester_email, "paul@maison.example")
        self.assertFalse(request.forwarded_by_id)

    def test_a_mail_of_a_colleague_that_was_forwarded_names_nobody(self):
        self.new_colleague()
        request = self.forward(
            FORWARDED.replace("jeanne@client.example", "paul@maison.example")
        )
        self.assertFalse(request.proposed_email)

    def attach(self, *mails, eml=False, sender="Paul <paul@maison.example>"):
        """Let a colleague send mails as attachments; return the request it opens."""
        outer = EmailMessage(policy=policy.SMTP)
        outer["From"], outer["To"] = sender, "vosdonnees@maison.example"
        outer["Subject"], outer["Message-Id"] = "FW", "<attached@maison.example>"
        outer.set_content("For you.")
        for number, mail in enumerate(mails):
            if eml:
                outer.add_attachment(
                    mail.as_bytes(),
                    maintype="application",
                    subtype="octet-stream",
                    filename=f"{number}.eml",
                )
            else:
                outer.add_attachment(mail)
        self.env["mail.thread"].message_process(None, outer.as_bytes())
        return self.requests()

    def write_mail(self, sender="Jeanne Exemple <jeanne@client.example>"):
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["Subject"] = sender, "Mes données"
        mail.set_content("Bonjour, envoyez-moi mes données. Merci, é")
        return mail

    def test_a_mail_attached_by_a_colleague_names_who_asks(self):
        self.new_colleague()
        request = self.attach(self.write_mail())
        self.assertTrue(request.forwarded_by_id)
        self.assertEqual(request.proposed_email, "jeanne@client.example")
        self.assertEqual(request.proposed_name, "Jeanne Exemple")
        self.assertFalse(request.requester_email, "nothing is taken by itself")
        self.assertIn("Mes données", request.text)
        self.assertEqual(request.text.count("envoyez-moi"), 1)
        self.assertEqual(request.sudo().message_attachment_count, 1)
        request.with_user(self.officer).action_take_sender()
        self.assertEqual(request.requester_email, "jeanne@client.example")

    def test_a_mail_attached_as_a_plain_file(self):
        self.new_colleague()
        request = self.attach(self.write_mail(), eml=True)
        self.assertEqual(request.proposed_email, "jeanne@client.example")
        self.assertEqual(request.text.count("envoyez-moi"), 1)

    def test_attached_mails_of_two_persons_are_left_to_the_officer(self):
        self.new_colleague()
        request = self.attach(
            self.write_mail(), self.write_mail("Luc <luc@client.example>")
        )
        self.assertTrue(request.is_sender_unclear)
        self.assertFalse(request.proposed_email)

    def test_an_attached_mail_of_a_stranger_changes_nothing(self):
        request = self.attach(self.write_mail(), sender="Marie <marie@client.example>")
        self.assertEqual(request.requester_email, "marie@client.example")
        self.assertFalse(request.forwarded_by_id)

    # === FILES TO PUT AWAY === #

    def put_away(self, request, files, what):
        wizard = (
            self.env["rgpd.request.filing"]
            .with_user(self.officer)
            .create(
                {
                    "request_id": request.id,
                    "attachment_ids": [(6, 0, files.ids)],
                    "what": what,
                }
            )
        )
        return wizard.action_file()

    def receive_files(self):
        content = b"%PDF-1.7 mandate " + str(type(self).number).encode()
        self.receive(
            files=self.file("mandate.pdf", content, "application/pdf")
            + self.file("notes.txt", b"words", "text/plain")
        )
        request = self.requests()
        files = request.message_ids.attachment_ids
        return request, files.filtered(lambda f: f.name == "mandate.pdf"), content

    def test_a_mandate_goes_from_the_mail_to_the_store(self):
        request, mandate, content = self.receive_files()
        request.requester_kind = "agent"
        path = mandate._full_path(mandate.store_fname)
        self.assertEqual(request.sent_file_count, 2)
        self.put_away(request, mandate, "mandate")
        self.assertFalse(mandate.exists())
        self.assertEqual(
            request.message_ids.attachment_ids.mapped("name"), ["notes.txt"]
        )
        proof = request.proof_ids
        self.assertEqual(proof.with_user(self.officer)._look(), content)
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(os.path.exists(path), "the disk holds nothing of it")
        proof.with_user(self.officer).action_accept()
        self.assertFalse(request.missing_proof)

    def test_an_identity_paper_that_came_by_mail(self):
        request, paper, content = self.receive_files()
        due = request.date_due
        mails = self.env["mail.mail"].search_count([])
        self.put_away(request, paper, "paper")
        self.assertEqual(request.paper_ids.state, "received")
        self.assertEqual(request.paper_ids.with_user(self.officer)._look(), content)
        self.assertFalse(request.date_identity_asked, "the clock goes on")
        self.assertEqual(request.date_due, due)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_what_nobody_needs_is_destroyed(self):
        request, paper, _content = self.receive_files()
        self.put_away(request, paper, "destroy")
        self.assertFalse(paper.exists() or request.paper_ids or request.proof_ids)
        entry = self.env["rgpd.journal"].search([], order="id desc", limit=1)
        self.assertEqual(entry.kind, "request.file_destroyed")

    def test_what_is_no_document_stays_where_it_is(self):
        request, _mandate, _content = self.receive_files()
        notes = request.message_ids.attachment_ids.filtered(
            lambda f: f.name == "notes.txt"
        )
        with self.assertRaises(UserError):
            self.put_away(request, notes, "mandate")
        with self.assertRaises(UserError):
            self.put_away(request, notes.browse(), "mandate")
        self.assertTrue(notes.exists())

    def test_files_of_other_records_are_out_of_reach(self):
        request, _mandate, _content = self.receive_files()
        foreign = self.env["ir.attachment"].create(
            {
                "name": "x.pdf",
                "raw": b"%PDF-1.7 x",
                "res_model": "res.partner",
                "res_id": self.person.id,
            }
        )
        self.put_away(request, foreign, "destroy")
        self.assertTrue(foreign.exists())

    # === WHAT IS DANGEROUS === #

    def test_html_is_cleaned(self):
        self.receive(
            body='<p onclick="x()">Hi</p><script>alert(1)</script>'
            '<a href="javascript:alert(2)">x</a><iframe src="//x.example"></iframe>'
        )
        request = self.requests()
        body = "".join(request.message_ids.mapped("body"))
        for danger in ("<script", "javascript:", "onclick", "<iframe"):
            self.assertNotIn(danger, body)
            self.assertNotIn(danger, request.text)

    def test_an_archive_is_stored_and_not_opened(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", b"<a>" + b"0" * 50_000_000)
        bomb = stream.getvalue()
        self.assertLess(len(bomb), 100_000)
        self.patch(zipfile.ZipFile, "read", self.fail_to_open)
        self.patch(zipfile.ZipFile, "open", self.fail_to_open)
        self.receive(
            files=self.file("bomb.docx", bomb, OFFICE)
            + self.file("notes.txt", b"words of a stranger", "text/plain")
        )
        files = self.requests().message_ids.attachment_ids
        self.assertEqual(len(files), 2)
        self.assertEqual(files.filtered(lambda f: f.name == "bomb.docx").raw, bomb)
        self.assertFalse(any(files.mapped("index_content")), "nothing was read")

    def fail_to_open(self, *_args, **_kwargs):
        raise AssertionError("the archive was opened")

    # === MACHINES === #

    def test_machines_open_no_request(self):
        for headers in (
            "Auto-Submitted: auto-replied\n",
            "X-Autoreply: yes\n",
            "Precedence: bulk\n",
            "Return-Path: <>\n",
        ):
            self.receive(headers=headers)
        self.receive(sender="vosdonnees@maison.example")
        self.receive(sender="MAILER-DAEMON@client.example")
        self.assertFalse(self.requests())

    def test_an_absence_note_is_no_answer(self):
        self.receive()
        request = self.requests()
        sent = request.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        count = len(request.message_ids)
        self.receive(
            headers=f"In-Reply-To: {sent.message_id}\nAuto-Submitted: auto-replied\n"
        )
        self.assertEqual(len(request.message_ids), count)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_a_loop_ends(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.gateway.loop.threshold", "3"
        )
        for _time in range(6):
            self.receive()
        self.assertEqual(len(self.requests()), 3)

    def sent(self):
        """Return the mails that left, or wait to leave, for the person."""
        return self.env["mail.mail"].search(
            ["|", ("email_to", "ilike", "jeanne@"), ("recipient_ids", "!=", False)]
        )

    def test_an_auto_reply_makes_no_second_request_and_gets_no_answer(self):
        self.receive()
        request = self.requests()
        before = self.sent()
        for headers in (
            "Auto-Submitted: auto-replied\n",
            "Auto-Submitted: auto-replied\nReferences: <request@maison.example>\n",
            f"In-Reply-To: {request.message_ids[:1].message_id}\n"
            "Auto-Submitted: auto-replied\n",
        ):
            self.receive(headers=headers)
        self.assertEqual(self.requests(), request)
        self.assertEqual(self.sent(), before)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_a_loop_makes_no_request_and_its_notice_is_never_answered(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.gateway.loop.threshold", "1"
        )
        self.receive()
        request, before = self.requests(), self.sent()
        # A machine that hides what it is: Odoo tells it once that it is too much
        self.receive()
        notice = self.sent() - before
        self.assertEqual(len(notice), 1)
        self.assertIn("loop-detection-bounce-email", notice.references)
        # and its answer to that notice goes nowhere
        self.receive(headers=f"References: {notice.references}\n")
        self.assertEqual(self.sent() - before, notice)
        self.assertEqual(self.requests(), request)
        # our own address in the sender's place is a loop already
        self.receive(sender="vosdonnees@maison.example")
        self.assertEqual(self.sent() - before, notice)
        self.assertEqual(self.requests(), request)

    def test_a_mailing_list_in_between_is_no_machine(self):
        self.receive(headers="Precedence: list\nList-Id: <privacy.maison.example>\n")
        self.assertEqual(len(self.requests()), 1)
