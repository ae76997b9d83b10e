from odoo import fields
from odoo.tests.common import freeze_time

from ..models.erasure_common import ErasureCase
from .datamap_rows import is_complete

STRONG = (
    "paule.kerautret@courriel.example",
    "639982055",
    "39 98 20 55",
    "39.98.20.55",
)
SECRETS = (*STRONG, "paule kérautret")


class TestEveryModule(ErasureCase):
    """One person who used everything a web shop offers: found, then erased."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not is_complete(cls.env):
            cls.skipTest(cls, "not all of Odoo's modules are here")
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Paule Kérautret",
                "email": "paule.kerautret@courriel.example",
                "phone": "+33 6 39 98 20 55",
            }
        )
        cls.user = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Paule Kérautret",
                    "login": "paule.kerautret@courriel.example",
                    "partner_id": cls.person.id,
                    "group_ids": [
                        fields.Command.set(cls.env.ref("base.group_portal").ids)
                    ],
                }
            )
        )
        cls.records = {}
        for make in (
            cls._make_event,
            cls._make_survey,
            cls._make_project,
            cls._make_shop,
            cls._make_website,
            cls._make_livechat,
        ):
            make()
        cls.env.flush_all()
        cls.env["rgpd.subject"]._refresh()

    @classmethod
    def _add(cls, model, **values):
        record = cls.env[model].create(values)
        cls.records.setdefault(model, []).append(record.id)
        return record

    @classmethod
    def _make_event(cls):
        event = cls.env["event.event"].create(
            {
                "name": "Salon",
                "date_begin": "2027-01-05 09:00:00",
                "date_end": "2027-01-05 18:00:00",
            }
        )
        registration = cls._add(
            "event.registration",
            event_id=event.id,
            name="Paule Kérautret",
            email="Paule.Kerautret@courriel.example",
            phone="06 39 98 20 55",
        )
        question = cls.env["event.question"].create(
            {"title": "Régime ?", "question_type": "text_box"}
        )
        cls._add(
            "event.registration.answer",
            registration_id=registration.id,
            question_id=question.id,
            value_text_box="Écrire à paule.kerautret@courriel.example",
        )
        cls._add(
            "event.track",
            name="Exposé",
            event_id=event.id,
            partner_name="Paule Kérautret",
            partner_email="paule.kerautret@courriel.example",
            contact_email="paule.kerautret@courriel.example",
        )

    @classmethod
    def _make_survey(cls):
        survey = cls.env["survey.survey"].create({"title": "Avis"})
        question = cls.env["survey.question"].create(
            {"survey_id": survey.id, "title": "Et ?", "question_type": "text_box"}
        )
        answer = cls._add(
            "survey.user_input",
            survey_id=survey.id,
            email="paule.kerautret@courriel.example",
            nickname="Paule Kérautret",
        )
        cls._add(
            "survey.user_input.line",
            user_input_id=answer.id,
            question_id=question.id,
            answer_type="text_box",
            value_text_box="Rappelez Paule Kérautret au 06 39 98 20 55",
        )

    @classmethod
    def _make_project(cls):
        project = cls.env["project.project"].create({"name": "Support"})
        task = cls._add(
            "project.task",
            name="Appel de Paule Kérautret",
            project_id=project.id,
            partner_id=cls.person.id,
            description="<p>Paule Kérautret, 06.39.98.20.55</p>",
        )
        task.message_post(body="paule.kerautret@courriel.example a écrit")

    @classmethod
    def _make_shop(cls):
        product = cls.env["product.product"].create({"name": "Lampe", "list_price": 9})
        program = cls.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty"}
        )
        cls._add(
            "loyalty.card", program_id=program.id, partner_id=cls.person.id, points=7
        )
        cls._add(
            "product.wishlist",
            partner_id=cls.person.id,
            product_id=product.id,
            website_id=cls.env["website"].search([], limit=1).id,
        )
        cls._add(
            "repair.order",
            partner_id=cls.person.id,
            product_id=product.id,
            internal_notes="<p>Paule Kérautret passe lundi</p>",
        )
        config = cls.env["pos.config"].create({"name": "Caisse"})
        session = cls.env["pos.session"].create(
            {"config_id": config.id, "user_id": cls.env.uid}
        )
        cls._add(
            "pos.order",
            session_id=session.id,
            email="paule.kerautret@courriel.example",
            mobile="+33639982055",
            amount_tax=0,
            amount_total=0,
            amount_paid=0,
            amount_return=0,
        )

    @classmethod
    def _make_website(cls):
        forum = cls.env["forum.forum"].create({"name": "Entraide"})
        # sudo: the karma of a beginner would not do
        post = (
            cls.env["forum.post"]
            .with_user(cls.user)
            .sudo()
            .create(
                {
                    "name": "Bonjour, Paule Kérautret ici",
                    "forum_id": forum.id,
                    "content": "<p>écrire à paule.kerautret@courriel.example</p>",
                }
            )
        )
        cls.records["forum.post"] = [post.id]
        channel = cls.env["slide.channel"].create({"name": "Cours"})
        cls._add(
            "slide.channel.partner", channel_id=channel.id, partner_id=cls.person.id
        )
        visitor = cls._add(
            "website.visitor",
            partner_id=cls.person.id,
            access_token=cls.person.id,
            website_id=cls.env["website"].search([], limit=1).id,
        )
        cls._add(
            "website.track",
            visitor_id=visitor.id,
            url="/r?email=paule.kerautret@courriel.example",
        )
        group = cls.env["mail.group"].create({"name": "Lettre"})
        cls._add(
            "mail.group.member",
            mail_group_id=group.id,
            email="paule.kerautret@courriel.example",
        )

    @classmethod
    def _make_livechat(cls):
        guest = cls._add(
            "mail.guest",
            name="Paule Kérautret",
            email="paule.kerautret@courriel.example",
        )
        message = cls.person.message_post(body="paule.kerautret@courriel.example")
        message.sudo().write({"author_id": False, "author_guest_id": guest.id})
        cls.records["mail.message"] = message.ids

    def test_everything_is_found(self):
        found = self.env["rgpd.person.finder"]._find(self.person)
        for model, ids in self.records.items():
            with self.subTest(model):
                self.assertLessEqual(set(ids), set(found.get(model, ())))

    def test_nothing_is_left_after_an_erasure(self):
        before = self.get_residues(*SECRETS)
        self.assertIn("survey_user_input_line.value_text_box", before)
        # No reason is left by then
        with freeze_time("2060-01-01"):
            self.env["rgpd.reason"]._refresh(self.person)
            erasure = self.env["rgpd.eraser"]._erase(self.person, "retention")
            self.env.flush_all()
        self.assertEqual(erasure.state, "masked", erasure.error)
        # What Odoo wrote about them on the page of an event hangs on nobody
        self.assertEqual(set(self.get_residues(*SECRETS)), {"mail_message.body"})
        erasure._sweep_and_close()
        self.assertEqual(self.get_residues(*STRONG), [])

    def test_facts_of_these_modules_count(self):
        self.env["rgpd.reason"]._refresh(self.person)
        subject = self.env["rgpd.subject"]._of(self.person)
        self.assertEqual(
            subject.date_last_contact, self.env["rgpd.reason"]._get_today()
        )
