from .club_common import new_model
from .test_rgpd_request_copy import CopyCase


class TestRecordsOfOthers(CopyCase):
    """A record of somebody else that names the person waits for a decision."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_model(
            cls.env,
            "x_member",
            "Member",
            x_name="char",
            x_partner_id="many2one:res.partner",
            x_sponsor_id="many2one:res.partner",
            x_diet="text",
        )

    def new_member(self, partner, **values):
        member = self.env["x_member"].create({"x_partner_id": partner.id, **values})
        self.env.flush_all()
        return member

    def test_it_stays_out_unless_an_officer_shows_it(self):
        own = self.new_member(self.person, x_diet="No salt")
        other = self.new_member(
            self.other, x_sponsor_id=self.person.id, x_diet="No sugar"
        )
        copy = self.prepare()
        [line] = self.lines(copy, other)
        self.assertEqual((line.kind, line.doubt), ("other", "other"))
        self.assertFalse(copy.can_leave)
        self.assertFalse(self.lines(copy, own))
        data = self.make(copy).read("data.json").decode()
        self.assertIn("No salt", data)
        self.assertNotIn("No sugar", data)
        line._decide("show", reason="He agrees.")
        self.assertIn("No sugar", self.make(copy).read("data.json").decode())
