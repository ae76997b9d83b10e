from unittest.mock import patch

from odoo.modules import Manifest

from .club_common import new_member_model
from .test_rgpd_request_copy import CopyCase


class TestRecordsOfOthers(CopyCase):
    """A record of somebody else that names the person waits for a decision."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_member_model(cls.env, x_diet="text")

    def new_member(self, partner, **values):
        member = self.env["x_member"].create({"x_partner_id": partner.id, **values})
        self.env.flush_all()
        return member

    def get_whole(self, copy, record):
        return self.lines(copy, record).filtered(lambda line: line.kind == "other")

    def test_it_stays_out_unless_an_officer_shows_it(self):
        own = self.new_member(self.person, x_diet="No salt")
        other = self.new_member(
            self.other, x_sponsor_id=self.person.id, x_diet="No sugar"
        )
        copy = self.prepare()
        [line] = self.get_whole(copy, other)
        self.assertEqual((line.kind, line.doubt), ("other", "other"))
        self.assertFalse(copy.can_leave)
        self.assertFalse(self.get_whole(copy, own))
        data = self.make(copy).read("data.json").decode()
        self.assertIn("No salt", data)
        self.assertNotIn("No sugar", data)
        line._decide("show", reason="He agrees.")
        self.assertIn("No sugar", self.make(copy).read("data.json").decode())

    def test_kept_masked_it_stays_out_with_all_that_hangs_on_it(self):
        other = self.new_member(
            self.other, x_sponsor_id=self.person.id, x_diet="No sugar, says Vasile"
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "diet.txt",
                "raw": b"Gluten",
                "res_model": other._name,
                "res_id": other.id,
            }
        )
        copy = self.prepare()
        self.lines(copy, other).action_mask()
        [line] = self.get_whole(copy, other)
        self.assertEqual((line.decision, line.ground), ("withhold", "others"))
        self.assertTrue(line.decided_by_id)
        withheld = copy._get_withheld_records()
        self.assertEqual(withheld[file._name, file.id], "others")
        bundle = self.make(copy)
        self.assertNotIn("No sugar", bundle.read("data.json").decode())
        self.assertFalse([n for n in bundle.namelist() if "diet" in n])
        # Shown after all: the rest of the record does not keep it out
        line._decide("show", reason="He agrees.")
        self.assertNotIn((other._name, other.id), copy._get_withheld_records())

    def test_masked_before_that_was_refused_it_stays_out_too(self):
        other = self.new_member(
            self.other, x_sponsor_id=self.person.id, x_diet="No sugar"
        )
        copy = self.prepare()
        # sudo: as an older version left it
        self.get_whole(copy, other).sudo().write({"decision": "mask"})
        records = copy._get_withheld_records()
        self.assertEqual(records[other._name, other.id], "others")
        data = self.make(copy).read("data.json").decode()
        self.assertNotIn("No sugar", data)

    def test_a_decision_on_erasure_leaves_the_doubt_of_the_copy(self):
        self.env["rgpd.data.link"].search(
            [("model", "=", "x_member"), ("path", "=", "x_sponsor_id")]
        ).on_erase_override = "redact"
        link = self.env["rgpd.data.map"]._get_main_link("x_member")
        self.assertEqual(link.path, "x_partner_id")

    def test_a_model_of_the_community_is_nobody_s_own(self):
        data_map = self.env["rgpd.data.map"]
        author = "Odoo Community Association (OCA)"
        for name, expected in ((author, False), ("Odoo S.A., Acme", True)):
            with patch.object(Manifest, "for_addon", return_value={"author": name}):
                self.assertEqual(data_map._is_of_odoo(self.env["sale.order"]), expected)
