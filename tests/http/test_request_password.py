"""Nothing is erased from a browser before the DPO gives their password again."""

from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from ..common import RgpdHttpCase

CHECK = "res.users.identitycheck"


class TestPassword(RgpdHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dpo = cls.new_user("dpo", login="password_dpo")
        cls.person = cls.env["res.partner"].create({"name": "Jeanne Exemple"})
        cls.wizard = (
            cls.env["rgpd.erasure.wizard"]
            .with_user(cls.dpo)
            .create(
                {
                    "subject_id": cls.env["rgpd.subject"]._of(cls.person).id,
                    "motive": "DEM/1",
                    "confirmation": "ERASE",
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.authenticate("password_dpo", "password_dpo")

    def press(self, model, res_id, method, **context):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_button/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": [[res_id]],
                "kwargs": {"context": context},
            },
        )

    def test_both_buttons_ask_for_it(self):
        for method in ("action_erase", "action_erase_checked"):
            action = self.press(self.wizard._name, self.wizard.id, method)
            self.assertEqual(action["res_model"], CHECK, method)
        self.assertEqual(self.person.name, "Jeanne Exemple")

    @mute_logger("odoo.http")
    def test_a_wrong_one_erases_nothing(self):
        action = self.press(self.wizard._name, self.wizard.id, "action_erase")
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.press(CHECK, action["res_id"], "run_check", password="autre")
        self.env.invalidate_all()
        self.assertEqual(self.person.name, "Jeanne Exemple")

    def test_the_right_one_erases(self):
        action = self.press(self.wizard._name, self.wizard.id, "action_erase")
        action = self.press(
            CHECK, action["res_id"], "run_check", password="password_dpo"
        )
        self.assertEqual(action["res_model"], "rgpd.erasure")
        self.env.invalidate_all()
        self.assertNotEqual(self.person.name, "Jeanne Exemple")

    def test_a_planned_erasure_asks_for_it_too(self):
        action = self.press(self.wizard._name, self.wizard.id, "action_plan")
        self.assertEqual(action["res_model"], CHECK)
