from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from ..common import RgpdCase
from .datamap_rows import is_complete, read_rows

# Sources whose record states an act of the person, whoever entered it, and the act
ACTS = {
    "fact_sale_order": "they ordered",
    "fact_sale_order_signed": "they signed",
    "fact_mail_message": "they are its author",
    "fact_res_users_log": "they signed in",
    "fact_rating": "they rated",
    "fact_rating_only": "they rated",
    "fact_calendar_attendee": "they accepted",
    "fact_event_attended": "they came",
    "fact_event_attendance": "they came",
    "fact_survey_answer": "they answered",
    "fact_guest_message": "they wrote it",
    "fact_survey_input": "they answered",
    "fact_stock_return": "they sent goods back",
    "fact_pos_order": "they bought",
    "fact_website_visitor": "they came to the website",
    "fact_payment_transaction": "they paid on line",
    "fact_repair_order": "they brought it",
    "fact_forum_post": "they wrote it",
    "fact_wishlist": "they chose it",
    "fact_rgpd_letter_stay": "they asked to stay",
    "fact_mailing_click": "they clicked",
    "fact_mailing_reply": "they answered",
}
# Sources whose record anybody may enter: who made it decides
MADE = {
    "fact_crm_lead": {"public", "portal", "gateway"},
    "fact_project_task": {"public", "portal", "gateway"},
    "fact_event_registration": {"public", "portal"},
    "fact_event_track": {"public", "portal"},
    "fact_slide_channel": {"public", "portal"},
    "fact_livechat": {"public", "portal"},
    "fact_mail_group_member": {"public", "portal"},
}
# Told by something else than who made it: the visitor of the website
VISITORS = {"fact_crm_lead_visitor"}
# Of people without contact: see test_strangers
STRANGERS = {"fact_event_attendee"}
MAKERS = ("public", "portal", "gateway", "internal", "import", "odoobot")


