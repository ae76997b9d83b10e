from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time

from ..common import RgpdCase


@freeze_time("2026-11-20 10:00:00")
class TestRequestStatistic(RgpdCase):
    """Figures that prove that the month is kept, and who has too much to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Autre Maison"})
        cls.officer = cls.new_user("officer", login="stat_officer")
        cls.colleague = cls.new_user("officer", login="stat_colleague")
        # Whatever the database holds already is of another company
        cls.house = cls.env["res.company"].create({"name": "Maison des Chiffres"})
        for user in (cls.officer, cls.colleague):
            user.write({"company_ids": [(4, cls.house.id)], "company_id": cls.house.id})

    def receive(self, day, rights=("access",), answered=None, **values):
        """Return a request received on one day, and answered on another one."""
        with freeze_time(f"{day} 10:00:00"):
            request = self.env["rgpd.request"].create(
                {
                    "company_id": self.house.id,
                    "officer_id": self.officer.id,
                    "date_received": day,
                    "item_ids": [Command.create({"right": right}) for right in rights],
                    **values,
                }
            )
        if answered:
            with freeze_time(f"{answered} 10:00:00"):
                request.action_start()
                request.item_ids.decision = "granted"
                request.action_answer()
        self.env.flush_all()
        return request

    def group(self, groupby=(), aggregates=("__count",), domain=(), model="statistic"):
        records = self.env[f"rgpd.request.{model}"].with_user(self.officer)
        rows = records._read_group(
            [("company_id", "=", self.house.id), *domain], groupby, aggregates
        )
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    # === STATISTICS === #

    def test_median_share_in_time_and_received(self):
        for answered in ("2026-09-03", "2026-09-05", "2026-09-11"):
            self.receive("2026-09-01", answered=answered, channel="post")
        self.receive("2026-09-01", answered="2026-11-10", channel="post")
        self.receive("2026-11-18", channel="post")
        measures = (
            "__count",
            "days_median:median",
            "days_mean:avg",
            "in_time_rate:avg",
            "in_time_count:sum",
            "late_count:sum",
        )
        [(count, median, mean, rate, in_time, late)] = self.group((), measures).values()
        self.assertEqual((count, in_time, late), (5, 3, 1))
        self.assertEqual(median, 7)
        self.assertEqual(mean, 21.5)
        self.assertEqual(rate, 75)

    def test_each_right_counts_by_right_and_channel(self):
        self.receive(
            "2026-09-01", ("access", "erasure"), "2026-09-03", channel="portal"
        )
        self.receive("2026-09-01", ("access",), "2026-09-09", channel="phone")
        groups = self.group(
            ("right", "channel"),
            ("__count", "days_median:median", "request_id:count_distinct"),
        )
        self.assertEqual(
            groups,
            {
                ("access", "portal"): (1, 2.0, 1),
                ("access", "phone"): (1, 8.0, 1),
                ("erasure", "portal"): (1, 2.0, 1),
            },
        )
        [(rights, requests)] = self.group(
            (), ("__count", "request_id:count_distinct")
        ).values()
        self.assertEqual((rights, requests), (3, 2))

    def test_outcomes(self):
        self.receive("2026-09-01", answered="2026-09-03")
        self.receive("2026-09-01", answered="2026-10-20")
        self.receive("2026-11-18")
        self.receive("2026-10-01")
        self.receive("2026-11-18").action_cancel()
        extended = self.receive("2026-09-01", extension_reason="Many records")
        with freeze_time("2026-09-10 10:00:00"):
            extended.action_start()
            extended.action_extend()
        extended.item_ids.decision = "granted"
        extended.action_answer()
        self.env.flush_all()
        outcomes = {key[0]: row[0] for key, row in self.group(("outcome",)).items()}
        self.assertEqual(
            outcomes,
            {"in_time": 2, "late": 1, "open": 1, "overdue": 1, "cancelled": 1},
        )

    def test_what_was_asked_twice_counts_once(self):
        older = self.receive("2026-11-10", requester_email="j@client.example")
        newer = self.receive("2026-11-12", requester_email="j@client.example")
        newer.action_join_duplicate()
        self.env.flush_all()
        statistic = self.env["rgpd.request.statistic"]
        found = statistic.search([("company_id", "=", self.house.id)])
        self.assertEqual(found.request_id, older)

    def test_a_request_without_a_right_is_counted(self):
        request = self.receive("2026-11-10", ())
        self.assertEqual(self.group(("right",)), {(False,): (1,)})
        found = self.env["rgpd.request.statistic"].search(
            [("request_id", "=", request.id)]
        )
        self.assertEqual(found.action_open_request()["res_id"], request.id)

    def test_the_median_goes_through_the_views(self):
        self.receive("2026-09-01", answered="2026-09-03")
        statistic = self.env["rgpd.request.statistic"].with_user(self.officer)
        domain = [("company_id", "=", self.house.id)]
        sets = statistic.formatted_read_grouping_sets(
            domain, [[], ["right"]], ["days_median:median", "__count"]
        )
        self.assertEqual(sets[0][0]["days_median:median"], 2)
        self.assertEqual(sets[1][0]["days_median:median"], 2)
        described = statistic.fields_get(["days_median"], ["aggregator"])
        self.assertEqual(described["days_median"]["aggregator"], "median")
        with self.assertRaises(ValueError):
            statistic._read_group(domain, [], ["days_mean:median"])

    # === WORKLOAD === #

    def test_what_each_officer_has_to_do(self):
        self.receive("2026-10-01")
        self.receive("2026-10-25")
        self.receive("2026-11-18")
        waiting = self.receive("2026-10-24")
        waiting.action_ask_identity()
        self.receive("2026-10-27", officer_id=self.colleague.id)
        self.receive("2026-09-01", answered="2026-09-02")
        self.receive("2026-11-18", officer_id=False)
        rows = self.env["rgpd.request.workload"].search(
            [("company_id", "=", self.house.id)]
        )
        figures = {
            row.officer_id: (
                row.open_count,
                row.week_count,
                row.overdue_count,
                row.waiting_count,
            )
            for row in rows
        }
        nobody = self.env["res.users"]
        self.assertEqual(
            figures,
            {
                self.officer: (4, 1, 1, 1),
                self.colleague: (1, 1, 0, 0),
                nobody: (1, 0, 0, 0),
            },
        )
        mine = rows.filtered(lambda row: row.officer_id == self.officer)
        self.assertEqual(rows[0], mine, "who is late comes first")
        self.assertEqual(mine.date_next, date(2026, 11, 1))
        for act, count in (
            ("action_open", 4),
            ("action_open_week", 1),
            ("action_open_overdue", 1),
            ("action_open_waiting", 1),
        ):
            domain = getattr(mine, act)()["domain"]
            found = self.env["rgpd.request"].search_count(domain)
            self.assertEqual(found, count, act)

    # === RIGHTS === #

    def test_figures_of_another_company_are_out_of_sight(self):
        self.receive("2026-11-18", company_id=self.other_company.id)
        for model in ("rgpd.request.statistic", "rgpd.request.workload"):
            records = self.env[model].with_user(self.officer)
            found = records.search([("company_id", "=", self.other_company.id)])
            self.assertFalse(found, model)
            self.assertTrue(
                self.env[model].search([("company_id", "=", self.other_company.id)])
            )

    def test_auditors_see_figures_and_no_request(self):
        request = self.receive("2026-11-18")
        auditor = self.new_user("auditor", login="stat_auditor")
        auditor.write({"company_ids": [(4, self.house.id)]})
        auditor.company_id = self.house
        statistic = self.env["rgpd.request.statistic"].with_user(auditor)
        found = statistic.search([("request_id", "=", request.id)])
        self.assertEqual(found.display_name, request.name)
        with self.assertRaises(AccessError):
            request.with_user(auditor).read(["name"])
        with self.assertRaises(AccessError):
            self.env["rgpd.request.workload"].with_user(auditor).search([])
