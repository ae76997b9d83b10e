import base64
import csv
import io
from datetime import datetime, timedelta

import xlsxwriter

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .consent_common import MAIL, SMS, ConsentCase

HEADER = [
    "email",
    "purpose",
    "channel",
    "decision",
    "date",
    "source",
    "proof",
    "text",
]


class ImportCase(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")
        cls.other = cls.new_person("Dominique Essai", "dominique@client.example")

    def row(self, email="camille@client.example", **values):
        return {
            "email": email,
            "purpose": MAIL,
            "channel": "email",
            "decision": "oui",
            "date": "03/09/2026",
            "source": "Salon de Lyon",
            "proof": "bulletin 12",
            "text": "J'accepte les offres de la boutique.",
        } | values

    def csv(self, *rows, header=HEADER):
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)
        return stream.getvalue().encode()

    def open(self, content, **values):
        return (
            self.env["rgpd.consent.import"]
            .with_user(self.officer)
            .create({"content": base64.b64encode(content), **values})
        )

    def check(self, *rows, **values):
        wizard = self.open(self.csv(*rows), **values)
        wizard.action_check()
        return wizard

    def run_import(self, *rows):
        wizard = self.check(*rows)
        self.assertEqual(wizard.state, "checked", wizard.line_ids.mapped("error"))
        wizard.action_import()
        return wizard

    def events(self, person=None):
        subject = self.env["rgpd.subject"]._of(person or self.person)
        return self.Event.search([("subject_id", "=", subject.id)])

    def errors(self, *rows):
        wizard = self.check(*rows)
        self.assertEqual(wizard.state, "draft")
        return {line.number: line.error for line in wizard.line_ids if line.error}


class TestPreview(ImportCase):
    """The preview says what will be recorded, and nothing better."""

    def test_double_opt_in_for_everybody(self):
        self.company.rgpd_double_optin = "all"
        wizard = self.check(
            self.row(),
            self.row(purpose=SMS, channel="sms"),
            self.row("dominique@client.example", decision="non"),
        )
        self.assertEqual(
            wizard.line_ids.sorted("number").mapped("decision"),
            ["pending", "given", "refused"],
        )
        wizard.action_import()
        self.assertEqual(sorted(self.events().mapped("decision")), ["given", "pending"])

    def test_without_double_opt_in(self):
        self.assertEqual(self.check(self.row()).line_ids.decision, "given")


class TestImportOfChildren(ImportCase):
    """Below 15 the file names who agreed for the child (art. 8 GDPR)."""

    def test_the_column_of_the_parent(self):
        self.env["rgpd.subject"]._of(self.person).is_minor = True
        self.assertIn("parental authority", self.errors(self.row())[2])
        header = [*HEADER, "Titulaire de l'autorité parentale"]
        row = self.row() | {header[-1]: "Paul Exemple"}
        wizard = self.open(self.csv(row, header=header))
        wizard.action_check()
        self.assertEqual(wizard.state, "checked")
        wizard.action_import()
        event = self.events()
        self.assertEqual(event.actor, "parent")
        proof = event.sudo().proof_ids
        self.assertEqual((proof.guardian, proof.is_intact), ("Paul Exemple", True))


