"""What changed in a privacy policy between two publications."""

# Parts of a sheet that a reader cares for, in the order they are told.
PARTS = (
    "objective",
    "purposes",
    "data",
    "persons",
    "origin",
    "recipients",
    "joint_controllers",
    "transfers",
    "is_automated",
)


def get_changes(before, after):
    """Return what a reader who knew the older text should know now.

    :param before: content of the older publication, None when there was none
    :param after: content of the newer one
    :return: list of ``(code, sheet name, [part])``, code ``added``, ``removed``,
        ``changed`` or, for what is not in a sheet, ``contact`` and ``rights``
    """
    if before is None:
        return []
    old = {sheet["reference"]: sheet for sheet in before["sheets"]}
    new = {sheet["reference"]: sheet for sheet in after["sheets"]}
    changes = []
    if before["controller"] != after["controller"]:
        changes.append(("contact", "", []))
    if _get_rights(before) != _get_rights(after):
        changes.append(("rights", "", []))
    for reference, sheet in new.items():
        if reference not in old:
            changes.append(("added", sheet["name"], []))
            continue
        parts = [part for part in PARTS if old[reference][part] != sheet[part]]
        if parts:
            changes.append(("changed", sheet["name"], parts))
    changes += [
        ("removed", sheet["name"], [])
        for reference, sheet in old.items()
        if reference not in new
    ]
    return changes


def _get_rights(content):
    """Return the paragraphs on the rights; the address in them is told apart."""
    return {name: text for name, text in content["texts"].items() if name != "contact"}
