"""What a sheet from a file would add to or change in the sheet that is here."""

from .grid import simplify

LISTS = (
    "persons",
    "recipients",
    "processors",
    "transfers",
    "measures",
    "joint_controllers",
    "served_controllers",
)
PERIOD = ("start_event", "active", "archive", "end_action")


def get_changed(current, incoming, fields):
    """Return the names of the parts that an import would write.

    What the file leaves empty changes nothing, as an import never removes.

    :param fields: names of the parts that hold one value
    """
    changed = [name for name in fields if _is_other(current, incoming, name)]
    if _get_purposes(current, incoming):
        changed.append("purposes")
    changed += [name for name in LISTS if _get_new(current, incoming, name)]
    changed += [
        name
        for name in ("sensitive", "dpia")
        if any(
            value and value != current[name].get(key)
            for key, value in incoming[name].items()
            if key not in ("present", "needed")
        )
    ]
    return changed


def _is_other(current, incoming, name):
    value = incoming.get(name)
    if isinstance(value, str):
        return bool(value) and value.split() != str(current.get(name, "")).split()
    return bool(value) and value != current.get(name)


def _get_names(values):
    return {
        simplify(value if isinstance(value, str) else value["name"]) for value in values
    }


def _get_new(current, incoming, name):
    if name == "persons":
        codes = {person["code"] for person in current[name]}
        wanted = [p for p in incoming[name] if p.get("code") not in codes]
        return _get_names(wanted) - _get_names(current[name])
    return _get_names(incoming[name]) - _get_names(current[name])


def _get_purposes(current, incoming):
    """Return the purposes that are new, or say something else than those here."""
    known = {simplify(p["name"]): p for p in current["purposes"]}
    known |= {p["code"]: p for p in current["purposes"] if p.get("code")}
    return [
        purpose
        for purpose in incoming["purposes"]
        if _differs(
            known.get(purpose["code"]) or known.get(simplify(purpose["name"])), purpose
        )
    ]


def _differs(current, purpose):
    if not current:
        return True
    if any(
        purpose[key] and purpose[key] != current[key]
        for key in ("basis", "legal_reference", "interest")
    ):
        return True
    if set(purpose["data"]) - set(current["data"]):
        return True
    return bool(purpose["start_event"]) and any(
        list(purpose[key]) != list(current[key])
        if isinstance(purpose[key], list)
        else purpose[key] != current[key]
        for key in PERIOD
    )
