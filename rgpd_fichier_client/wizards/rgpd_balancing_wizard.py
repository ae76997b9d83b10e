from odoo import fields, models

STEPS = ("interest", "necessity", "balance", "conclusion")


class RgpdBalancingWizard(models.TransientModel):
    """The balancing test of the legitimate interest, one question at a time.

    Art. 6.1.f and EDPB guidelines 1/2024: a lawful, precise and real interest; a use
    that is necessary for it; rights of the persons that do not weigh more.
    """

    _name = "rgpd.balancing.wizard"
    _description = "Balancing test"

    purpose_id = fields.Many2one(
        "rgpd.purpose", required=True, readonly=True, ondelete="cascade"
    )
    purpose_name = fields.Char(related="purpose_id.name")
    step = fields.Selection(
        [
            ("interest", "1. Interest"),
            ("necessity", "2. Necessity"),
            ("balance", "3. Balance"),
            ("conclusion", "Conclusion"),
        ],
        required=True,
        default="interest",
    )
    interest = fields.Text(help="Told to the persons in the notices (Art. 13.1.d).")
    balancing_interest = fields.Text(string="Why it is lawful, precise and real")
    balancing_necessity = fields.Text(string="Why nothing lighter would do")
    balancing_result = fields.Text(string="What weighs on each side")
    balancing_conclusion = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.purpose"]
            ._fields["balancing_conclusion"]
            ._description_selection(self.env)
        ),
        string="Conclusion of the test",
    )

    def _open_for(self, purpose):
        """Return the action that opens the test of one purpose."""
        wizard = self.create(
            {
                "purpose_id": purpose.id,
                **{name: purpose[name] for name in self._get_answers()},
            }
        )
        return wizard._reopen()

    def _get_answers(self):
        return [
            "interest",
            "balancing_interest",
            "balancing_necessity",
            "balancing_result",
            "balancing_conclusion",
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Balancing test"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_next(self):
        """Go to the next question."""
        self.ensure_one()
        self.step = STEPS[min(STEPS.index(self.step) + 1, len(STEPS) - 1)]
        return self._reopen()

    def action_back(self):
        """Go back to the question before."""
        self.ensure_one()
        self.step = STEPS[max(STEPS.index(self.step) - 1, 0)]
        return self._reopen()

    def action_save(self):
        """Keep the test with the purpose, with who did it and when."""
        self.ensure_one()
        purpose = self.purpose_id
        values = {name: self[name] for name in self._get_answers()}
        purpose.write(
            values
            | {
                "balancing_date": fields.Date.context_today(self),
                "balancing_user_id": self.env.uid,
            }
        )
        self.env["rgpd.journal"]._record(
            "register.balanced",
            None,
            {"purpose": purpose.code, "conclusion": self.balancing_conclusion or ""},
            company=purpose.company_id or None,
        )
        return {"type": "ir.actions.act_window_close"}
