from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

from .real_common import RealCase


class TestShortLinkAtOnce(RealCase):
    """Two real transactions make the same short link, or use it, at the same moment."""

    def setUp(self):
        super().setUp()
        with self.real() as env:
            person = env["res.partner"].create(
                {"name": "Camille Exemple", "phone": "+33 1 99 00 10 50"}
            )
            self.person_id = person.id
            self.subject_id = env["rgpd.subject"]._of(person).id

    def open(self):
        """Return an environment whose snapshot is taken now."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SET LOCAL lock_timeout = '5s'")
        cr.execute("SELECT count(*) FROM rgpd_short_link")
        return api.Environment(cr, SUPERUSER_ID, {})

    def get_url(self, env, channel):
        person = env["res.partner"].browse(self.person_id)
        urls = env["rgpd.short.link"]._get_urls(person, env.company, channel)
        return urls[self.person_id]

    def retry(self, act, env):
        """Do what Odoo does with a transaction that came second: run it again."""
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            act(env)
        env.cr.rollback()
        again = self.open()
        result = act(again)
        again.cr.commit()
        return result

    def test_the_same_link_is_made_once(self):
        for channel in ("sms", "notice"):
            with self.subTest(channel):
                first, second = self.open(), self.open()
                url = self.get_url(first, channel)
                first.cr.commit()
                # the snapshot of the second one knows nothing of the first
                other = self.retry(lambda env, c=channel: self.get_url(env, c), second)
                self.assertEqual(other, url)
                rows = self.open()["rgpd.short.link"].search(
                    [("subject_id", "=", self.subject_id), ("channel", "=", channel)]
                )
                self.assertEqual(len(rows), 1)

    def test_a_link_that_is_there_makes_nobody_wait(self):
        env = self.open()
        url = self.get_url(env, "sms")
        env.cr.commit()
        first, second = self.open(), self.open()
        self.assertEqual(self.get_url(first, "sms"), url)
        self.assertEqual(self.get_url(second, "sms"), url)
        first.cr.commit()
        second.cr.commit()

    def test_stop_used_twice_at_once_is_one_objection(self):
        env = self.open()
        code = self.get_url(env, "sms").rsplit("/", 1)[1]
        env.cr.commit()

        def stop(env):
            subject, company, channel = env["rgpd.short.link"]._read(code)
            env["rgpd.preference.center"]._object(subject, company, channel)

        first, second = self.open(), self.open()
        stop(first)
        first.cr.commit()
        self.retry(stop, second)
        env = self.open()
        events = env["rgpd.consent.event"].search(
            [("subject_id", "=", self.subject_id)]
        )
        self.assertEqual(
            events.mapped(lambda e: (e.decision, e.channel)), [("objected", "sms")]
        )
        entries = env["rgpd.journal"].search_count(
            [
                ("kind", "=", "consent.objected"),
                ("id", ">", self.starts["rgpd_journal"]),
            ]
        )
        self.assertEqual(entries, 1)
        listed = env["rgpd.suppression"].search_count(
            [("id", ">", self.starts["rgpd_suppression"])]
        )
        self.assertEqual(listed, 1)
