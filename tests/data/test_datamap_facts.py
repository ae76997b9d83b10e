import ast

from odoo.tests import tagged

from ..common import RgpdCase

# What shows that something happened with a person, and what it is, where its module is
# installed: (kind, the person acted)
SHOWN = {
    "sale.order": {("order", True), ("quotation", False), ("contact", True)},
    "account.move": {("invoice", False)},
    "account.move.line": {("invoice", False)},
    "account.payment": {("payment", False)},
    "payment.transaction": {("contact", True)},
    "mail.message": {("contact", True)},
    "res.users.log": {("login", True)},
    "rating.rating": {("contact", True)},
    "calendar.attendee": {("contact", True)},
    "event.registration": {("contact", True)},
    "event.track": {("contact", True)},
    "survey.user_input": {("contact", True)},
    "project.task": {("claim", True), ("claim", False)},
    "repair.order": {("claim", True), ("claim", False)},
    "stock.picking": {("delivery", False), ("contact", True)},
    "pos.order": {("order", True)},
    "website.visitor": {("login", True)},
    "product.wishlist": {("contact", True)},
    "forum.post": {("contact", True)},
    "slide.channel.partner": {("contact", True)},
    "im_livechat.channel.member.history": {("contact", True)},
    "mail.group.member": {("contact", True)},
}


@tagged("post_install", "-at_install")
class TestFactSources(RgpdCase):
    def test_every_source_of_an_installed_model_can_be_read(self):
        collector = self.env["rgpd.fact.collector"]
        read = []
        for source in self.env["rgpd.fact.source"].search([]):
            if source.model not in self.env or self.waits(source):
                continue
            query = collector._get_source_query(source, None)
            self.assertIsNotNone(query, source.name)
            self.env.cr.execute(query)
            read.append(source.model)
        self.assertLessEqual(
            {
                "sale.order",
                "account.move",
                "account.move.line",
                "account.payment",
                "mail.message",
                "res.users.log",
                "crm.lead",
                "mailing.trace",
            },
            set(read),
        )

    def test_what_each_module_shows(self):
        shown = {}
        for source in self.env["rgpd.fact.source"].search([]):
            kinds = shown.setdefault(source.model, set())
            kinds.add((source.kind, source.is_inbound))
            if source.model in self.env:
                present = not self.waits(source)
                self.assertEqual(source.is_present, present, source.name)
        for model, kinds in SHOWN.items():
            with self.subTest(model):
                self.assertEqual(shown.get(model), kinds)

    def waits(self, source):
        """Tell whether a source waits for the add-on that brings a field."""
        needed = source.needed_field
        return bool(needed) and needed not in self.env[source.model]._fields

    def test_a_task_counts_once_whoever_made_it(self):
        """Asked of leads, which have the same columns: not all have tasks."""
        domains = [
            ast.literal_eval(self.env.ref(f"rgpd_fichier_client.{name}").domain)
            for name in ("fact_project_task", "fact_project_task_staff")
        ]
        leads = self.env["crm.lead"].create([{"name": "Question"}] * 4)
        staff, form, portal, gone = leads
        form.email_from = "zoe@client.example"
        self.env.flush_all()
        group = self.env.ref("base.group_portal")
        user = self.env["res.users"].create(
            {"name": "Zoé", "login": "zoe.portal", "group_ids": group.ids}
        )
        for lead, maker in ((portal, user.id), (gone, None)):
            self.env.cr.execute(
                "UPDATE crm_lead SET create_uid = %s WHERE id = %s", [maker, lead.id]
            )
        leads.invalidate_recordset(flush=False)
        asked, entered = (
            leads.search([*domain, ("id", "in", leads.ids)]) for domain in domains
        )
        self.assertEqual(asked, form | portal)
        self.assertEqual(entered, staff | gone)

    def test_leads_and_mailing_contacts_without_customer_are_persons(self):
        lead = self.env["crm.lead"].create(
            {"name": "Devis", "contact_name": "Zoé Lien", "email_from": "z@x.example"}
        )
        company = self.env["crm.lead"].create(
            {"name": "Devis", "partner_name": "Société X", "partner_id": False}
        )
        partner = self.env["res.partner"].create({"name": "Zoé Lien"})
        known = self.env["crm.lead"].create({"name": "Suite", "partner_id": partner.id})
        contact = self.env["mailing.contact"].create(
            {"name": "Zoé Lien", "email": "z@x.example"}
        )
        subject = self.env["rgpd.subject"]
        self.assertTrue(subject._of(lead).is_natural)
        self.assertFalse(subject._of(company).is_natural)
        self.assertFalse(subject._of(known))
        self.assertTrue(subject._of(contact).is_natural)
        self.assertEqual(
            self.env["rgpd.journal"]._get_subject_uid(known), subject._of(partner).uid
        )
        subject._refresh()
        self.env["rgpd.reason"]._refresh()
        for person in (lead, contact):
            reasons = self.env["rgpd.reason"].search(
                [("subject_id", "=", subject._of(person).id)]
            )
            self.assertTrue(reasons, person._name)

    def test_a_lead_that_gets_a_customer_is_no_person_of_its_own(self):
        lead = self.env["crm.lead"].create({"name": "Devis", "contact_name": "Zoé"})
        own = self.env["rgpd.subject"]._of(lead)
        self.assertTrue(own.active)
        lead.partner_id = self.env["res.partner"].create({"name": "Zoé Lien"})
        self.env["rgpd.subject"]._refresh()
        self.assertFalse(own.active)