class TestImport(ImportCase):
    def test_each_row_is_an_event_with_its_date_words_and_proof(self):
        wizard = self.run_import(
            self.row(), self.row("dominique@client.example", decision="retrait")
        )
        self.assertEqual((wizard.state, wizard.added_count), ("done", 2))
        event = self.events()
        self.assertEqual(
            (event.decision, event.collection_point, event.method, event.actor),
            ("given", "import", "file", "staff"),
        )
        # midnight in Paris
        self.assertEqual(event.moment, datetime(2026, 9, 2, 22))
        self.assertEqual(event.notice_text, "J'accepte les offres de la boutique.")
        self.assertFalse(event.is_to_renew)
        self.assertTrue(event._is_intact())
        proof = event.sudo().proof_ids
        self.assertIn("bulletin 12", proof.text)
        self.assertIn("Salon de Lyon", proof.text)
        self.assertTrue(proof.is_intact)
        self.assertFalse(self.Event._verify())
        self.assertAllowed("consent")
        self.assertDenied("consent_withdrawn", person=self.other)

    def test_checking_records_nothing(self):
        wizard = self.check(self.row())
        self.assertEqual((wizard.row_count, wizard.error_count), (1, 0))
        self.assertEqual(wizard.line_ids.partner_id, self.person)
        self.assertFalse(self.events())

    def test_unknown_words_are_to_renew(self):
        self.run_import(self.row(text=""))
        self.assertTrue(self.events().is_to_renew)

    def test_all_or_nothing(self):
        wizard = self.check(self.row(), self.row("nobody@client.example"))
        self.assertEqual((wizard.row_count, wizard.error_count), (2, 1))
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertFalse(self.events())
        report = base64.b64decode(wizard.report).decode("utf-8-sig")
        self.assertIn("3;No contact is this person.", report)

    def test_errors_are_named(self):
        self.new_person("Dominique Bis", "dominique@client.example")
        archived = self.new_person("Ancien Client", "ancien@client.example")
        archived.active = False
        tomorrow = (fields.Datetime.now() + timedelta(days=2)).strftime("%d/%m/%Y")
        errors = self.errors(
            self.row("nobody@client.example"),
            self.row("dominique@client.example"),
            self.row(purpose="made up"),
            self.row(channel="pigeon"),
            self.row(decision="perhaps"),
            self.row(date=tomorrow),
            self.row(proof=""),
            self.row(purpose="invoice"),
            self.row("ancien@client.example"),
            self.row(channel="sms"),
            self.row(purpose="", channel="all"),
        )
        expected = {
            2: "No contact",
            3: "Several contacts",
            4: "not in the register",
            5: "channel does not exist",
            6: "decision is not understood",
            7: "future",
            8: "proof is missing",
            9: "does not depend on consent",
            10: "No contact",
            11: "not used on this channel",
            12: "purpose is missing",
        }
        self.assertEqual(set(errors), set(expected))
        for number, words in expected.items():
            self.assertIn(words, errors[number])

    def test_a_file_ends_no_objection(self):
        self.record("objected", None, "all", moment=datetime(2026, 8, 1, 10))
        errors = self.errors(self.row())
        self.assertIn("objected since", errors[2])
        # history from before the objection is history
        self.run_import(self.row(date="03/07/2026"))
        self.assertDenied("objected")

    def test_a_file_does_not_bring_an_erased_objector_back(self):
        self.record("objected", None, "all")
        self.person.unlink()
        self.new_person("Camille Exemple", "camille@client.example")
        self.assertIn("objected since", self.errors(self.row())[2])

    def test_an_objection_in_a_file_is_listed(self):
        self.run_import(self.row(decision="opposition", date="03/09/2026"))
        self.assertDenied("objected")
        self.person.unlink()
        again = self.new_person("Camille Exemple", "camille@client.example")
        self.assertDenied("suppressed", person=again)

    def test_a_no_without_hour_wins_over_a_yes_of_that_day(self):
        self.run_import(
            self.row(date="03/09/2026 15:00"),
            self.row(decision="retrait", date="03/09/2026"),
        )
        self.assertDenied("consent_withdrawn")

    def test_the_same_file_twice_counts_once(self):
        self.run_import(self.row())
        wizard = self.run_import(self.row())
        self.assertEqual(wizard.added_count, 0)
        self.assertEqual(len(self.events()), 1)

    def test_another_file_than_the_one_checked_is_refused(self):
        wizard = self.check(self.row())
        wizard.content = base64.b64encode(self.csv(self.row(decision="non")))
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertFalse(self.events())

    def test_excel_and_other_identifiers(self):
        self.person.ref = "C-12"
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        header = ["Référence", *HEADER[1:]]
        sheet.write_row(0, 0, header)
        sheet.write_row(
            1, 0, ["C-12", SMS, "SMS", "oui", "", "Caisse", "ticket 4", "J'accepte."]
        )
        sheet.write_datetime(1, 4, datetime(2026, 9, 3, 14, 5), day)
        book.close()
        wizard = self.open(stream.getvalue())
        wizard.action_check()
        wizard.action_import()
        # 14:05 in Paris in summer
        self.assertEqual(self.events().moment, datetime(2026, 9, 3, 12, 5))
        self.assertAllowed("consent", SMS, "sms")

    def test_the_name_of_the_purpose_will_do(self):
        purpose = self.env["rgpd.purpose"]._get_purpose(MAIL)
        self.run_import(self.row(purpose=purpose.name.upper()))
        self.assertEqual(self.events().purpose_code, MAIL)

    def test_rubbish_is_refused_in_plain_words(self):
        for content in (b"", b"x", b"PK\x03\x04rubbish", b"email;date\n"):
            wizard = self.open(content)
            with self.assertRaises(UserError):
                wizard.action_check()

    def test_the_report_holds_no_formula(self):
        report = self.env["rgpd.consent.import"]._make_report({2: ["=1+1"]})
        self.assertIn("'=1+1", base64.b64decode(report).decode("utf-8-sig"))

    def test_only_officers_import(self):
        reader = self.new_user("reader")
        with self.assertRaises(AccessError):
            self.env["rgpd.consent.import"].with_user(reader).create({})


