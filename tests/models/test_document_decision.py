"""What the database decides about a document is what the core decides."""

import random
from datetime import timedelta
from itertools import product
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import documents

from .document_common import DocumentCase

SEED = 20261130
CASES = 60
FLAGS = ("has_request", "is_reviewed", "is_counted", "has_draft")


class TestDocumentDecision(DocumentCase):
    def setUp(self):
        super().setUp()
        self.refresh()
        self.today = self.env["rgpd.reason"]._get_today()
        self.row = self.document(self.old)

    def decide(self):
        """Return what the database decides about the old order."""
        table = self.env["rgpd.document"]
        self.env.flush_all()
        decision = table._get_decision_sql(self.env["sale.order"], self.env.company)
        return self.env.execute_query(
            SQL(
                """SELECT %s FROM rgpd_document d JOIN sale_order o ON o.id = d.res_id
                    WHERE d.id = %s""",
                decision,
                self.row.id,
            )
        )[0][0]

    def expect(self, day, facts):
        """Return what the core decides; a document without a known end is kept."""
        has_ended = day is not None and day < self.today
        return documents.decide("expired" if has_ended else "archive", **facts)

    def set_day(self, day):
        self.row.date_next = day or False

    def test_each_combination_of_facts(self):
        """The facts given, at each day around the end."""
        days = [None, *(self.today + timedelta(days=n) for n in (-400, -1, 0, 1, 400))]
        for day, *values in product(days, *[(False, True)] * len(FLAGS)):
            facts = dict(zip(FLAGS, values, strict=True))
            said = {name: SQL("%s", value) for name, value in facts.items()}
            self.set_day(day)
            document = type(self.env["rgpd.document"])
            order = type(self.env["sale.order"])
            with (
                self.subTest(day=day, **facts),
                patch.object(
                    document, "_get_waiting_sql", return_value=said["has_request"]
                ),
                patch.object(
                    order, "_rgpd_get_reviewed_sql", return_value=said["is_reviewed"]
                ),
                patch.object(
                    document, "_get_counted_sql", return_value=said["is_counted"]
                ),
                patch.object(
                    order, "_rgpd_get_draft_sql", return_value=said["has_draft"]
                ),
            ):
                self.assertEqual(self.decide(), self.expect(day, facts))

    def test_random_cases_with_the_facts_themselves(self):
        """A restriction, a rule that ends in a review, a reason of the same day."""
        chance = random.Random(SEED)
        seen = set()
        for _number in range(CASES):
            facts = {name: chance.random() < 0.4 for name in FLAGS}
            day = chance.choice([None, *(self.today + timedelta(n) for n in (-9, 0))])
            if chance.random() < 0.6:
                day = self.today - timedelta(days=chance.randint(1, 4000))
            with self.subTest(day=day, **facts), self.env.cr.savepoint() as savepoint:
                self.make(facts, chance)
                self.set_day(day)
                decision = self.decide()
                seen.add(decision)
                self.assertEqual(decision, self.expect(day, facts))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(seen, set(documents.DECISIONS))

    def make(self, facts, chance):
        """Let the facts be so; what looks like one of them is there as well."""
        subject = self.env["rgpd.subject"]._of(self.customer)
        self.env["rgpd.restriction"].create(
            {
                "subject_id": subject.id
                if facts["has_request"]
                else self.env["rgpd.subject"]._of(self.other).id,
                "ground": "accuracy",
                "company_id": self.env.company.id,
            }
        )
        purpose = self.env.ref("rgpd_fichier_client.rgpd_purpose_order")
        purpose.end_action = (
            chance.choice(["review", "archive"]) if facts["is_reviewed"] else "delete"
        )
        in_france = self.old.with_context(tz="Europe/Paris")
        day = fields.Datetime.context_timestamp(in_france, self.old.date_order).date()
        start, end, kind = day, self.today + timedelta(days=30), "order"
        if not facts["is_counted"]:
            start, end, kind = chance.choice(
                [
                    (day + timedelta(days=40), end, "order"),
                    (day, self.today - timedelta(days=1), "order"),
                    (day, end, chance.choice(documents.FOREIGN_EVENTS)),
                ]
            )
        self.env["rgpd.reason"].search([("subject_id", "=", subject.id)]).write(
            {"date_start": start, "date_archive_end": end, "fact_kind": kind}
        )
        self.make_draft(facts["has_draft"], chance)

    def make_draft(self, holds, chance):
        """Make an invoice nobody finished, or one that only looks so."""
        draft = self.new_draft(self.old)
        years, state, auto_post = chance.choice(
            [(0, "draft", "no"), (4, "draft", "no"), (9, "draft", "at_date")]
            if holds
            else [(0, "cancel", "no"), (9, "draft", "no"), (9, "cancel", "at_date")]
        )
        self.date_draft(draft, years, state=state, auto_post=auto_post)
