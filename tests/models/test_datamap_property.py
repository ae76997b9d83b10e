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
        link = next(
            link
            for link in self.env["rgpd.data.map"]._get_links("res.partner")
            if link.kind == "property"
        )
        finder = self.env["rgpd.person.finder"]
        query = finder._get_link_query(link, "res.partner", self.prospect.ids)
        self.env.cr.execute("EXPLAIN (ANALYZE) " + self.env.cr.mogrify(query).decode())
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("never executed", plan)
        self.assertEqual(self.find(), set())

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