class TestOtherSources(ImportCase):
    def open_kind(self, kind, **values):
        wizard = (
            self.env["rgpd.consent.import"]
            .with_user(self.officer)
            .create({"kind": kind, **values})
        )
        wizard.action_check()
        return wizard

    def test_odoo_blacklists(self):
        self.env["mail.blacklist"].create({"email": "camille@client.example"})
        self.env["mail.blacklist"].create({"email": "nobody@client.example"})
        # Odoo finds the numbers kept for fiction unlikely, and refuses them here
        self.env.cr.execute(
            "INSERT INTO phone_blacklist (number, active, create_date)"
            " VALUES ('+33639980001', TRUE, now() AT TIME ZONE 'UTC')"
        )
        self.other.phone = "+33 6 39 98 00 77"
        wizard = self.open_kind("blacklist")
        self.assertEqual(wizard.state, "checked", wizard.line_ids.mapped("error"))
        wizard.action_import()
        self.assertEqual(
            set(self.events().mapped("channel")), {"email", "sms", "phone"}
        )
        self.assertEqual(set(self.events().mapped("decision")), {"objected"})
        self.assertFalse(self.events(self.other))

    def test_oca_answers(self):
        self.env.cr.execute(
            """
            CREATE TABLE privacy_activity (id int);
            CREATE TABLE privacy_consent (id int, partner_id int, accepted bool,
                state varchar, last_metadata text, write_date timestamp);
            INSERT INTO privacy_consent VALUES
                (1, %s, true, 'answered', 'UA: x, IP', '2026-03-03 10:00:00'),
                (2, %s, false, 'answered', 'UA: y, IP', '2026-03-04 10:00:00'),
                (3, %s, true, 'sent', NULL, '2026-03-05 10:00:00')
            """,
            [self.person.id, self.other.id, self.other.id],
        )
        purpose = self.env["rgpd.purpose"]._get_purpose(MAIL)
        wizard = self.open_kind("oca", purpose_id=purpose.id, channel="email")
        wizard.action_import()
        event = self.events()
        self.assertEqual(event.decision, "given")
        self.assertTrue(event.is_to_renew)
        self.assertEqual(event.moment, datetime(2026, 3, 3, 10))
        self.assertEqual(self.events(self.other).mapped("decision"), ["refused"])
        # a second run adds nothing
        again = self.open_kind("oca", purpose_id=purpose.id, channel="email")
        again.action_import()
        self.assertEqual(again.added_count, 0)

    def test_no_oca_table(self):
        with self.assertRaises(UserError):
            self.open_kind("oca")
