"""A browser opens a form, a list, a search: only the form is noted."""

from unittest.mock import patch

from ..common import RgpdHttpCase


class TestOpenings(RgpdHttpCase):
    def setUp(self):
        super().setUp()
        self.seller = self.new_user("reader", login="log_browser")
        self.person = self.env["res.partner"].create({"name": "Jeanne Exemple"})
        self.env.company.rgpd_log_openings = True
        self.authenticate("log_browser", "log_browser")
        self.noted = []
        self.startPatcher(
            patch.object(
                type(self.env["rgpd.access.log"]),
                "_schedule",
                lambda _log, values: self.noted.append(values),
            )
        )

    def call(self, method, args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/res.partner/{method}",
            {"model": "res.partner", "method": method, "args": args, "kwargs": kwargs},
        )

    def test_only_the_form_is_noted(self):
        spec = {"name": {}}
        domain = [("id", "=", self.person.id)]
        self.call("web_search_read", [domain, spec])
        self.call("web_name_search", ["Jeanne", spec])
        self.call("read", [[self.person.id], ["name"]])
        self.assertFalse(self.noted)
        [values] = self.call("web_read", [[self.person.id]], specification=spec)
        self.assertEqual(values["name"], "Jeanne Exemple")
        self.assertEqual([row["res_id"] for row in self.noted], [self.person.id])
        self.assertEqual(self.noted[0]["actor"], self.seller.id)

    def test_the_pager_saves_one_form_and_opens_the_next(self):
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        following = self.env["res.partner"].create({"name": "Nora Deux"})
        spec = {"name": {}}
        ids, changes = [self.person.id], {"name": "Jeanne Autre"}
        self.call("web_save", [ids, changes], specification=spec)
        self.call("web_save", [ids, changes], specification=spec, next_id=ids[0])
        self.assertFalse(self.noted, "what a form saves, it reads again")
        self.call("web_save", [ids, changes], specification=spec, next_id=following.id)
        self.assertEqual([row["res_id"] for row in self.noted], [following.id])
