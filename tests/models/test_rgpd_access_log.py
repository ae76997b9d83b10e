"""Who opened a person's record is kept where the company says so, and only then."""

import io
import json
import zipfile
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.http import _request_stack
from odoo.tools import mute_logger

from ..common import RgpdCase
from .real_common import RealCase

LOGGER = "odoo.addons.rgpd_fichier_client.models.security.rgpd_access_log"
# Nothing is noted of what no request asks for
REQUEST = "odoo.addons.rgpd_fichier_client.models.security.base.request"
SPEC = {"name": {}}


class AccessLogCase(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("reader", login="log_seller", name="Odile Salariée")
        cls.person = cls.env["res.partner"].create(
            {"name": "Jeanne Exemple", "email": "jeanne@client.example"}
        )
        cls.log = cls.env["rgpd.access.log"]

    def add(self, **values):
        """Put a row into the log, as an opening does; return it."""
        row = {
            "moment": fields.Datetime.now(),
            "actor": self.seller.id,
            "model": "res.partner",
            "res_id": self.person.id,
            "company_id": self.company.id,
            **values,
        }
        return self.log.create(row)

    def note(self, record, is_opening=True):
        """Read a record as a form does; return what would be written."""
        noted = []
        log = type(self.log)
        with (
            patch(REQUEST, SimpleNamespace()),
            patch.object(log, "_is_opening", lambda *_args: is_opening),
            patch.object(log, "_schedule", lambda _self, vals: noted.append(vals)),
        ):
            record.with_user(self.seller).web_read(SPEC)
        return noted


class TestAccessLog(AccessLogCase):
    def test_off_until_the_company_switches_it_on(self):
        self.assertFalse(self.company.rgpd_log_openings)
        self.assertFalse(self.note(self.person))
        self.company.rgpd_log_openings = True
        [values] = self.note(self.person)
        self.assertEqual(values["actor"], self.seller.id)
        self.assertEqual((values["model"], values["res_id"]), self.place())
        self.assertEqual(values["company_id"], self.company.id)

    def test_what_stands_in_for_a_request_keeps_nobody_from_reading(self):
        """Odoo's own tests push a request that knows its session and no more."""
        self.company.rgpd_log_openings = True
        _request_stack.push(SimpleNamespace(session={}, env=self.env))
        self.addCleanup(_request_stack.pop)
        [values] = self.person.with_user(self.seller).web_read(SPEC)
        self.assertEqual(values["name"], "Jeanne Exemple")

    def place(self):
        return ("res.partner", self.person.id)

    def test_what_is_no_person_or_no_form_is_not_logged(self):
        self.company.rgpd_log_openings = True
        self.assertFalse(self.note(self.person, is_opening=False))
        self.assertFalse(self.note(self.env.ref("base.fr")))
        self.assertFalse(self.note(self.person | self.company.partner_id))

    def test_another_company_decides_for_itself(self):
        self.company.rgpd_log_openings = True
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.seller.company_ids += other
        self.assertFalse(self.note(self.person.with_company(other)))

    def test_the_company_of_the_record_decides_wherever_one_works(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        other.rgpd_log_openings = True
        self.seller.company_ids += other
        self.person.company_id = other
        both = self.person.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertFalse(self.company.rgpd_log_openings)
        [values] = self.note(both)
        self.assertEqual(values["company_id"], other.id)
        other.rgpd_log_openings = False
        self.company.rgpd_log_openings = True
        self.assertFalse(self.note(both))

    def test_kept_as_long_as_the_company_says(self):
        old = self.add(moment=fields.Datetime.subtract(fields.Datetime.now(), months=7))
        young = self.add(
            moment=fields.Datetime.subtract(fields.Datetime.now(), months=5)
        )
        self.company.rgpd_log_months = 12
        self.env.flush_all()
        self.log._gc_openings()
        self.assertTrue(old.exists())
        self.company.rgpd_log_months = 6
        self.env.flush_all()
        self.log._gc_openings()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    @mute_logger("odoo.sql_db")
    def test_six_to_twelve_months(self):
        for months in (5, 13):
            with self.assertRaises(CheckViolation), self.cr.savepoint():
                self.company.rgpd_log_months = months
                self.env.flush_all()

    def test_who_may_look_at_it(self):
        opening = self.add()
        for role in ("dpo", "auditor"):
            user = self.new_user(role, login=f"log_{role}")
            seen = opening.with_user(user)
            self.assertEqual(seen.actor_name, "Odile Salariée")
            for act in (
                lambda seen=seen: seen.write({"actor": 1}),
                lambda seen=seen: seen.unlink(),
                lambda seen=seen: seen.create({}),
            ):
                with self.assertRaises(AccessError):
                    act()
        for role in ("reader", "officer", "archive"):
            user = self.new_user(role, login=f"log_{role}")
            with self.assertRaises(AccessError):
                opening.with_user(user).read(["actor"])

    def test_the_copy_tells_it_without_names(self):
        self.company.rgpd_log_openings = True
        self.add()
        stream = io.BytesIO()
        exporter = self.env["rgpd.person.exporter"]
        self.patch(type(exporter), "_get_document_reports", lambda _self: {})
        exporter._export(self.person, stream)
        archive = zipfile.ZipFile(stream)
        blocks = json.loads(archive.read("data.json"))["information"]
        [block] = [b for b in blocks if b["title"].startswith("Who opened")]
        self.assertIn("for 6 months", block["text"][0])
        self.assertNotIn("is not kept", block["text"][0])
        rows = [row[1:] for row in block["rows"]]
        self.assertIn(["[member of staff]", "Your record opened in daily work"], rows)
        for name in archive.namelist():
            self.assertNotIn("Salariée".encode(), archive.read(name), name)

    def count_told(self, person):
        exporter = self.env["rgpd.person.exporter"].sudo()
        rows = exporter._get_accesses(person)
        return len(
            [row for row in rows if row[2] == "Your record opened in daily work"]
        )

    def test_other_records_of_the_person_count_too(self):
        if "crm.lead" not in self.env:
            self.skipTest("no leads here")
        lead, strange = self.env["crm.lead"].create(
            [
                {"name": "Moulin", "partner_id": self.person.id},
                {"name": "Autre", "contact_name": "Nora Deux"},
            ]
        )
        self.add(model="crm.lead", res_id=lead.id)
        self.add(model="crm.lead", res_id=strange.id)
        self.add()
        self.assertEqual(self.count_told(self.person), 2)

    def test_a_merge_keeps_the_openings(self):
        twin, older = self.env["res.partner"].create(
            [{"name": "Jeanne E."}, {"name": "J. Exemple"}]
        )
        opening, before = self.add(res_id=twin.id), self.add(res_id=older.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.person | twin).ids, self.person)
        self.assertEqual(opening.res_id, self.person.id)
        self.assertEqual(self.count_told(self.person), 1)
        # merged before openings were moved
        subjects = self.env["rgpd.subject"]
        alias = subjects._of(older).sudo()
        alias.write({"merged_into_id": subjects._of(self.person).id, "active": False})
        older.unlink()
        self.assertEqual(before.res_id, older.id)
        self.assertEqual(self.count_told(self.person), 2)

    def test_the_department_is_told_where_it_is_known(self):
        exporter = self.env["rgpd.person.exporter"]
        opening = self.add()
        with patch.object(
            type(exporter), "_get_department", lambda _self, _user: "Ventes"
        ):
            labels = exporter._get_opener_labels(opening, ())
        self.assertEqual(labels, {self.seller.id: "[member of staff, Ventes]"})

    def test_the_copy_says_when_it_is_not_kept(self):
        text = self.env["rgpd.person.exporter"]._get_access_text()
        self.assertIn("is not kept", text[0])


class TestRealOpening(RealCase):
    """The row is written after the reading, in a transaction of its own."""

    def setUp(self):
        super().setUp()
        with self.real() as env:
            env.company.rgpd_log_openings = True
            self.person_id = env["res.partner"].create({"name": "Nora Deux"}).id
        self.addCleanup(self.switch_off)

    def switch_off(self):
        with self.real() as env:
            env.company.rgpd_log_openings = False

    def read_form(self):
        log = type(self.env["rgpd.access.log"])
        with (
            patch(REQUEST, SimpleNamespace()),
            patch.object(log, "_is_opening", lambda *_args: True),
            self.real() as env,
        ):
            return env["res.partner"].browse(self.person_id).web_read(SPEC)

    def count(self):
        with self.real() as env:
            return env["rgpd.access.log"].search_count(
                [("res_id", "=", self.person_id), ("model", "=", "res.partner")]
            )

    def test_one_row_however_often_the_form_is_read_again(self):
        for _time in range(3):
            self.read_form()
        self.assertEqual(self.count(), 1)

    def test_what_goes_wrong_keeps_nobody_from_reading(self):
        log = self.env["rgpd.access.log"]
        values = {"moment": fields.Datetime.now(), "actor": 1, "model": "res.partner"}
        values |= {"res_id": self.person_id, "company_id": self.env.company.id}

        class Broken:
            def cursor(self):
                raise OperationalError("Nora Deux cannot be written")

        with self.assertLogs(LOGGER) as logs:
            log._insert(Broken(), values)
        self.assertNotIn("Nora", str(logs.output))
        self.assertEqual(self.read_form()[0]["name"], "Nora Deux")
