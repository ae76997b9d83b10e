import base64

from .club_common import new_member_model, new_model
from .erasure_common import ErasureCase


class TestErasureOthers(ErasureCase):
    """What a company's own models hold about somebody else stays whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_member_model(
            cls.env,
            x_about="reference:res.partner,sale.order",
            x_phone="char",
            x_comment="text",
            x_scan="binary",
        )
        new_model(
            cls.env,
            "x_call",
            "Call",
            x_member_id="many2one:x_member|cascade",
            x_technician_id="many2one:res.partner",
            x_phone="char",
        )
        cls.other = cls.env["res.partner"].create(
            {"name": "Paul Autrui", "email": "paul@autrui.example"}
        )

    def new_member(self, partner, **values):
        return self.env["x_member"].create(
            {
                "x_name": "Carte 12",
                "x_partner_id": partner.id,
                "x_phone": "+33 6 39 98 44 55",
                "x_comment": f"Parrainé par {self.prospect.name}, allergique",
                "x_scan": base64.b64encode(b"scan"),
                **values,
            }
        )

    def test_the_record_of_another_loses_the_name_alone(self):
        sponsored = self.new_member(self.other, x_sponsor_id=self.prospect.id)
        about = self.new_member(self.other, x_about=f"res.partner,{self.prospect.id}")
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "x_member", "res_id": about.id}
        )
        file |= file.copy({"res_id": sponsored.id})
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        for member in (sponsored, about):
            self.assertEqual(member.x_phone, "+33 6 39 98 44 55")
            self.assertTrue(member.x_scan)
            self.assertEqual(member.x_comment, "Parrainé par [effacé], allergique")
        self.assertEqual(file.exists(), file)

    def test_their_own_record_goes(self):
        member = self.new_member(self.prospect, x_sponsor_id=self.other.id)
        alone = self.new_member(self.env["res.partner"], x_sponsor_id=self.prospect.id)
        both = self.new_member(self.prospect, x_sponsor_id=self.prospect.id)
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        for record in (member, alone, both):
            self.assertFalse(record.x_phone)

    def test_the_dpo_decides_otherwise(self):
        link = self.env["rgpd.data.link"].search(
            [("model", "=", "x_member"), ("path", "=", "x_sponsor_id")]
        )
        link.on_erase_override = "mask"
        sponsored = self.new_member(self.other, x_sponsor_id=self.prospect.id)
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(sponsored.x_phone)

    def test_a_text_that_nobody_judged_loses_the_name(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_habits",
                "model_id": self.env["ir.model"]._get_id("x_member"),
                "ttype": "text",
            }
        )
        self.env["rgpd.data.map"]._discover()
        known = self.env["rgpd.data.map"]._get_fields("x_member")["x_habits"]
        self.assertEqual(known.status, "unclassified")
        member = self.new_member(
            self.prospect,
            x_name=self.prospect.name,
            x_habits=f"{self.prospect.name} écrit de {self.prospect.email}, sans sel",
        )
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertEqual(member.x_habits, "[effacé] écrit de [effacé], sans sel")
        self.assertEqual(member.x_name, "[effacé]")

    def test_a_row_of_an_employer_or_of_staff_may_be_the_person_s_own(self):
        employer = self.env["res.partner"].create({"name": "ACME", "is_company": True})
        colleague = self.env["res.users"].create({"name": "Ida", "login": "ida.staff"})
        members = self.env["x_member"]
        for partner in (employer, self.env.company.partner_id, colleague.partner_id):
            members |= self.new_member(partner, x_sponsor_id=self.prospect.id)
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertEqual(members.mapped("x_phone"), [False] * 3)

    def test_the_parts_of_their_own_record_go_whoever_did_the_work(self):
        own, foreign = (
            self.env["x_call"].create(
                {
                    "x_member_id": member.id,
                    "x_technician_id": self.other.id,
                    "x_phone": "+33 6 39 98 44 55",
                }
            )
            for member in (
                self.new_member(self.prospect),
                self.new_member(self.other, x_sponsor_id=self.prospect.id),
            )
        )
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(own.x_phone)
        self.assertEqual(foreign.x_phone, "+33 6 39 98 44 55")

    def test_a_file_they_posted_on_the_record_of_another_goes(self):
        member = self.new_member(self.other, x_sponsor_id=self.prospect.id)
        posted, kept = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": b"a",
                    "res_model": "x_member",
                    "res_id": member.id,
                }
                for name in ("posted.txt", "kept.txt")
            ]
        )
        self.env["mail.message"].create(
            {
                "model": "x_member",
                "res_id": member.id,
                "author_id": self.prospect.id,
                "body": "Voici",
                "attachment_ids": posted.ids,
            }
        )
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(posted.exists())
        self.assertTrue(kept.exists())
        self.assertTrue(member.x_phone)
