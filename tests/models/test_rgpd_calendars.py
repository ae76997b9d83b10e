"""Calendars name the person to those who may read their record, and nobody else."""

from datetime import date

from odoo.fields import Command

from ..common import RgpdCase


class TestCalendarNames(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.person = cls.env["res.partner"].create({"name": "Jeanne Exemple"})
        cls.hidden = cls.env["res.partner"].create(
            {
                "name": "Nora Deux",
                "company_id": cls.env["res.company"].create({"name": "Ailleurs"}).id,
            }
        )
        cls.subject, cls.hidden_subject = (
            cls.env["rgpd.subject"]._of(person) for person in (cls.person, cls.hidden)
        )

    def test_a_request(self):
        request, other, lone = self.env["rgpd.request"].create(
            [
                {**values, "item_ids": [Command.create({"right": "access"})]}
                for values in (
                    {"partner_id": self.person.id},
                    {"partner_id": self.hidden.id},
                    {"subject_id": self.subject.id},
                )
            ]
        )
        names = [
            r.with_user(self.officer).calendar_name for r in (request, other, lone)
        ]
        self.assertEqual(names[0], f"{request.name} · Jeanne Exemple")
        self.assertNotIn("Nora", names[1])
        self.assertTrue(names[1].startswith(other.name))
        self.assertEqual(names[2], f"{lone.name} · Jeanne Exemple")
        self.assertEqual(request.display_name, request.name, "mails copy this one")

    def test_a_person_to_inform(self):
        row, other = self.env["rgpd.information"].create(
            [
                {
                    "subject_id": subject.id,
                    "company_id": self.env.company.id,
                    "purpose_id": self.env["rgpd.purpose"].search([], limit=1).id,
                    "source": "Annuaire",
                    "obtained_on": date(2026, 11, 2),
                }
                for subject in (self.subject, self.hidden_subject)
            ]
        )
        names = [r.with_user(self.officer).person_name for r in (row, other)]
        self.assertEqual(names[0], "Jeanne Exemple")
        self.assertNotIn("Nora", names[1])
        self.assertNotIn("Jeanne", row.display_name, "tasks copy this one")

    def test_the_views_show_these_names(self):
        for model, field in (
            ("rgpd.request", "calendar_name"),
            ("rgpd.information", "person_name"),
        ):
            arch = self.env[model].get_view(view_type="calendar")["arch"]
            self.assertIn(f'create_name_field="{field}"', arch)
        warning = self.env["rgpd.end.warning"]
        self.assertEqual(warning._rec_name, "subject_id")
