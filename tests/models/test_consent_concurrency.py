import ast
from datetime import datetime, timedelta

from freezegun import freeze_time
from lxml import etree
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL, mute_logger

from .consent_common import MAIL, ConsentCase
from .journal_common import JournalKeyCase

EVIDENCE = ("rgpd_consent_event", "rgpd_journal")


class TestTwoWithdrawalsAtOnce(JournalKeyCase):
    """Real transactions on real cursors: what is committed here is removed after."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.starts = {}
            for table in EVIDENCE:
                cr.execute(
                    SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
                )
                self.starts[table] = cr.fetchone()[0]
            person = env["res.partner"].create(
                {"name": "Camille Exemple", "email": "camille.twice@client.example"}
            )
            env["rgpd.consent"]._record(
                person,
                MAIL,
                "email",
                "given",
                moment=fields.Datetime.now() - timedelta(hours=1),
            )
            self.person_id = person.id
            self.subject_id = env["rgpd.subject"]._of(person).id
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            for table in EVIDENCE:
                name = SQL.identifier(table)
                cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", name))
                start = self.starts[table]
                cr.execute(SQL("DELETE FROM %s WHERE id > %s", name, start))
                cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", name))
            cr.execute(
                "DELETE FROM rgpd_consent WHERE subject_id = %s", [self.subject_id]
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(self.person_id).unlink()
            cr.execute("DELETE FROM rgpd_subject WHERE id = %s", [self.subject_id])

    def open(self):
        """Return an environment whose snapshot is taken now."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SET LOCAL lock_timeout = '5s'")
        cr.execute("SELECT count(*) FROM rgpd_consent_event")
        return api.Environment(cr, SUPERUSER_ID, {})

    def withdraw(self, env):
        """Send the form of the preference page, with "no" to offers by e-mail."""
        subject = env["rgpd.subject"].browse(self.subject_id)
        token = env["rgpd.preference.token"]
        url = token._get_url(subject)
        found = token._read(url.rsplit("/", 1)[1])
        return env["rgpd.preference.center"]._apply(
            *found, {f"choice.{MAIL}.email": "no"}, point="preferences"
        )

    def test_one_act_is_recorded_and_the_state_is_right(self):
        first, second = self.open(), self.open()
        self.withdraw(first)
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.withdraw(second)
        second.cr.rollback()
        # what Odoo does with such an error: the request is run again
        retried = self.open()
        self.withdraw(retried)
        retried.cr.commit()
        env = self.open()
        events = env["rgpd.consent.event"].search(
            [("subject_id", "=", self.subject_id)], order="id"
        )
        self.assertEqual(events.mapped("decision"), ["given", "withdrawn"])
        rows = env["rgpd.consent"].search([("subject_id", "=", self.subject_id)])
        self.assertEqual(rows.mapped("status"), ["withdrawn"])
        self.assertEqual(rows.event_id, events[1])


class TestTwoConfirmationsAtOnce(TestTwoWithdrawalsAtOnce):
    """Two clicks on the link of a double opt-in make one consent."""

    def confirm(self, env, token):
        return env["rgpd.consent.confirmation"]._confirm(token)

    def test_one_act_is_recorded_and_the_state_is_right(self):
        env = self.open()
        subject = env["rgpd.subject"].browse(self.subject_id)
        env["rgpd.consent"]._record(subject, MAIL, "email", "withdrawn")
        env.cr.commit()
        asked = self.open()
        event = asked["rgpd.consent"]._record(
            asked["rgpd.subject"].browse(self.subject_id),
            MAIL,
            "email",
            "given",
            actor="self",
            collection_point="web_form",
        )
        self.assertEqual(event.sudo().decision, "pending")
        url = asked["rgpd.consent.confirmation"]._get_url(event)
        token = url.rsplit("/", 1)[1]
        asked.cr.commit()
        first, second = self.open(), self.open()
        self.assertEqual(self.confirm(first, token), "done")
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.confirm(second, token)
        second.cr.rollback()
        retried = self.open()
        self.assertEqual(self.confirm(retried, token), "done")
        retried.cr.commit()
        events = self.open()["rgpd.consent.event"].search(
            [("subject_id", "=", self.subject_id)], order="id"
        )
        self.assertEqual(
            events.mapped("decision"), ["given", "withdrawn", "pending", "given"]
        )


class TestSearch(ConsentCase):
    """A filter that says whom one may contact, as the domain of a mailing."""

    def search(self, scope, operator="="):
        return self.env["res.partner"].search(
            [
                ("rgpd_may_contact", operator, scope),
                ("id", "in", (self.person | self.other).ids),
            ]
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.new_person("Dominique Essai", "dominique@client.example")

    def test_whom_the_gate_allows(self):
        self.assertFalse(self.search(f"{MAIL}.email"))
        self.give()
        self.assertEqual(self.search(f"{MAIL}.email"), self.person)
        self.assertEqual(self.search(f"{MAIL}.email", "!="), self.other)
        self.assertFalse(self.search("prospect_sms_b2c.sms"))
        self.record("objected", None, "all")
        self.assertFalse(self.search(f"{MAIL}.email"))

    def test_several_scopes_at_once(self):
        self.give()
        self.give("prospect_sms_b2c", "sms", person=self.other)
        found = self.search([f"{MAIL}.email", "prospect_sms_b2c.sms"], "in")
        self.assertEqual(found, self.person | self.other)

    def test_an_unknown_scope_allows_nobody(self):
        self.give()
        for scope in ("made_up.email", "x", ".", f"{MAIL}.pigeon"):
            self.assertFalse(self.search(scope))

    def test_every_scope_has_a_label(self):
        scopes = dict(self.env["res.partner"]._get_rgpd_scopes())
        self.assertIn(f"{MAIL}.email", scopes)
        self.assertNotIn("invoice.email", scopes)

    def test_by_post_by_phone_and_for_partners(self):
        """The filters of the list, as they are written in the view."""
        self.company.rgpd_informs_at_collection = True
        people = self.person | self.other
        self.other.phone = "+33 6 39 98 00 02"
        moment = datetime(2026, 11, 2, 9)
        self.give("prospect_phone_b2c", "phone", moment=moment)
        self.give("partner_electronic", "partners", moment=moment)
        self.record("objected", None, "all", person=self.other)
        view = self.env.ref("rgpd_fichier_client.res_partner_view_search_consent")
        filters = {
            node.get("name"): ast.literal_eval(node.get("domain"))
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("domain")
        }
        with freeze_time("2026-11-24 09:30:00"):
            for name in ("rgpd_may_post", "rgpd_may_partners", "rgpd_may_call"):
                with self.subTest(name):
                    found = self.env["res.partner"].search(filters[name])
                    self.assertEqual(found & people, self.person)

    def test_a_salesperson_may_filter(self):
        self.give()
        user = self.new_user("reader", login="may_contact")
        found = (
            self.env["res.partner"]
            .with_user(user)
            .search([("rgpd_may_contact", "=", f"{MAIL}.email")])
        )
        self.assertIn(self.person.id, found.ids)
