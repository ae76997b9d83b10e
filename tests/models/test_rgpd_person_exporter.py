import hashlib
import json

from odoo.exceptions import UserError

from .exporter_common import SECRET, ExporterCase


class TestContent(ExporterCase):
    """Everything held about the person is in, and readable."""

    def test_every_classified_field_that_is_filled_is_in(self):
        _manifest, _archive, data = self.export()
        values = self.values(data, "res.partner")[0]
        facts = self.env["rgpd.data.map"]._get_fields("res.partner")
        for name, fact in facts.items():
            field = self.person._fields[name]
            is_file = field.type in ("binary", "image", "one2many")
            if (
                not fact.is_personal
                or is_file
                or not field.store
                or field.groups == "."
            ):
                continue
            if self.person[name] and not name.startswith(("signup_", "message_")):
                self.assertIn(name, values)

    def test_records_of_each_kind_are_in(self):
        manifest, _archive, data = self.export()
        for model in ("res.partner", "sale.order", "sale.order.line", "mail.message"):
            self.assertEqual(
                manifest["counts"][model], len(self.values(data, model)), model
            )
        order = self.values(data, "sale.order")[0]
        self.assertEqual(order["client_order_ref"], "REF Jeanne Exemple")
        self.assertEqual(self.values(data, "res.partner")[0]["country_id"], "France")

    def test_files_have_their_names_and_contents(self):
        _manifest, archive, data = self.export()
        items = {item["name"]: item for item in data["files"]}
        letter = items["letter of Jeanne.txt"]
        self.assertEqual(archive.read(letter["path"]), b"I would like a bench.")
        self.assertIn("Jeanne Exemple", letter["attached_to"][0])
        self.assertIn("image_1920", items)
        self.assertNotIn("image_256", items)

    def test_entry_names_tell_nothing_about_the_person(self):
        _manifest, archive, _data = self.export()
        for name in archive.namelist():
            self.assertNotIn("jeanne", name.lower())

    def test_the_manifest_names_each_entry_with_its_digest(self):
        _manifest, archive, _data = self.export()
        manifest = json.loads(archive.read("manifest.json"))
        for entry in manifest["entries"]:
            content = archive.read(entry["path"])
            self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"])
        listed = {entry["path"] for entry in manifest["entries"]} | {"manifest.json"}
        self.assertEqual(listed, set(archive.namelist()))

    def test_the_page_is_readable_and_asks_nothing_from_the_network(self):
        _manifest, archive, _data = self.export()
        page = archive.read("index.html").decode()
        self.assertIn("Jeanne Exemple", page)
        self.assertIn("letter of Jeanne.txt", page)
        self.assertNotIn("<script", page)
        self.assertNotIn('src="http', page)

    def test_choices_and_requests_of_the_person_are_in(self):
        version = self.env["rgpd.notice"]._get_version("prospect_email_b2c", "email")
        self.env["rgpd.consent"]._record(
            self.person,
            "prospect_email_b2c",
            "email",
            "given",
            version=version,
            proof={"name": "form.txt", "content": self.encode(b"signed")},
        )
        self.env["rgpd.request"]._open_for(self.person, "access")
        _manifest, archive, data = self.export()
        choice = self.values(data, "rgpd.consent.event")[0]
        self.assertEqual(choice["notice_text"], version.text)
        self.assertEqual(choice["decision"], "Consent given")
        self.assertTrue(self.values(data, "rgpd.request"))
        contents = [archive.read(i["path"]) for i in data["files"] if i.get("path")]
        self.assertIn(b"signed", contents)

    def test_what_the_law_asks_to_tell_besides(self):
        self.order.action_confirm()
        _manifest, _archive, data = self.export()
        titles = [block["title"] for block in data["information"]]
        self.assertIn("Why we use your data, and how long", titles)
        self.assertIn("Who receives them", titles)
        text = json.dumps(data["information"], ensure_ascii=False)
        self.assertIn(self.env.ref("rgpd_fichier_client.rgpd_purpose_order").name, text)
        self.assertIn("CNIL", text)

    def test_an_archived_person(self):
        self.person.active = False
        _manifest, _archive, data = self.export()
        self.assertEqual(self.values(data, "res.partner")[0]["name"], "Jeanne Exemple")

    def test_a_person_without_email(self):
        self.person.email = False
        _manifest, _archive, data = self.export()
        self.assertNotIn("email", self.values(data, "res.partner")[0])
        self.assertTrue(self.values(data, "sale.order"))

    def test_a_person_without_name(self):
        person = self.env["res.partner"].create(
            {"type": "invoice", "parent_id": self.person.id, "email": "x@y.example"}
        )
        manifest, _archive, _data = self.export(person)
        self.assertEqual(manifest["counts"]["res.partner"], 1)

    def test_a_deleted_person(self):
        person = self.other.copy()
        person.unlink()
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            self.export(person)

    def test_a_formula_in_a_name_is_text_in_the_spreadsheet(self):
        self.person.name = "=HYPERLINK(1)"
        _manifest, archive, _data = self.export()
        table = archive.read("csv/res.partner.csv").decode("utf-8-sig")
        self.assertIn("'=HYPERLINK(1)", table)


