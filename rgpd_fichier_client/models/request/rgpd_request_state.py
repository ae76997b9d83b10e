from odoo import fields, models
from odoo.exceptions import UserError

from ...core.request import states


class RgpdRequest(models.Model):
    """The life of a request: each act is one step of `core.request.states`.

    Every step is journalled without personal data, and two officers who do the same
    step are told apart by a lock.
    """

    _inherit = "rgpd.request"

    # === ACTION METHODS === #

    def action_start(self):
        """Begin to work on the request."""
        self._move("start")

    def action_ask_identity(self):
        """Ask for more to establish who asks; the clock stands still (Art. 12.6)."""
        today = fields.Date.context_today(self)
        for request in self:
            if request.date_identity_asked and request.date_identity_received:
                raise UserError(
                    request.env._("Identity was asked and received once already.")
                )
        self._move(
            "ask_identity",
            identity_status="awaited",
            date_identity_asked=today,
            date_identity_received=False,
        )

    def action_confirm_identity(self):
        """Identity is established; the clock runs again."""
        today = fields.Date.context_today(self)
        for request in self:
            asked = request.date_identity_asked
            request._move(
                "confirm_identity",
                identity_status="known",
                date_identity_received=today if asked else False,
            )

    def action_ask_clarification(self):
        """Ask what is meant; the right is not refused and the clock goes on."""
        self._move("ask_clarification")

    def action_receive_clarification(self):
        """The person made clear what is meant."""
        self._move("receive_clarification")

    def action_extend(self):
        """Extend by two months, within the first one and with reasons (Art. 12.3)."""
        today = fields.Date.context_today(self)
        for request in self:
            request._check_extension(today)
        self._move("extend", is_extended=True, date_extended=today)

    def action_answer(self):
        """The answer has gone to the person."""
        for request in self:
            undecided = request.item_ids.filtered(lambda item: not item.decision)
            if undecided:
                raise UserError(
                    request.env._(
                        "Decide on each right first: %(rights)s.",
                        rights=", ".join(
                            undecided.mapped(lambda item: item._get_right_label())
                        ),
                    )
                )
        self._move("answer", date_answered=fields.Date.context_today(self))

    def action_refuse(self):
        """Refuse, with a ground of the law for each right (Art. 12.4)."""
        for request in self:
            open_items = request.item_ids.filtered(lambda item: not item.ground)
            if open_items or not request.item_ids:
                raise UserError(
                    request.env._(
                        "A refusal needs a ground of the law for each right; the "
                        "letter tells it to the person, with the complaint to the "
                        "CNIL and the remedy before a court."
                    )
                )
        # What a letter told is refused already, and no longer changes
        self.item_ids.filtered(
            lambda item: item.decision != "refused"
        ).decision = "refused"
        self._move("refuse", date_answered=fields.Date.context_today(self))

    def action_close(self):
        """Nothing is left to do."""
        self._move("close")

    def action_cancel(self):
        """The person gave the request up, or it was opened by mistake."""
        self._move("cancel")

    def action_reopen(self):
        """Work on it again: the person is not satisfied, or it closed by mistake."""
        self._move("reopen", date_answered=False)

    # === BUSINESS METHODS === #

    def _move(self, act, **values):
        """Do one act of the state machine on each request and journal it.

        :param str act: key of `core.request.states.TRANSITIONS`
        :param values: written together with the new state
        :raise UserError: the act is not allowed in the state of a request
        """
        self.check_access("write")
        self.lock_for_update()
        for request in self:
            extended = values.get("is_extended", request.is_extended)
            try:
                state = states.get_next_state(act, request.state, extended=extended)
            except states.TransitionError as error:
                raise request._get_transition_error() from error
            request.write({**values, "state": state})
            request._journal(act, state=state)
        return True

    def _get_transition_error(self):
        state = dict(self._fields["state"]._description_selection(self.env))
        return UserError(
            self.env._(
                "Request %(name)s is “%(state)s”: this step is not possible now. "
                "It may have been done by a colleague; reload the page.",
                name=self.name,
                state=state[self.state],
            )
        )

    def _journal(self, act, **payload):
        """Keep one step as evidence, without personal data."""
        self.ensure_one()
        kinds = {"answer": "answered", "refuse": "refused", "extend": "extended"}
        self.env["rgpd.journal"]._record(
            f"request.{kinds.get(act, act)}",
            self._get_person(),
            {
                "request": self.name,
                "rights": sorted(self.item_ids.mapped("right")),
                **payload,
            },
            company=self.company_id,
        )
