import unittest

from lxml import html

from odoo.fields import Command
from odoo.http import Request

from .website_common import MAIL, NUMBER, SMS, WebsiteFormCase

LAWFUL = "softoptin"
NAMES = ("name", "partner_name", "email_from", "partner_phone", "description")


class TestWebsiteProject(WebsiteFormCase):
    """The form that makes a task: no person, and linked to whom Odoo found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "project.task" not in cls.env or not (
            cls.env["ir.model"]._get("project.task").website_form_access
        ):
            raise unittest.SkipTest("no form of the website makes tasks")
        cls.project = cls.env["project.project"].create({"name": "Questions"})
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Camille Exemple",
                "email": "camille.task@client.example",
                "phone": NUMBER,
            }
        )
        objection = cls.env.ref("rgpd_fichier_client.rgpd_notice_softoptin_email")
        cls.company.rgpd_website_notice_ids = [Command.link(objection.id)]

    def submit(self, *codes, email="camille.task@client.example", **values):
        """Send the form as a browser does, with what the block holds."""
        marks = self.read(self.ask("project.task", NAMES))
        answer = self.url_open(
            "/website/form/project.task",
            data={
                "name": "A question",
                "partner_name": "Camille Exemple",
                "email_from": email,
                "partner_phone": NUMBER,
                "description": "When is the bench ready?",
                "project_id": str(self.project.id),
                **values,
                **marks,
                **{f"rgpd_choice_{self.box(code).id}": "1" for code in codes},
            },
        ).json()
        self.env.invalidate_all()
        return self.env["project.task"].browse(answer["id"])

    def test_the_notice_and_an_objection_but_no_consent(self):
        page = html.fromstring(self.ask("project.task", NAMES))
        self.assertIn("to answer your request", page.text_content())
        self.assertIn("L223-2", page.text_content(), "a number is asked for")
        boxes = {box.get("name") for box in page.xpath("//input[@type='checkbox']")}
        self.assertEqual(boxes, {f"rgpd_choice_{self.box(LAWFUL).id}"})

    def test_the_task_is_made_and_holds_nothing_of_ours(self):
        task = self.submit()
        self.assertEqual(task.project_id, self.project)
        self.assertIn("When is the bench ready?", str(task.description))
        texts = [str(task.description), *map(str, task.message_ids.mapped("body"))]
        self.assertNotIn("rgpd_", "".join(texts))

    def test_nothing_is_recorded_for_whom_odoo_found_but_a_no(self):
        task = self.submit(MAIL, SMS)
        self.assertEqual(task.partner_id, self.customer)
        self.assertFalse(self.events(self.customer))
        self.assertFalse(self.shown(self.customer))
        self.submit(LAWFUL)
        self.assertEqual(self.events(self.customer).mapped("decision"), ["objected"])

    def test_what_staff_entered_is_no_contact_that_comes_from_the_person(self):
        self.env["project.task"].create(
            {
                "name": "Call back",
                "project_id": self.project.id,
                "partner_id": self.customer.id,
            }
        )
        self.assertEqual(self.get_facts(), {("claim", False)})
        self.submit()
        self.assertEqual(self.get_facts(), {("claim", False), ("claim", True)})

    def get_facts(self):
        """Return what tasks show of the customer: kind, and whether they acted."""
        facts = set()
        for source in self.env["rgpd.fact.source"].search(
            [("model", "=", "project.task")]
        ):
            query = self.env["rgpd.fact.collector"]._get_source_query(source, None)
            for _model, person, _company, *fact, _day in self.env.execute_query(query):
                facts |= {tuple(fact)} if person == self.customer.id else set()
        return facts

    def test_an_unknown_person(self):
        task = self.submit(LAWFUL, email="luc@client.example")
        self.assertTrue(task)
        self.assertFalse(task.partner_id)
        self.assertFalse(self.events(self.customer))

    def test_who_is_logged_in_is_told_and_may_agree(self):
        self.env["res.users"].create(
            {
                "name": "Camille Exemple",
                "login": "camille.task@client.example",
                "password": "camille-pass-1",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate("camille.task@client.example", "camille-pass-1")
        task = self.submit(SMS, csrf_token=Request.csrf_token(self))
        self.assertEqual(task.partner_id, self.customer)
        self.assertEqual(self.events(self.customer).mapped("decision"), ["given"])
        self.assertEqual(set(self.shown(self.customer).mapped("place")), {"web_form"})