class TestOtherPeople(ExporterCase):
    """Nobody else's data, no secret, no other company's records."""

    def test_other_people_are_masked_in_texts(self):
        self.person.child_ids = self.other
        _manifest, archive, _data = self.export()
        text = self.everything(archive)
        self.assertNotIn("Tiersdupont", text)
        self.assertNotIn("39 98 00 22", text)
        self.assertIn("39 98 00 11", text)

    def test_records_of_others_stay_out(self):
        _manifest, archive, data = self.export()
        self.assertEqual(len(self.values(data, "sale.order")), 1)
        text = self.everything(archive)
        self.assertNotIn("Not for Jeanne", text)
        self.assertNotIn("REF Paul", text)
        self.assertNotIn("paul@tiers.example", text)

    def test_staff_are_masked(self):
        staff = self.new_user("officer", name="Odile Salariée")
        self.order.user_id = staff
        _manifest, archive, data = self.export()
        order = self.values(data, "sale.order")[0]
        self.assertEqual(order["user_id"], "[member of staff]")
        self.assertNotIn("Odile", self.everything(archive))

    def test_no_secret_leaves(self):
        user = self.env["res.users"].create(
            {
                "name": self.person.name,
                "login": "jeanne@client.example",
                "partner_id": self.person.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                "password": "Jeanne-password-1",
            }
        )
        self.person.signup_prepare()
        _manifest, archive, data = self.export()
        self.assertEqual(self.values(data, "res.users")[0]["login"], user.login)
        text = self.everything(archive)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        for secret in (SECRET, "Jeanne-password-1", self.env.cr.fetchone()[0]):
            self.assertNotIn(secret, text)
        for part in data["models"]:
            names = {field["name"] for field in part["fields"]}
            self.assertFalse(names & {"password", "access_token", "signup_type"})

    def test_another_controller_answers_for_itself(self):
        other = self.env["res.company"].create({"name": "Autre Maison"})
        self.env.user.company_ids |= other
        self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "company_id": other.id,
                "client_order_ref": "REF other company",
            }
        )
        _manifest, archive, _data = self.export()
        self.assertNotIn("REF other company", self.everything(archive))


class TestPortability(ExporterCase):
    """Only what the person provided (Art. 20)."""

    def test_provided_data_only(self):
        _manifest, archive, data = self.export(portability=True)
        partner = self.values(data, "res.partner")[0]
        self.assertEqual(partner["email"], "jeanne@client.example")
        self.assertNotIn("comment", partner)
        self.assertFalse(data["information"])
        self.assertFalse(self.values(data, "mail.message"))
        self.assertIn("csv/res.partner.csv", archive.namelist())

    def test_words_of_the_person_are_in(self):
        self.person.message_post(body="My own words", author_id=self.person.id)
        _manifest, _archive, data = self.export(portability=True)
        bodies = [value.get("body") for value in self.values(data, "mail.message")]
        self.assertEqual(bodies, ["My own words"])


class TestWhoOpened(ExporterCase):
    """When the file was opened and what for; colleagues stay without a name."""

    def get_block(self):
        _manifest, archive, data = self.export()
        block = next(
            block
            for block in data["information"]
            if block["title"] == "Who opened your file, and when"
        )
        return block, self.everything(archive)

    def test_downloads_and_openings_are_told_without_names(self):
        officer = self.new_user("officer", login="opener", name="Odile Ouvreuse")
        journal = self.env["rgpd.journal"].with_user(officer).sudo()
        for kind, payload in (
            ("request.delivered", {"by": "officer"}),
            ("vault.opened", {"motive": "dispute"}),
            ("request.delivered", {"by": "person"}),
            ("request.letter", {}),
        ):
            journal._record(kind, self.person, payload)
        journal._record("request.delivered", self.other, {"by": "officer"})
        block, text = self.get_block()
        self.assertEqual(
            [row[1:] for row in block["rows"]],
            [
                ["[member of staff]", "Copy of the data downloaded"],
                ["[member of staff]", "Archive opened: Dispute or claim"],
                ["yourself", "Copy of the data downloaded"],
            ],
        )
        self.assertTrue(all(row[0] for row in block["rows"]))
        self.assertNotIn("Ouvreuse", text)

    def test_nothing_on_record(self):
        block, _text = self.get_block()
        self.assertFalse(block["rows"])
        self.assertIn("No such opening", block["text"][1])
        self.assertIn("merely looked", block["text"][0])
