"""The life of a request: which act is allowed in which state, and where it leads.

new → identity ⇄ … → in_progress → extended → answered | refused → closed
            ↘ clarification ↗                    cancelled at any open state
"""

from ..errors import CoreError

OPEN_STATES = ("new", "identity", "clarification", "in_progress", "extended")
DECIDED_STATES = ("answered", "refused")
DONE_STATES = (*DECIDED_STATES, "closed", "cancelled")
STATES = OPEN_STATES + DONE_STATES

_WORK = ("in_progress", "extended")

# act -> (states it may start from, state it leads to; None: back to work)
TRANSITIONS = {
    "start": (("new",), "in_progress"),
    "ask_identity": (("new", *_WORK), "identity"),
    "confirm_identity": (("new", "identity"), None),
    "ask_clarification": (("new", *_WORK), "clarification"),
    "receive_clarification": (("clarification",), None),
    "extend": (("new", *_WORK, "clarification", "identity"), "extended"),
    "answer": (_WORK, "answered"),
    "refuse": (OPEN_STATES, "refused"),
    "close": (DECIDED_STATES, "closed"),
    "cancel": (OPEN_STATES, "cancelled"),
    "reopen": ((*DECIDED_STATES, "closed", "cancelled"), None),
}


class TransitionError(CoreError):
    """The act is not allowed in the state of the request."""

    def __init__(self, act, state):
        super().__init__(f"{act} is not allowed in state {state}")
        self.act = act
        self.state = state


def get_next_state(act, state, *, extended=False):
    """Return the state that `act` leads to.

    An extension given while identity or a clarification is awaited leaves the
    request waiting: only what is being worked on shows as extended.

    :param str act: key of `TRANSITIONS`
    :param bool extended: whether the period has been extended
    :raise TransitionError: the act is not allowed in this state
    """
    sources, target = TRANSITIONS[act]
    if state not in sources:
        raise TransitionError(act, state)
    if act == "extend" and state in ("identity", "clarification"):
        return state
    return target or ("extended" if extended else "in_progress")


def get_allowed_acts(state):
    """Return the acts that are allowed in `state`, in the order of the table."""
    return [act for act, (sources, _target) in TRANSITIONS.items() if state in sources]
