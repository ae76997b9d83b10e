from ..common import RgpdCase
from .club_common import new_model


class TestUnknownModels(RgpdCase):
    """Models of the company's own designer: the map finds what leads to persons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_model(
            cls.env, "x_guest", "Guest", x_studio_courriel="char", x_remark="text"
        )
        new_model(
            cls.env,
            "x_member",
            "Member",
            x_partner_id="many2one:res.partner",
            x_email="char",
            x_mobile_perso="char",
        )
        new_model(
            cls.env,
            "x_visit",
            "Visit",
            x_guest_id="many2one:x_guest",
            x_member_id="many2one:x_member|restrict",
            x_order_id="many2one:sale.order",
            x_comment="text",
        )
        new_model(
            cls.env,
            "x_registration",
            "Registration",
            x_email="char",
            x_order_id="many2one:sale.order",
            x_instructor_id="many2one:res.partner",
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Jeanne Exemple",
                "email": "jeanne@client.example",
                "phone": "+33 6 39 98 00 11",
            }
        )
        cls.other = cls.env["res.partner"].create({"name": "Paul Autrui"})

    def new_guest(self, address):
        return self.env["x_guest"].create({"x_studio_courriel": address})

    def find(self, record):
        found = self.env["rgpd.person.finder"]._find(self.person)
        return record.id in found.get(record._name, {})

    def test_an_address_in_a_column_of_any_name(self):
        guest = self.env["x_guest"].create(
            {"x_studio_courriel": "Jeanne@Client.example"}
        )
        self.assertTrue(self.find(guest))
        self.assertFalse(self.find(self.new_guest("a@b.fr")))

    def test_an_address_where_the_contact_is_empty(self):
        by_email = self.env["x_member"].create({"x_email": "jeanne@client.example"})
        by_phone = self.env["x_member"].create({"x_mobile_perso": "06.39.98.00.11"})
        self.assertTrue(self.find(by_email))
        self.assertTrue(self.find(by_phone))
        # A shared mailbox: the row is that of the contact it names
        self.assertFalse(
            self.find(
                self.env["x_member"].create(
                    {
                        "x_email": "jeanne@client.example",
                        "x_partner_id": self.other.id,
                    }
                )
            )
        )

    def test_what_hangs_on_a_record_of_the_person_whatever_its_deletion_does(self):
        guest = self.env["x_guest"].create(
            {"x_studio_courriel": "jeanne@client.example"}
        )
        member = self.env["x_member"].create({"x_partner_id": self.person.id})
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        for values in (
            {"x_guest_id": guest.id},
            {"x_member_id": member.id},
            {"x_order_id": order.id},
        ):
            self.assertTrue(self.find(self.env["x_visit"].create(values)), values)
        self.assertFalse(self.find(self.env["x_visit"].create({})))

    def test_who_did_the_work_does_not_say_whose_a_record_is(self):
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        for values in (
            {"x_email": "jeanne@client.example"},
            {"x_order_id": order.id},
        ):
            row = self.env["x_registration"].create(
                {"x_instructor_id": self.other.id, **values}
            )
            self.assertTrue(self.find(row), values)

    def test_the_condition_of_a_link_follows_the_columns(self):
        link = self.env["rgpd.data.link"].search(
            [("model", "=", "x_registration"), ("path", "=", "x_email")]
        )
        link.domain = "[('x_instructor_id', '=', False)]"
        self.env["rgpd.data.map"]._discover()
        link.invalidate_recordset()
        self.assertFalse(link.domain)

    def test_models_of_odoo_are_left_to_what_was_shipped(self):
        data_map = self.env["rgpd.data.map"]
        unknown = data_map._get_unknown_models(data_map._get_columns(), [])
        self.assertIn("x_guest", unknown)
        known = {"sale.order", "mail.message", "account.partial.reconcile"}
        self.assertFalse(known & set(unknown))

    def test_a_record_without_a_name_is_called_by_its_first_text(self):
        lookup = self.env["rgpd.person.lookup"]
        guest = self.env["x_guest"].create(
            {"x_studio_courriel": "jeanne@client.example"}
        )
        self.assertEqual(lookup._get_name(guest), "jeanne@client.example")
        visit = self.env["x_visit"].create({"x_comment": "Long text"})
        self.assertEqual(lookup._get_name(visit), f"Visit {visit.id}")
        self.assertEqual(lookup._get_name(self.other), "Paul Autrui")
