"""The state machine of a request as a table: every act in every state."""

import pytest

from odoo.addons.rgpd_fichier_client.core.request import states

# act: {state: where it leads}; any other state refuses it
EXPECTED = {
    "start": {"new": "in_progress"},
    "ask_identity": dict.fromkeys(("new", "in_progress", "extended"), "identity"),
    "confirm_identity": {"new": "in_progress", "identity": "in_progress"},
    "ask_clarification": dict.fromkeys(
        ("new", "in_progress", "extended"), "clarification"
    ),
    "receive_clarification": {"clarification": "in_progress"},
    "extend": {
        "new": "extended",
        "in_progress": "extended",
        "extended": "extended",
        "identity": "identity",
        "clarification": "clarification",
    },
    "answer": dict.fromkeys(("in_progress", "extended"), "answered"),
    "refuse": dict.fromkeys(states.OPEN_STATES, "refused"),
    "close": {"answered": "closed", "refused": "closed"},
    "cancel": dict.fromkeys(states.OPEN_STATES, "cancelled"),
    "reopen": dict.fromkeys(states.DONE_STATES, "in_progress"),
}


@pytest.mark.parametrize("act", states.TRANSITIONS)
@pytest.mark.parametrize("state", states.STATES)
def test_every_act_in_every_state(act, state):
    target = EXPECTED[act].get(state)
    if target is None:
        assert act not in states.get_allowed_acts(state)
        with pytest.raises(states.TransitionError):
            states.get_next_state(act, state)
    else:
        assert act in states.get_allowed_acts(state)
        assert states.get_next_state(act, state) == target


@pytest.mark.parametrize("act", ["confirm_identity", "receive_clarification", "reopen"])
def test_an_extended_request_goes_back_to_extended(act):
    [state, *_others] = EXPECTED[act]
    assert states.get_next_state(act, state, extended=True) == "extended"


def test_every_act_is_listed():
    assert EXPECTED.keys() == states.TRANSITIONS.keys()
