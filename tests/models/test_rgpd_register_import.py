import io
import json
from contextlib import contextmanager

import openpyxl

from odoo.exceptions import AccessError, UserError

from odoo.addons.rgpd_fichier_client.core.register.exchange import cnil, grid, ods, xlsx

from ..core.exchange_sheets import make_register, make_sheet
from .exchange_common import ExchangeCase


def to_json(*sheets):
    return json.dumps(
        {"format": "rgpd-register/1", "language": "fr_FR", "sheets": list(sheets)}
    ).encode()


class TestRegisterImport(ExchangeCase):
    # === THE SAME REGISTER === #

    def test_json_gives_the_same_register(self):
        before = self.describe(self.sheet)
        data = self.export("json", self.sheet)
        with self.only(self.stranger):
            sheet = self.bring_in(data, self.stranger)
            self.assertEqual(sheet.company_id, self.other)
            self.assertEqual(sheet.state, "draft")
            after = self.describe(sheet.with_user(self.stranger))
        # The colleague of the first company does not work for the second one.
        self.assertEqual(after.pop("responsible"), "")
        before.pop("responsible")
        self.assertEqual(after, before)

    @contextmanager
    def only(self, user):
        """The other company sees the common lists and nothing of the first one."""
        self.assertFalse(self.sheet.with_user(user).has_access("read"))
        yield

    def test_the_whole_shipped_register_comes_back_from_json(self):
        sheets = self.env["rgpd.processing"].search([])
        sheets.write({"company_id": self.company.id})
        before = {s.reference: self.describe(s) for s in sheets}
        made = self.bring_in(self.export("json", sheets), self.stranger)
        self.assertEqual(len(made), len(sheets))
        for sheet in made.with_user(self.stranger):
            after = self.describe(sheet)
            expected = before[sheet.reference] | {"responsible": after["responsible"]}
            self.assertEqual(after, expected)

    def check_format(self, kind, keys, lists):
        """Check that a format brings the same sheet to another company."""
        data = self.export(kind, self.sheet)
        sheet = self.bring_in(data, self.stranger).with_user(self.stranger)
        lang = "en_US" if kind == "ciso" else "fr_FR"
        before = self.describe(self.sheet, lang)
        after = self.describe(sheet, lang)
        for key in ("name", "reference", *keys):
            self.assertEqual(after[key], before[key], key)
        for key in lists:
            self.assertEqual(
                sorted(line["name"] for line in after[key]),
                sorted(line["name"] for line in before[key]),
                key,
            )
        self.assertEqual(
            sorted(p["code"] for p in after["persons"]),
            sorted(p["code"] for p in before["persons"]),
        )
        self.check_purposes(after, before, kind != "madis")

    def test_the_cnil_ods_gives_the_same_sheet(self):
        keys = ("objective", "data_detail", "tools", "person_count", "origin")
        self.check_format("ods", keys, ("recipients", "processors", "measures"))

    def test_the_cnil_xlsx_gives_the_same_sheet(self):
        keys = ("objective", "data_detail", "tools", "person_count", "origin")
        self.check_format("xlsx", keys, ("recipients", "processors", "measures"))

    def test_the_csv_of_madis_gives_the_same_sheet(self):
        keys = ("objective", "data_detail", "tools", "person_count", "origin")
        self.check_format("madis", keys, ("recipients", "processors", "measures"))

    def test_the_workbook_of_ciso_gives_the_same_sheet(self):
        keys = ("objective", "tools", "origin_detail")
        self.check_format("ciso", keys, ("recipients", "processors", "transfers"))

    def check_purposes(self, after, before, has_references):
        self.assertEqual(len(after["purposes"]), len(before["purposes"]))
        keys = ["name", "basis", "start_event", "active", "archive", "end_action"]
        if has_references:
            keys.append("legal_reference")
        for new, old in zip(after["purposes"], before["purposes"], strict=True):
            self.assertEqual([new[key] for key in keys], [old[key] for key in keys])
            self.assertEqual(sorted(new["data"]), sorted(old["data"]))

    def test_the_cnil_workbook_brings_its_transfers(self):
        data = self.export("ods", self.sheet)
        transfer = self.bring_in(data, self.stranger).transfer_ids
        self.assertEqual(transfer.country_id.code, "IN")
        self.assertEqual(transfer.safeguard, "scc")

    # === PREVIEW === #

    def test_the_preview_writes_nothing(self):
        models = ("rgpd.processing", "rgpd.purpose", "rgpd.recipient", "rgpd.measure")
        before = {m: self.env[m].search_count([]) for m in models}
        wizard = self.preview(to_json(make_sheet(reference="X-1", name="Neuve")))
        self.assertEqual(wizard.state, "preview")
        self.assertEqual(wizard.create_count, 1)
        for model in models:
            self.assertEqual(self.env[model].search_count([]), before[model])
        wizard.action_back()
        self.assertEqual(wizard.state, "draft")
        self.assertFalse(wizard.line_ids or wizard.value_ids or wizard.issue_ids)
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_duplicates_are_found_by_reference_then_by_name(self):
        name = self.sheet.with_context(lang="fr_FR").name
        wizard = self.preview(
            to_json(
                make_sheet(reference=self.sheet.reference, name="Autre nom"),
                make_sheet(reference="X-2", name=name.upper()),
                make_sheet(reference="X-3", name="Jamais vue"),
                make_sheet(reference="X-3", name="Jamais vue"),
            )
        )
        lines = wizard.line_ids
        self.assertEqual(lines.mapped("match"), ["reference", "name", False, False])
        self.assertEqual(
            lines.mapped("decision"), ["update", "update", "create", "skip"]
        )
        self.assertEqual(lines[:2].processing_id, self.sheet)
        self.assertIn("twice", lines[3].note)

    def test_what_is_wrong_in_json_is_named_as_the_screens_name_it(self):
        purpose = {"name": "Livrer", "basis": "droit"}
        wizard = self.preview(
            to_json(
                make_sheet(reference="RT-001", name="Bonne"),
                make_sheet(
                    reference="RT-009",
                    name="Avis",
                    date_start="31/01/2020",
                    purposes=[{"name": "Vendre"}, purpose],
                    sensitive={"exception": "", "reason": 3},
                ),
                {"purposes": []},
                make_sheet(
                    reference="",
                    name="Sous-traitants",
                    processors=[{"name": "A", "subprocessors": [{"name": ""}]}],
                ),
            )
        )
        places = [(i.sheet, i.cell, i.value) for i in wizard.issue_ids]
        self.assertEqual(
            sorted(places),
            sorted(
                [
                    ("RT-009 Avis", "In use since", "31/01/2020"),
                    ("RT-009 Avis", "Purposes 2 › Legal Basis", "droit"),
                    ("RT-009 Avis", "Why the exception applies", "3"),
                    ("Sheet no. 3", "Name", ""),
                    (
                        "Sous-traitants",
                        "Processors 1 › Sub-processors 1 › Name",
                        "",
                    ),
                ]
            ),
        )
        self.assertEqual(wizard.line_ids.place, "RT-001 Bonne")

    def test_a_register_of_ones_own_leaves_the_common_sheets_alone(self):
        common = self.env.ref("rgpd_fichier_client.rgpd_processing_invoice")
        data = to_json({"name": "Factures", "reference": common.reference})
        self.assertEqual(self.preview(data).line_ids.processing_id, common)
        self.company.rgpd_has_own_register = True
        self.assertEqual(self.preview(data).line_ids.decision, "create")
        sheet = self.bring_in(data)
        self.assertEqual(sheet.reference, common.reference)
        self.assertEqual(sheet.company_id, self.company)

    def test_the_preview_says_what_changes(self):
        wizard = self.preview(self.export("json", self.sheet))
        self.assertIn("Nothing changes", wizard.line_ids.note)
        content = json.loads(self.export("json", self.sheet))
        content["sheets"][0]["objective"] = "Tout autre chose"
        content["sheets"][0]["purposes"][0]["active"] = [9, "year"]
        wizard = self.preview(json.dumps(content).encode())
        self.assertIn("Changes: main objective, purposes", wizard.line_ids.note)

    def test_what_is_wrong_names_the_sheet_and_the_cell(self):
        rows = [["Nom", "Finalités", "Base légale"], ["Newsletter", "Informer", "?"]]
        rows.append(["", "Sans nom", "Le consentement"])
        wizard = self.preview(xlsx.write([grid.Grid("Madis", rows)]))
        self.assertEqual(wizard.format, "madis")
        places = {(i.sheet, i.cell, i.is_error) for i in wizard.issue_ids}
        self.assertEqual(places, {("Madis", "A3", True), ("Madis", "C2", False)})
        self.assertTrue(all(wizard.issue_ids.mapped("message")))
        self.assertEqual(wizard.error_count, 1)

    def test_an_unknown_country_is_told_with_its_cell(self):
        transfers = [
            {
                "name": "Là-bas",
                "country": "",
                "country_name": "Syldavie",
                "safeguard": "scc",
                "document": "",
            }
        ]
        sheet = make_sheet(transfers=transfers, reference="X-1", name="Neuve")
        data = self.make_cnil(sheet)
        wizard = self.preview(data)
        issue = wizard.issue_ids.filtered(lambda i: i.value == "Syldavie")
        self.assertEqual(issue.cell, "C59")

    def make_cnil(self, *sheets):
        return ods.write(cnil.write(make_register(*sheets)))

    # === CHOICES === #

    def test_values_of_lists_are_linked_created_or_left_out(self):
        self.env["rgpd.recipient"].create({"name": "Comptabilité", "kind": "internal"})
        wizard = self.preview(to_json(make_sheet(reference="X-1", name="Neuve")))
        values = {(v.kind, v.name): v for v in wizard.value_ids}
        self.assertEqual(values["recipient", "Comptabilité"].decision, "link")
        self.assertEqual(values["recipient", "Filiale suisse"].decision, "create")
        self.assertEqual(values["data", "identity"].decision, "link")
        values["recipient", "Association"].decision = "skip"
        mine = self.env.ref("rgpd_fichier_client.rgpd_recipient_hosting")
        values["recipient", "Filiale suisse"].res_id = mine.id
        self.assertEqual(values["recipient", "Filiale suisse"].decision, "link")
        action = wizard.action_import()
        sheet = self.env["rgpd.processing"].browse(action["domain"][0][2])
        self.assertIn(mine, sheet.recipient_ids)
        names = sheet.recipient_ids.mapped("name")
        self.assertIn("Marque partenaire", names)
        self.assertNotIn("Association", names)
        self.assertIn("Association", sheet.message_ids[0].body)
        made = sheet.recipient_ids.filtered(lambda r: r.name == "Marque partenaire")
        self.assertEqual(made.company_id, self.company)

    def test_a_category_of_data_is_chosen_and_never_added(self):
        purpose = {"name": "A", "basis": "contract", "data": ["horoscope"]}
        data = to_json({"name": "Neuve", "purposes": [purpose]})
        wizard = self.preview(data)
        (value,) = wizard.value_ids
        self.assertEqual(value.decision, "skip")
        value.decision = "create"
        with self.assertRaises(UserError):
            wizard.action_import()
        value.res_id = self.env.ref("rgpd_fichier_client.category_note").id
        action = wizard.action_import()
        sheet = self.env["rgpd.processing"].browse(action["domain"][0][2])
        self.assertEqual(sheet.purpose_ids.data_category_ids.code, "note")

    def test_a_basis_is_chosen_and_never_guessed(self):
        purposes = [{"name": "Un"}, {"name": "Deux"}]
        wizard = self.preview(to_json({"name": "Neuve", "purposes": purposes}))
        self.assertEqual(wizard.purpose_ids.mapped("name"), ["Un", "Deux"])
        wizard.purpose_ids[0].legal_basis = "contract"
        action = wizard.action_import()
        sheet = self.env["rgpd.processing"].browse(action["domain"][0][2])
        self.assertEqual(sheet.purpose_ids.mapped("name"), ["Un"])
        self.assertEqual(sheet.purpose_ids.legal_basis, "contract")
        self.assertIn("Deux", sheet.message_ids[0].body)

    def test_completing_a_sheet_adds_and_never_removes(self):
        before = self.describe(self.sheet, "fr_FR")
        purpose = before["purposes"][0]["name"]
        wizard = self.preview(
            to_json(
                {
                    "name": "Renommée",
                    "reference": self.sheet.reference,
                    "objective": "",
                    "purposes": [{"name": purpose, "condition": "Si demandé"}],
                    "recipients": [{"name": "Nouveau", "kind": "partner"}],
                }
            )
        )
        wizard.action_import()
        after = self.describe(self.sheet, "fr_FR")
        self.assertEqual(after["name"], "Renommée")
        self.assertEqual(after["objective"], before["objective"])
        self.assertEqual(len(after["purposes"]), len(before["purposes"]))
        self.assertEqual(after["purposes"][0]["condition"], "Si demandé")
        self.assertEqual(
            after["purposes"][0]["active"], before["purposes"][0]["active"]
        )
        self.assertEqual(len(after["recipients"]), len(before["recipients"]) + 1)

    def test_a_second_sheet_gets_its_own_reference_and_codes(self):
        wizard = self.preview(self.export("json", self.sheet))
        wizard.line_ids.decision = "create"
        action = wizard.action_import()
        sheet = self.env["rgpd.processing"].browse(action["domain"][0][2])
        self.assertNotEqual(sheet, self.sheet)
        self.assertNotEqual(sheet.reference, self.sheet.reference)
        codes = set(sheet.purpose_ids.mapped("code"))
        self.assertFalse(codes & set(self.sheet.purpose_ids.mapped("code")))
        self.assertEqual(len(codes), len(self.sheet.purpose_ids))

    def test_a_name_never_takes_the_code_of_a_common_purpose(self):
        common = self.env.ref("rgpd_fichier_client.rgpd_purpose_invoice")
        purposes = [{"name": common.code.capitalize(), "basis": "contract"}]
        sheet = self.bring_in(to_json({"name": "Neuve", "purposes": purposes}))
        self.assertNotEqual(sheet.purpose_ids.code, common.code)
        self.assertEqual(self.env["rgpd.purpose"]._get_purpose(common.code), common)

    # === RIGHTS === #

    def test_a_validated_sheet_is_completed_by_the_dpo_and_goes_to_review(self):
        self.company.rgpd_contact_email = "dpo@exemple.example"
        self.env["rgpd.processing"].browse(self.sheet.id).sudo()._set_state("validated")
        officer = self.new_user("officer")
        data = to_json({"name": "Autre", "reference": self.sheet.reference})
        wizard = self.preview(data, officer)
        self.assertEqual(wizard.line_ids.decision, "skip")
        wizard.line_ids.decision = "update"
        with self.assertRaises(UserError):
            wizard.action_import()
        self.bring_in(data)
        self.assertEqual(self.sheet.state, "to_review")

    def test_only_those_who_write_the_register_import(self):
        for role in ("auditor", "archive"):
            with self.assertRaises(AccessError):
                self.preview(b"x", self.new_user(role))
        with self.assertRaises(AccessError):
            self.preview(b"x", self.reader)

    def test_nobody_opens_the_import_of_somebody_else(self):
        wizard = self.preview(to_json({"name": "Neuve"}))
        officer = self.new_user("officer")
        for records in (wizard, wizard.line_ids):
            with self.assertRaises(AccessError):
                records.with_user(officer).read(["create_uid"])

    def test_all_or_nothing(self):
        before = self.env["rgpd.processing"].search_count([])
        wizard = self.preview(
            to_json(
                {"name": "Bonne", "reference": "X-1"},
                {"name": "Mauvaise", "reference": "X-2"},
            )
        )
        wizard.line_ids[1].decision = "update"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.action_import()
        self.assertEqual(self.env["rgpd.processing"].search_count([]), before)

    def test_the_import_is_in_the_journal_without_a_name(self):
        self.bring_in(to_json({"name": "Neuve"}))
        entry = self.env["rgpd.journal"].search(
            [("kind", "=", "register.imported")], limit=1
        )
        self.assertEqual(entry.payload["created"], 1)
        self.assertNotIn("Neuve", json.dumps(entry.payload))

    # === WRONG FILES === #

    def test_a_wrong_file_gets_a_clear_answer(self):
        empty = io.BytesIO()
        openpyxl.Workbook().save(empty)
        for data, words in (
            (b"", "Choose a file"),
            (b"  ", "empty"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"%PDF-1.7", "PDF"),
            (empty.getvalue(), "empty"),
            (b"a;b\n1;2", "not a register"),
            (b"PK\x03\x04", "damaged"),
        ):
            with self.subTest(words), self.assertRaises(UserError) as caught:
                self.preview(data)
            self.assertIn(words, str(caught.exception))

    def test_every_refusal_and_every_remark_has_words(self):
        wizard = self.env["rgpd.register.import"].new({})
        unknown = wizard._get_refusal("unknown")
        for code in (
            "empty",
            "too_big",
            "picture",
            "pdf",
            "old_or_locked",
            "macros",
            "bomb",
            "unreadable",
            "too_many_rows",
            "too_many_sheets",
            "empty_book",
            "nothing",
            "bad_json",
            "other_json",
        ):
            self.assertNotEqual(wizard._get_refusal(code), unknown, code)

    # === OCA === #

    def test_the_tables_of_the_oca_add_on(self):
        wizard = self.env["rgpd.register.import"].with_user(self.dpo)
        self.assertFalse(wizard.new({}).has_oca)
        partner = self.env["res.partner"].create({"name": "Transport Exemple"})
        self.env.cr.execute(
            """
            CREATE TABLE privacy_activity (
                id serial PRIMARY KEY, active boolean, name jsonb, description jsonb,
                controller_id integer, subject_domain varchar
            );
            CREATE TABLE privacy_activity_res_partner_processor_ids (
                privacy_activity_id integer, res_partner_id integer
            );
            INSERT INTO privacy_activity (active, name, description, subject_domain)
            VALUES (true, '{"en_US": "Sending", "fr_FR": "Envois"}',
                    '{"en_US": "<p>Send <b>parcels</b></p>"}', '[]'),
                   (false, '{"en_US": "Old"}', NULL, NULL);
            """
        )
        self.env.cr.execute(
            "INSERT INTO privacy_activity_res_partner_processor_ids VALUES (1, %s)",
            [partner.id],
        )
        wizard = wizard.create({"source": "oca"})
        self.assertTrue(wizard.has_oca)
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.mapped("name"), ["Envois"])
        wizard.purpose_ids.legal_basis = "contract"
        action = wizard.action_import()
        sheet = self.env["rgpd.processing"].browse(action["domain"][0][2])
        self.assertEqual(sheet.objective, "Send parcels")
        self.assertEqual(sheet.processor_ids.name, "Transport Exemple")
