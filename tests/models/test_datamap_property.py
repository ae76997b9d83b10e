from unittest.mock import patch

from odoo import fields

from .property_common import PropertyCase


class TestDatamapProperty(PropertyCase):
    """A property that names a person leads to that person."""

    def find(self):
        found = self.env["rgpd.person.finder"]._find(self.prospect)
        return {
            row_id
            for row_id, paths in found["res.partner"].items()
            if paths == ["property:properties"]
        }

    def test_it_is_followed(self):
        self.assertEqual(self.find(), {self.member.id, self.friend.id})

    def test_no_row_is_read_when_no_property_names_a_person(self):
        self.env.cr.execute(
            "UPDATE properties_base_definition SET properties_definition = '[]'"
        )
        link = self.get_link()
        finder = self.env["rgpd.person.finder"]
        query = finder._get_link_query(link, "res.partner", self.prospect.ids)
        self.env.cr.execute("EXPLAIN (ANALYZE) " + self.env.cr.mogrify(query).decode())
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("never executed", plan)
        self.assertEqual(self.find(), set())

    def test_no_property_is_asked_for_when_none_names_a_person(self):
        """To plan the queries of properties takes longer than all others together."""
        finder = self.registry["rgpd.person.finder"]
        write = finder._get_naming_query
        with patch.object(
            finder, "_get_naming_query", autospec=True, side_effect=write
        ) as asked:
            self.find()
            self.assertTrue(asked.called)
            asked.reset_mock()
            self.env.cr.execute(
                "UPDATE properties_base_definition SET properties_definition = '[]'"
            )
            self.assertEqual(self.find(), set())
            self.assertFalse(asked.called)

    def test_the_record_of_somebody_else_is_not_in_the_copy(self):
        exporter = self.env["rgpd.person.exporter"]
        found = exporter._find_records(self.prospect, False)
        self.assertEqual(found["res.partner"], self.prospect.ids)
        parents = self.env["rgpd.person.finder"]._find(self.prospect)["res.partner"]
        self.assertGreater(len(parents), 1)

    def test_who_opened_the_record_of_somebody_else_is_not_told(self):
        """The sponsor is not told of what happens to the member (Art. 15.4)."""
        self.company.rgpd_log_openings = True
        log = self.env["rgpd.access.log"].sudo()
        log.create(
            [
                {
                    "moment": fields.Datetime.now(),
                    "actor": self.dpo.id,
                    "model": "res.partner",
                    "res_id": person.id,
                    "company_id": self.company.id,
                }
                for person in (self.prospect, self.member, self.friend, self.friend)
            ]
        )
        exporter = self.env["rgpd.person.exporter"].sudo()
        for person, count in ((self.prospect, 1), (self.member, 1), (self.friend, 2)):
            rows = exporter._get_accesses(person)
            told = [row for row in rows if row[2] == "Your record opened in daily work"]
            self.assertEqual(len(told), count)

    def test_the_record_of_somebody_else_is_counted_nowhere(self):
        label = self.env["ir.model"]._get("res.partner").name
        overview = self.env["rgpd.request.overview"]
        counts = dict(overview._get_counts(self.prospect, self.company))
        self.assertEqual(counts[label], 1)
        before_erasure = self.env["rgpd.erasure.wizard"].with_user(self.dpo)
        action = before_erasure._open_for(self.prospect.with_user(self.dpo))
        wizard = before_erasure.with_context(**action["context"]).create(
            {"motive": "1"}
        )
        self.assertIn(f"{label} (1)", wizard.erased_text.splitlines())
        action = self.prospect.with_user(self.dpo).action_rgpd_access()
        wizard = self.env["rgpd.access.wizard"].browse(action["res_id"])
        line = wizard.line_ids.filtered(lambda line: line.model == "res.partner")
        self.assertEqual(line.record_count, 1)
        lookup = self.env["rgpd.person.lookup"].with_user(self.dpo)
        anchors = [["res.partner", self.prospect.id]]
        [group] = [
            group
            for group in lookup.show(anchors)["groups"]
            if group["model"] == "res.partner"
        ]
        self.assertEqual(group["count"], 1)
        action = lookup.get_records_action(anchors, "res.partner")
        self.assertEqual(action["domain"], [("id", "in", self.prospect.ids)])

    def test_an_erasure_cuts_it_and_leaves_the_rest(self):
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        self.assertEqual(self.find(), set())
        member = self.member.read(["name", "email", "properties"])[0]
        self.assertEqual(member["name"], "Lucie Tanguy")
        values = {row["name"]: row.get("value") for row in member["properties"]}
        self.assertFalse(values["bbbb"])
        self.assertEqual(values["aaaa"], "tall")
        friend = self.friend.read(["properties"])[0]["properties"]
        [friends] = [row["value"] for row in friend if row["name"] == "cccc"]
        self.assertEqual([res_id for res_id, _name in friends], self.member.ids)
        self.assertEqual(self.stranger.name, "Anna Guillou")

    def test_a_null_that_another_tool_wrote_is_no_obstacle(self):
        self.env.cr.execute(
            "UPDATE res_partner SET properties = 'null' WHERE id = %s",
            [self.stranger.id],
        )
        link = self.get_link()
        finder = self.env["rgpd.person.finder"]
        persons = self.member | self.stranger
        self.assertEqual(
            finder._read_property_link(link, persons.ids),
            [(self.member.id, self.prospect.id)],
        )
        self.assertEqual(self.find(), {self.member.id, self.friend.id})

    def get_link(self):
        return next(
            link
            for link in self.env["rgpd.data.map"]._get_links()
            if link.kind == "property"
            and (link.model, link.target) == ("res.partner", "res.partner")
        )

    def test_no_number_is_left_when_two_leave_together(self):
        both = self.prospect | self.member
        self.env["rgpd.eraser"]._erase(both, "request")
        self.env.flush_all()
        for person in (self.member, self.friend):
            self.env.cr.execute(
                "SELECT properties FROM res_partner WHERE id = %s", [person.id]
            )
            [[values]] = self.env.cr.fetchall()
            self.assertFalse((values or {}).get("bbbb"))
            self.assertFalse((values or {}).get("cccc"))

    def test_an_account_names_the_person_whose_it_is(self):
        user = self.env["res.users"].create(
            {
                "name": self.prospect.name,
                "login": "zoe-portal",
                "partner_id": self.prospect.id,
                "group_ids": [
                    fields.Command.set(self.env.ref("base.group_portal").ids)
                ],
            }
        )
        self.definition.properties_definition = [
            *self.definition.properties_definition,
            {"name": "eeee", "string": "Looked after by", "type": "many2one",
             "comodel": "res.users"},
        ]  # fmt: skip
        other = self.new_person("Ewen Corre", 5)
        other.properties = {"aaaa": "small", "eeee": user.id}
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(other.id, self.find())
        [link] = [
            link
            for link in self.env["rgpd.data.map"]._get_links("res.partner")
            if link.kind == "property" and link.target == "res.partner"
        ]
        pairs = self.env["rgpd.person.finder"]._read_property_link(link, other.ids)
        self.assertEqual(pairs, [(other.id, self.prospect.id)])
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        values = {
            row["name"]: row.get("value") for row in other.read()[0]["properties"]
        }
        self.assertFalse(values["eeee"])
        self.assertEqual(values["aaaa"], "small")

    def test_a_number_too_large_for_a_record_is_none(self):
        """The property was a text before, and of the same name."""
        self.env.cr.execute(
            "UPDATE res_partner SET properties = properties || %s::jsonb WHERE id = %s",
            ['{"bbbb": "612345678901", "eeee": "99999999999999999999"}',
             self.friend.id],
        )  # fmt: skip
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.invalidate_all()
        self.assertEqual(self.find(), set())
        self.assertNotIn("Zo\u00e9", self.prospect.name)

    def test_no_new_record_gets_who_is_gone(self):
        self.definition.properties_definition = [
            {**one, "default": default} if default else one
            for one, default in zip(
                self.definition.properties_definition,
                (False, self.prospect.id, [self.prospect.id, self.stranger.id], 75),
                strict=True,
            )
        ]
        self.env["rgpd.eraser"]._erase(self.prospect, "request")
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute(
            "SELECT properties_definition FROM properties_base_definition"
            " WHERE id = %s",
            [self.definition.id],
        )
        [[definition]] = self.env.cr.fetchall()
        defaults = {one["name"]: one.get("default") for one in definition}
        self.assertFalse(defaults["bbbb"])
        self.assertEqual(defaults["cccc"], [self.stranger.id])
        self.assertEqual(defaults["dddd"], 75)
        new = self.env["res.partner"].create({"name": "Neuf"}).read(["properties"])
        values = {row["name"]: row.get("value") for row in new[0]["properties"]}
        self.assertFalse(values["bbbb"])
        self.assertEqual([row[0] for row in values["cccc"]], self.stranger.ids)
