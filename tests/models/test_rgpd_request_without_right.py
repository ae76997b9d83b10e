"""A mail says in its own words what is asked: the request has no right at first."""

from odoo.tests import Form

from ..common import RgpdCase


class TestWithoutRight(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.requests = cls.env["rgpd.request"].with_user(cls.officer)
        cls.request = cls.requests.create({"requester_email": "jeanne@client.example"})

    def test_the_list_and_the_board_show_it(self):
        specification = {"name": {}, "rights_summary": {}, "calendar_name": {}}
        [row] = self.requests.web_search_read(
            [("id", "=", self.request.id)], specification
        )["records"]
        self.assertEqual(row["rights_summary"], "")
        self.assertEqual(row["calendar_name"], self.request.name)

    def test_its_form_opens_and_so_does_an_empty_one(self):
        with Form(self.request) as form:
            self.assertFalse(form.rights_summary)
        self.assertFalse(Form(self.requests).rights_summary)

    def test_it_is_acknowledged(self):
        letters = self.env["rgpd.request.letter"].with_user(self.officer)
        letter = letters._prepare(self.request, "acknowledgement")
        self.assertIn("you exercise: –.", letter.content_html)