@tagged("post_install", "-at_install")
class TestInbound(RgpdCase):
    """Only what comes from the person postpones the end (law.md 2.3, 2.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env["res.users"].with_context(no_reset_password=True)
        root, public = cls.env.ref("base.user_root"), cls.env.ref("base.public_user")
        portal, staff = users.create(
            [
                {
                    "name": login,
                    "login": f"{login}.inbound",
                    "group_ids": [Command.set(cls.env.ref(group).ids)],
                }
                for login, group in (
                    ("portal", "base.group_portal"),
                    ("staff", "base.group_user"),
                )
            ]
        )
        cls.makers = {
            "public": public,
            "portal": portal,
            "gateway": root,
            "internal": staff,
            "import": staff,
            "odoobot": root,
        }

    def test_each_source_of_an_act_has_its_case(self):
        shipped = {
            row["id"]
            for row in read_rows("rgpd.fact.source")
            if row["is_inbound"] == "True"
        }
        self.assertEqual(shipped, {*ACTS, *MADE, *VISITORS, *STRANGERS})

    def test_who_made_it_decides(self):
        for name, inbound in MADE.items():
            source = self.get_source(name)
            if source.model not in self.env:
                self.assertFalse(is_complete(self.env), source.model)
                continue
            for maker in MAKERS:
                with self.subTest(source=name, maker=maker):
                    self.check(source, maker, maker in inbound)

    def check(self, source, maker, expected):
        partner = self.make_partner(maker)
        record = self.make(source.model, maker, partner)
        self.assertEqual(record.create_uid, self.makers[maker])
        self.assertEqual(self.is_inbound(source.model, partner), expected)

    def test_an_event_attended_whoever_registered(self):
        self.skip_without("event.registration")
        partner = self.make_partner("attendee")
        registration = self.make("event.registration", "internal", partner)
        self.assertFalse(self.is_inbound("event.registration", partner))
        registration.state = "done"
        self.assertTrue(self.is_inbound("event.registration", partner))

    def test_to_mark_who_came_years_later_is_no_contact_of_today(self):
        self.skip_without("event.registration")
        partner = self.make_partner("attendee")
        self.make("event.registration", "internal", partner).state = "done"
        self.assertEqual(
            self.get_days("event.registration", partner), {datetime(2020, 5, 4).date()}
        )

    def test_a_repair_counts_when_it_was_brought(self):
        self.skip_without("repair.order")
        partner = self.make_partner("repair")
        repair = self.env["repair.order"].create({"partner_id": partner.id})
        self.assertFalse(self.is_inbound("repair.order", partner))
        repair.state = "confirmed"
        self.assertTrue(self.is_inbound("repair.order", partner))
        repair.state = "cancel"
        self.assertFalse(self.is_inbound("repair.order", partner))

    def test_a_course_begun_whoever_enrolled(self):
        self.skip_without("slide.channel.partner")
        partner = self.make_partner("course")
        member = self.make("slide.channel.partner", "internal", partner)
        self.assertFalse(self.is_inbound("slide.channel.partner", partner))
        member.member_status = "ongoing"
        self.assertTrue(self.is_inbound("slide.channel.partner", partner))

    def test_an_answer_of_the_company_renews_no_rating(self):
        self.skip_without("rating.rating")
        partner = self.make_partner("rating")
        message = partner.message_post(body="Good", author_id=partner.id)
        message.date = "2021-03-02 10:00:00"
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": partner.id,
                "partner_id": partner.id,
                "message_id": message.id,
                "rating": 4,
                "consumed": True,
            }
        )
        rating.feedback = "What the company corrected or answered"
        self.assertEqual(
            self.get_days("rating.rating", partner), {datetime(2021, 3, 2).date()}
        )

    def test_a_rating_without_message_has_the_day_it_was_given(self):
        self.skip_without("rating.rating")
        partner = self.make_partner("stars")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": partner.id,
                "partner_id": partner.id,
                "rating": 4,
                "consumed": True,
            }
        )
        rating.rated_on = "2021-03-02 10:00:00"
        # The company says whom of its staff it concerned
        rating.rated_partner_id = self.env.user.partner_id
        self.assertEqual(
            self.get_days("rating.rating", partner), {datetime(2021, 3, 2).date()}
        )

    def test_an_email_from_staff_is_none(self):
        partner = self.make_partner("forwarded")
        lead = self.env["crm.lead"].create({"name": "Fwd", "partner_id": partner.id})
        staff = self.makers["internal"].partner_id
        lead.message_post(body="x", message_type="email", author_id=staff.id)
        self.assertFalse(self.is_inbound("crm.lead", partner))
        lead.message_post(
            body="x", message_type="email", author_id=False, email_from="z@x.example"
        )
        self.assertTrue(self.is_inbound("crm.lead", partner))

    def test_a_lead_of_a_visitor(self):
        """The form of the website makes it as OdooBot."""
        source = self.get_source("fact_crm_lead_visitor")
        if "visitor_ids" not in self.env["crm.lead"]._fields:
            self.assertFalse(source.is_present)
            self.assertNotIn(
                source, self.env["rgpd.fact.collector"]._get_broken_sources()
            )
            return
        self.assertTrue(source.is_present)
        partner = self.make_partner("visitor")
        lead = self.make("crm.lead", "odoobot", partner)
        self.assertFalse(self.is_inbound("crm.lead", partner))
        self.env["website.visitor"].create(
            {"access_token": "f" * 32, "lead_ids": [Command.link(lead.id)]}
        )
        self.assertTrue(self.is_inbound("crm.lead", partner))

    # === HELPERS === #

    def skip_without(self, model):
        if model not in self.env:
            self.assertFalse(is_complete(self.env), model)
            self.skipTest(model)

    def get_source(self, name):
        for module in ("", "_crm"):
            found = self.env.ref(f"rgpd_fichier_client{module}.{name}", False)
            if found:
                return found
        raise self.failureException(name)

    def make_partner(self, name):
        return self.env["res.partner"].create(
            {"name": name, "email": f"{name}@client.example"}
        )

    def make(self, model, maker, partner):
        """Make a record as a controller, the gateway, a form or an import does."""
        records = self.env[model].with_user(self.makers[maker]).sudo()
        if maker == "import":
            records = records.with_context(import_file=True)
        if model == "im_livechat.channel.member.history":
            return self.make_chat(records, partner)
        name = f"prepare_{model.replace('.', '_')}"
        values = getattr(self, name, dict)()
        record = records.create({**values, "partner_id": partner.id})
        if maker == "gateway" and "message_ids" in record._fields:
            if model == "project.task":
                record.email_from = partner.email
            record.message_post(
                body="Hello", message_type="email", author_id=partner.id
            )
        return record

    def prepare_crm_lead(self):
        return {"name": "Question", "email_from": "typed@client.example"}

    def prepare_project_task(self):
        project = self.env["project.project"].create({"name": "Questions"})
        return {"name": "Question", "project_id": project.id}

    def prepare_event_registration(self):
        return {"event_id": self.make_event().id, "state": "open"}

    def prepare_event_track(self):
        return {"event_id": self.make_event().id, "name": "Talk"}

    def prepare_slide_channel_partner(self):
        channel = self.env["slide.channel"].create({"name": "Course"})
        return {"channel_id": channel.id, "member_status": "joined"}

    def make_chat(self, records, partner):
        """Return the trace of somebody who takes part as a visitor."""
        channel = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_operator_id": self.env.user.partner_id.id,
            }
        )
        member = records.env["discuss.channel.member"].create(
            {
                "channel_id": channel.id,
                "partner_id": partner.id,
                "livechat_member_type": "visitor",
            }
        )
        return member.livechat_member_history_ids

    def prepare_mail_group_member(self):
        group = self.env["mail.group"].create({"name": "News"})
        return {"mail_group_id": group.id, "email": "m@client.example"}

    def make_event(self):
        return self.env["event.event"].create(
            {
                "name": "Open day",
                "date_begin": "2020-05-04 08:00:00",
                "date_end": "2020-05-04 16:00:00",
            }
        )

    def get_facts(self, model, partner):
        """Return (the person acted, day) of each fact of a partner in a model."""
        self.env.flush_all()
        collector = self.env["rgpd.fact.collector"]
        facts = []
        for source in self.env["rgpd.fact.source"].search([("model", "=", model)]):
            query = collector._get_source_query(source, {"res.partner": partner.ids})
            rows = self.env.execute_query(query) if query else []
            facts += [row[-2:] for row in rows]
        return facts

    def is_inbound(self, model, partner):
        return any(inbound for inbound, _day in self.get_facts(model, partner))

    def get_days(self, model, partner):
        return {day for _inbound, day in self.get_facts(model, partner)}
