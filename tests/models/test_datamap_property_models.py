from .property_common import PropertyCase


class TestPropertyModels(PropertyCase):
    """Not a contact alone stands for a person, and two definitions are two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Devis",
                "contact_name": "Yann Le Goff",
                "email_from": "yann.legoff@courriel.example",
            }
        )
        cls.reader = cls.env["mailing.contact"].create(
            {"name": "Nora Salaun", "email": "nora.salaun@courriel.example"}
        )
        cls.definition.properties_definition = [
            *cls.definition.properties_definition,
            {"name": "eeee", "string": "Brought by", "type": "many2one",
             "comodel": "crm.lead", "default": cls.lead.id},
            {"name": "ffff", "string": "Readers", "type": "many2many",
             "comodel": "mailing.contact"},
        ]  # fmt: skip
        # The same number is that of another record in the property of another model
        cls.stranger.properties = {"bbbb": cls.stranger.id, "eeee": False}
        cls.friend.properties = {
            "aaaa": str(cls.lead.id),
            "eeee": cls.lead.id,
            "ffff": cls.reader.ids,
        }
        cls.env.flush_all()
        cls.env.invalidate_all()

    def find(self, person):
        found = self.env["rgpd.person.finder"]._find(person)
        return {
            (model, row_id)
            for model, rows in found.items()
            for row_id, paths in rows.items()
            if any(path.startswith("property:") for path in paths)
        }

    def read(self, record, column="properties"):
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {column} FROM {record._table} WHERE id = %s", [record.id]
        )
        return self.env.cr.fetchone()[0]

    def test_a_lead_and_a_reader_are_followed(self):
        for person in (self.lead, self.reader):
            self.assertEqual(self.find(person), {("res.partner", self.friend.id)})

    def test_the_copy_leaves_out_the_record_of_somebody_else(self):
        found = self.env["rgpd.person.exporter"]._find_records(self.lead, False)
        self.assertEqual(found["crm.lead"], self.lead.ids)
        self.assertNotIn("res.partner", found)

    def test_an_erasure_cuts_them(self):
        self.env["rgpd.eraser"]._erase(self.lead, "request")
        values = self.read(self.friend)
        self.assertFalse(values["eeee"])
        self.assertEqual(values["ffff"], self.reader.ids)
        self.assertEqual(values["aaaa"], str(self.lead.id))
        defaults = {
            one["name"]: one.get("default")
            for one in self.read(self.definition, "properties_definition")
        }
        self.assertFalse(defaults["eeee"])
        self.env["rgpd.eraser"]._erase(self.reader, "request")
        self.assertFalse(self.read(self.friend)["ffff"])
        self.assertEqual(self.friend.name, "Marc Kervella")

    def test_of_two_definitions_that_of_the_row_decides(self):
        """A copy of a team has the names of its properties; one was changed since."""
        teams = self.env["crm.team"].create([{"name": "North"}, {"name": "South"}])
        for team, comodel in zip(teams, ("res.partner", "crm.lead"), strict=True):
            team.lead_properties_definition = [
                {"name": "abcd", "string": "Met by", "type": "many2one",
                 "comodel": comodel},
            ]  # fmt: skip
        leads = self.env["crm.lead"].create(
            [{"name": team.name, "team_id": team.id} for team in teams]
        )
        self.env.flush_all()
        # Both hold the same number, that of a contact and that of a lead
        self.env.cr.execute(
            "UPDATE crm_lead SET lead_properties = jsonb_build_object('abcd', %s)"
            " WHERE id = ANY(%s)",
            [self.prospect.id, leads.ids],
        )
        self.env.invalidate_all()
        by_contact, by_lead = leads
        found = self.find(self.prospect)
        self.assertIn(("crm.lead", by_contact.id), found)
        self.assertNotIn(("crm.lead", by_lead.id), found)
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.assertFalse(self.read(by_contact, "lead_properties")["abcd"])
        self.assertEqual(
            self.read(by_lead, "lead_properties"), {"abcd": self.prospect.id}
        )

    def test_what_the_own_definition_does_not_know_is_cut_too(self):
        """A lead that changed its team keeps what it had, and nobody sees it."""
        team = self.env["crm.team"].create({"name": "North"})
        team.lead_properties_definition = [
            {"name": "abcd", "string": "Met by", "type": "many2one",
             "comodel": "res.partner"},
        ]  # fmt: skip
        lead = self.env["crm.lead"].create({"name": "Moved", "team_id": False})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET lead_properties = jsonb_build_object('abcd', %s)"
            " WHERE id = %s",
            [self.prospect.id, lead.id],
        )
        self.env.invalidate_all()
        self.assertIn(("crm.lead", lead.id), self.find(self.prospect))
