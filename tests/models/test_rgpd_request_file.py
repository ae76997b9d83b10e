import io

from pypdf import PdfReader

from odoo.exceptions import AccessError

from .request_common import RequestCase

REPORT = "rgpd_fichier_client.rgpd_request_file_report"


class TestRequestFile(RequestCase):
    """The request prints as one file, with what happened and the letters behind it."""

    def answered(self):
        request = self.request("access", text="Please send me what you hold.")
        request.item_ids.write({"decision": "granted"})
        self.letter = self.draft(request, "access")
        self.letter.action_send()
        return request

    def print_file(self, request, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        raw, _kind = reports._render_qweb_pdf(REPORT, request.ids)
        pages = PdfReader(io.BytesIO(raw)).pages
        return [" ".join(page.extract_text().split()) for page in pages]

    def test_the_file_tells_the_whole_story(self):
        request = self.answered()
        pages = self.print_file(request)
        text = " ".join(pages)
        for words in (
            f"File of request {request.name}",
            "Please send me what you hold.",
            "Request recorded",
            "Work begun",
            "Letter sent Answer to an access request, By e-mail",
            "Answered",
        ):
            self.assertIn(words, text)
        places = [text.index(w) for w in ("Request recorded", "Work begun")]
        self.assertEqual(places, sorted(places))

    def test_the_letters_follow_as_they_were_sent(self):
        request = self.answered()
        letter = PdfReader(io.BytesIO(self.letter.pdf_id.sudo().raw)).pages
        pages = self.print_file(request)
        self.assertEqual(
            " ".join(letter[0].extract_text().split()), pages[-len(letter)]
        )

    def test_another_request_stays_out(self):
        request, other = self.answered(), self.request("erasure")
        labels = [step["label"] for step in other._get_file_steps()]
        self.assertEqual(labels, ["Request recorded", "Work begun"])
        labels = [step["label"] for step in request._get_file_steps()]
        self.assertEqual(labels[-2:], ["Answered", "Link to the copy sent"])

    def test_officers_print_it_and_nobody_else(self):
        request = self.answered()
        officer = self.new_user("officer", login="file_officer")
        self.assertIn(request.name, self.print_file(request, officer)[0])
        auditor = self.new_user("auditor", login="file_auditor")
        with self.assertRaises(AccessError):
            self.print_file(request, auditor)
