from lxml import etree

from odoo.tools.convert import convert_file

from ..common import RgpdCase

MODULE = "rgpd_fichier_client"

# Purposes and their default legal basis, as in the facts about French law (1.2).
BASES = {
    "order": "contract",
    "quote": "contract",
    "invoice": "legal_obligation",
    "account": "contract",
    "after_sales": "contract",
    "claim": "contract",
    "litigation": "legitimate_interest",
    "unpaid": "legitimate_interest",
    "loyalty": "contract",
    "survey": "legitimate_interest",
    "review": "legitimate_interest",
    "prospect_email_b2c": "consent",
    "prospect_sms_b2c": "consent",
    "softoptin": "legitimate_interest",
    "prospect_b2b_email": "legitimate_interest",
    "prospect_phone_b2c": "consent",
    "prospect_phone_b2b": "legitimate_interest",
    "prospect_postal": "legitimate_interest",
    "prospect_robot": "consent",
    "partner_electronic": "consent",
    "partner_postal": "legitimate_interest",
    "referral": "legitimate_interest",
    "contest": "contract",
    "segmentation": "legitimate_interest",
    "statistics": "legitimate_interest",
    "cookies": "consent",
    "mail_tracking": "consent",
    "security_log": "legitimate_interest",
    "rights": "legal_obligation",
    "objection_list": "legal_obligation",
    "breach": "legal_obligation",
}
# Rule → (start, active, archive, end), as in the facts (2.3); None: no such period.
PERIODS = {
    "R01": ("last_contact", "3 year", None, "delete"),
    "R03": ("last_contact", "2 year", None, "delete"),
    "R05": ("delivery", None, "10 year", "delete"),
    "R06": ("fiscal_year_end", None, "10 year", "delete"),
    "R07": ("last_contact", "3 year", None, "delete"),
    "R06b": ("invoice", None, "6 year", "delete"),
    "R08": ("payment", None, "13 month", "delete"),
    "R08d": ("payment", None, "15 month", "delete"),
    "R09": ("payment", None, "13 month", "delete"),
    "R10": ("claim_closed", None, "5 year", "delete"),
    "R11": ("closing", None, "10 year", "delete"),
    "R12": ("closing", "2 day", None, "delete"),
    "R12m": ("incident", "3 year", None, "delete"),
    "R14": ("closing", "1 year", "5 year", "delete"),
    "R13": ("closing", "1 day", None, "delete"),
    "R13a": ("closing", None, "1 year", "delete"),
    "R13o": ("closing", None, "6 year", "delete"),
    "R15": ("objection", "3 year", None, "review"),
    "R16": ("consent_end", None, "5 year", "delete"),
    "R16p": ("collection", "1 year", "2 year", "delete"),
    "R17": ("collection", "6 month", None, "delete"),
    "R17m": ("collection", "1 year", None, "delete"),
    "R08b": ("consent_end", "1 day", None, "delete"),
    "R20": ("collection", "1 month", None, "delete"),
    "R21": ("closing", "12 month", "5 year", "delete"),
    "R26": ("collection", "90 day", None, "delete"),
    "R19": ("last_contact", "3 year", None, "delete"),
    "R22": ("closing", "12 month", None, "anonymize"),
    "R23": ("collection", "6 month", None, "delete"),
    "R24": ("closing", "5 year", None, "review"),
    "R25": ("collection", "1 month", None, "delete"),
}

# Every rule of the facts (2.3); above are those whose periods are the same everywhere.
KEYS = {f"R{number:02}" for number in range(1, 27)} | {
    *("R06b", "R08b", "R08c", "R08d", "R12m", "R13a", "R13o", "R16p", "R17m"),
}
# Those that say how long at most, and not how long.
LIMITS = {"R12m", "R17m"}


