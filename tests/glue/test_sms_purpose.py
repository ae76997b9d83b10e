import unittest

from odoo.tools.convert import convert_file

from ..common import RgpdCase

ADDON = "rgpd_fichier_client_mass_mailing_sms"
NAMES = ("rgpd_purpose_sms_tracking", "rgpd_notice_sms_tracking")


class TestSmsPurpose(RgpdCase):
    """The purpose of clicks in SMS, where a company wrote it before it was shipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref(f"{ADDON}.{NAMES[0]}", raise_if_not_found=False):
            raise unittest.SkipTest("mailings by SMS are not installed")

    def release(self):
        """Make the rows such as a company made by hand, and return them."""
        rows = [self.env.ref(f"{ADDON}.{name}") for name in NAMES]
        self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("name", "in", NAMES)]
        ).unlink()
        return rows

    def load(self):
        convert_file(self.env, ADDON, "data/rgpd_purpose.xml", {}, mode="update")

    def count(self):
        purposes = self.env["rgpd.purpose"].with_context(active_test=False)
        return purposes.search_count([("code", "=", "sms_tracking")])

    def test_the_update_keeps_the_rows_of_the_company(self):
        for active in (True, False):
            purpose, notice = self.release()
            purpose.write({"name": "Our clicks", "active": active})
            notice.text = "Our words"
            self.load()
            with self.subTest(active=active):
                self.assertEqual(self.env.ref(f"{ADDON}.{NAMES[0]}"), purpose)
                self.assertEqual(self.env.ref(f"{ADDON}.{NAMES[1]}"), notice)
                self.assertEqual(
                    (purpose.name, notice.text), ("Our clicks", "Our words")
                )
                self.assertEqual(self.count(), 1)
                data = self.env["ir.model.data"].search(
                    [("module", "=", ADDON), ("name", "in", NAMES)]
                )
                self.assertEqual(data.mapped("noupdate"), [True, True])

    def test_a_purpose_without_notice_gets_the_shipped_words(self):
        purpose, notice = self.release()
        notice.unlink()
        self.load()
        notice = self.env.ref(f"{ADDON}.{NAMES[1]}")
        self.assertEqual(notice.purpose_id, purpose)

    def test_once_they_are_shipped_nothing_changes(self):
        before = [self.env.ref(f"{ADDON}.{name}") for name in NAMES]
        self.load()
        self.assertEqual([self.env.ref(f"{ADDON}.{name}") for name in NAMES], before)
