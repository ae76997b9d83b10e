"""The one state machine of a sheet of the register."""

TRANSITIONS = {
    "draft": {"validated", "archived"},
    "to_review": {"validated", "archived"},
    "validated": {"to_review", "archived"},
    "archived": {"draft"},
}


def is_allowed(current, new):
    """Tell whether a sheet may go from one state to another."""
    return new in TRANSITIONS.get(current, ())
