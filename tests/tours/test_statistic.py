from odoo.fields import Command

from ..common import RgpdHttpCase


class TestStatisticTour(RgpdHttpCase):
    def test_an_officer_looks_at_the_workload_and_the_figures(self):
        officer = self.new_user("officer", login="statistic_tour")
        request = self.env["rgpd.request"].create(
            {
                "officer_id": officer.id,
                "channel": "phone",
                "item_ids": [Command.create({"right": "access"})],
            }
        )
        self.env["rgpd.request"].create(
            {
                "officer_id": officer.id,
                "channel": "post",
                "item_ids": [Command.create({"right": "erasure"})],
            }
        )
        request.with_user(officer).action_start()
        request.item_ids.decision = "granted"
        request.with_user(officer).action_answer()
        self.start_tour(
            "/odoo/rgpd-workload", "rgpd_statistic_tour", login="statistic_tour"
        )