class TestRegisterData(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purposes = cls.shipped("rgpd.purpose")

    @classmethod
    def shipped(cls, model):
        rows = cls.env["ir.model.data"].search(
            [("module", "=", "rgpd_fichier_client"), ("model", "=", model)]
        )
        return cls.env[model].browse(rows.mapped("res_id")).exists()

    def period(self, rule):
        active = f"{rule.active_delay} {rule.active_unit}"
        archive = f"{rule.archive_delay} {rule.archive_unit}"
        return (
            rule.start_event,
            active if rule.active_delay else None,
            archive if rule.archive_delay else None,
            rule.end_action,
        )

    def test_purposes_are_those_of_the_law_with_their_basis(self):
        bases = {purpose.code: purpose.legal_basis for purpose in self.purposes}
        self.assertEqual(bases, BASES)

    def test_a_purpose_says_how_long_from_when_and_where_that_was_read(self):
        for purpose in self.purposes:
            with self.subTest(purpose.code):
                self.assertTrue(purpose.start_event)
                self.assertTrue(purpose.active_delay or purpose.archive_delay)
                self.assertTrue(purpose.retention_text)
                self.assertTrue(purpose.retention_key)
                self.assertTrue(purpose.source)
                self.assertTrue(purpose.date_checked)

    def test_what_each_basis_asks_for_is_there(self):
        for purpose in self.purposes:
            with self.subTest(purpose.code):
                if purpose.legal_basis == "legal_obligation":
                    self.assertTrue(purpose.legal_reference)
                elif purpose.legal_basis == "legitimate_interest":
                    self.assertTrue(purpose.interest)
                elif purpose.legal_basis == "consent":
                    self.assertTrue(purpose.notice_ids)

    def test_the_periods_are_those_of_the_table(self):
        seen = {}
        for rule in [*self.purposes, *self.shipped("rgpd.retention.rule")]:
            expected = PERIODS.get(rule.retention_key)
            if expected:
                seen[rule.retention_key] = True
                with self.subTest(f"{rule.retention_key} {rule.name}"):
                    self.assertEqual(self.period(rule), expected)
        self.assertEqual(set(seen), set(PERIODS))

    def test_every_rule_of_the_facts_is_shipped_with_its_text_and_its_source(self):
        rules = self.shipped("rgpd.retention.rule")
        keys = {*self.purposes.mapped("retention_key"), *rules.mapped("retention_key")}
        self.assertEqual(keys, KEYS)
        for rule in [*self.purposes, *rules]:
            with self.subTest(f"{rule.retention_key} {rule.name}"):
                self.assertTrue(rule.retention_reference)
                self.assertTrue(rule.source)
                self.assertTrue(rule.date_checked)
                self.assertTrue(rule.end_action)
        for rule in rules.filtered(lambda rule: not rule.is_forbidden):
            with self.subTest(f"{rule.retention_key} {rule.name}"):
                self.assertTrue(rule.start_event)
                self.assertTrue(rule.active_delay or rule.archive_delay)

    def test_upper_limits_are_told_from_periods(self):
        rules = self.shipped("rgpd.retention.rule")
        limits = rules.filtered("is_limit")
        self.assertEqual(set(limits.mapped("retention_key")), LIMITS)
        log = limits.filtered(lambda rule: rule.retention_key == "R17m")
        self.assertEqual(
            log.retention_text, "at most 1 year from the collection, then deletion"
        )
        purpose = log.purpose_ids
        self.assertEqual(purpose.code, "security_log")
        sheet = purpose.processing_id
        self.assertFalse(purpose._is_over_limit())
        purpose.active_delay = 12
        self.assertFalse(purpose._is_over_limit(), "twelve months are a year")
        self.assertNotIn("upper limit", sheet.gap_text)
        before = sheet.completeness
        purpose.active_delay = 13
        self.assertTrue(purpose._is_over_limit())
        self.assertIn("upper limit", sheet.gap_text)
        self.assertLess(sheet.completeness, before)
        log.active_delay = 2
        self.assertEqual(sheet.completeness, before)

    def test_a_card_code_is_never_kept(self):
        rule = self.env["rgpd.retention.rule"].search([("retention_key", "=", "R08c")])
        self.assertTrue(rule.is_forbidden)
        self.assertEqual(rule.retention_text, "never kept")

    def test_a_period_reads_as_a_sentence(self):
        def text(code):
            purpose = self.purposes.filtered(lambda p: p.code == code)
            return purpose.retention_text

        self.assertEqual(
            text("quote"), "3 years from the last contact of the person, then deletion"
        )
        self.assertEqual(
            text("invoice"),
            "in use, then 10 years in intermediate archive from the end of the "
            "financial year, then deletion",
        )
        self.assertEqual(
            text("rights"),
            "1 year from the closing of the file, then 5 years in intermediate "
            "archive, then deletion",
        )

    def test_every_sheet_lacks_only_what_the_company_alone_knows(self):
        self.company.write(
            {"rgpd_contact_email": "dpo@exemple.example", "country_id": False}
        )
        self.company.country_id = self.env.ref("base.fr")
        self.company.rgpd_referent_id = self.env["res.partner"].create(
            {"name": "Claude Référent"}
        )
        sheets = self.shipped("rgpd.processing")
        self.assertGreaterEqual(len(sheets), 14)
        for sheet in sheets:
            for gap in sheet.gap_text.splitlines():
                with self.subTest(f"{sheet.reference} {gap}"):
                    self.assertRegex(
                        gap,
                        r"balancing test$|person in charge$|next review$"
                        r"|name the sources",
                    )

    def test_the_history_of_a_shipped_sheet_starts_with_the_company(self):
        for model in ("rgpd.processing", "rgpd.purpose", "rgpd.measure", "rgpd.notice"):
            bodies = self.shipped(model).message_ids.mapped("body")
            with self.subTest(model):
                self.assertFalse([body for body in bodies if "created" in body])

    def test_a_filter_narrows_the_current_sheets(self):
        """Filters that no separator parts are joined by “or”."""
        arch = self.env["rgpd.processing"].get_view(view_type="search")["arch"]
        names = [
            node.get("name") if node.tag == "filter" else "|"
            for node in etree.fromstring(arch).xpath("/search/*")
            if node.tag in ("filter", "separator")
        ]
        groups = "".join(f" {name} " for name in names).split("|")
        self.assertEqual(groups[0].split(), ["not_archived"])
        self.assertIn("to_review", groups[1])

    def test_each_list_of_the_register_has_cards_for_a_phone(self):
        root = self.env.ref("rgpd_fichier_client.rgpd_register_menu")
        menus = self.env["ir.ui.menu"].search([("parent_id", "=", root.id)])
        actions = [menu.action for menu in menus if menu.action]
        names = ("rgpd_retention_rule", "rgpd_adequacy", "rgpd_notice")
        actions += [self.env.ref(f"rgpd_fichier_client.{x}_action") for x in names]
        lists = [
            action
            for action in actions
            if action._name == "ir.actions.act_window"
            and action.view_mode.startswith("list")
            and action.res_model != "rgpd.policy.version"
        ]
        self.assertGreater(len(lists), 8)
        for action in lists:
            with self.subTest(action.res_model):
                self.assertIn("kanban", action.view_mode)

    def test_an_update_brings_what_is_new_and_keeps_what_was_decided(self):
        """A database of an older version: a measure and its texts did not exist."""
        measures = [self.env.ref(f"{MODULE}.rgpd_measure_0{n}") for n in range(1, 5)]
        untouched, emptied, renamed, new = measures
        shipped = new.name
        untouched.description = False
        emptied.with_user(self.new_user("dpo")).description = False
        renamed.with_user(self.new_user("officer")).name = "Notre charte"
        new.unlink()
        self.env.flush_all()
        for name in ("rgpd_measure", "rgpd_shipped"):
            path = f"data/register/{name}.xml"
            convert_file(self.env, MODULE, path, {}, mode="update", noupdate=False)
        self.assertIn("once a year", untouched.description)
        self.assertFalse(emptied.description)
        self.assertEqual(renamed.name, "Notre charte")
        self.assertTrue(renamed.description)
        arrived = self.env.ref(f"{MODULE}.rgpd_measure_04")
        self.assertEqual(arrived.name, shipped)

    def test_every_measure_of_the_guide_says_what_to_do_and_what_proves_it(self):
        for lang, word in (("en_US", "Proof: "), ("fr_FR", "Preuve : ")):
            for measure in self.shipped("rgpd.measure").with_context(lang=lang):
                self.assertIn(word, measure.description or "", measure.guide_number)

    def test_what_the_company_decided_survives_an_update(self):
        rows = self.env["ir.model.data"].search(
            [
                ("module", "=", "rgpd_fichier_client"),
                (
                    "model",
                    "in",
                    (
                        "rgpd.purpose",
                        "rgpd.processing",
                        "rgpd.retention.rule",
                        "rgpd.measure",
                        "rgpd.notice",
                        "rgpd.recipient",
                        "rgpd.person.category",
                        "rgpd.adequacy",
                    ),
                ),
            ]
        )
        self.assertTrue(rows)
        self.assertFalse(rows.filtered(lambda row: not row.noupdate).mapped("name"))
