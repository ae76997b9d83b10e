"""The activities of the OCA add-on `privacy`, from its tables or from an export.

They hold a name, a description, a controller and processors; neither the basis nor
the periods: what is missing is said, never guessed.
"""

from lxml import html

from .grid import get_cell_name, simplify
from .issue import Issue
from .sheet import Found, Reading, add_detail, new_purpose, new_sheet

FORMAT = "oca"
# Header of an export, by technical name or label → what it holds.
_HEADERS = {
    "name": "name",
    "nom": "name",
    "description": "description",
    "controller": "controller",
    "controller id": "controller",
    "controller id name": "controller",
    "responsable du traitement": "controller",
    "processors": "processors",
    "processor ids": "processors",
    "processor ids name": "processors",
    "sous traitants": "processors",
    "subject domain": "domain",
    "subjects filter": "domain",
    "subject find": "find",
    "define subjects": "find",
}
_NEEDED = {"name", "controller"}


def is_known(grid):
    """Tell whether a table is an export of `privacy.activity`."""
    return _NEEDED <= set(_get_headers(grid)) and {"description", "processors"} & set(
        _get_headers(grid)
    )


def read_grid(grid):
    """Return what an export holds; rows without a name continue the row above."""
    headers = _get_headers(grid)
    activities = []
    reading = Reading(FORMAT)
    for row in range(1, len(grid.rows)):
        values = {key: grid.get(row, column) for key, column in headers.items()}
        if values["name"]:
            activities.append(values | {"processors": [], "row": row})
        elif any(values.values()) and not activities:
            cell = get_cell_name(row, headers["name"])
            reading.issues.append(Issue("no_name", grid.name, cell, is_error=True))
        if activities and values.get("processors"):
            activities[-1]["processors"].append(values["processors"])
    for activity in activities:
        place = get_cell_name(activity["row"], headers["name"])
        _add(reading, activity, grid.name, place)
    return reading


def read_rows(rows):
    """Return what rows of the table hold: ``name``, ``description``, ``controller``,
    ``processors`` (a list) and ``domain``."""
    reading = Reading(FORMAT)
    for row in rows:
        _add(reading, row, "privacy_activity", str(row.get("id", "")))
    return reading


def _get_headers(grid):
    headers = {}
    for column in range(len(grid.rows[0]) if grid.rows else 0):
        key = _HEADERS.get(simplify(grid.get(0, column)))
        if key:
            headers.setdefault(key, column)
    return headers


def _add(reading, activity, sheet_name, place):
    name = activity["name"].strip()
    objective = get_text(activity.get("description") or "")
    sheet = new_sheet(name=name, objective=objective)
    sheet["purposes"].append(new_purpose(name))
    reading.issues.append(Issue("no_basis", sheet_name, place, name[:80]))
    for processor in activity.get("processors") or ():
        sheet["processors"].append({"name": processor, "service": ""})
    domain = (activity.get("domain") or "").strip()
    if domain not in ("", "[]"):
        add_detail(sheet, f"privacy.activity: {domain}")
    reading.found.append(Found(sheet, f"{sheet_name} {place}".strip()))


def get_text(content):
    """Return the text of a description in HTML.

    >>> get_text("<p>Send <b>parcels</b></p><p>and bills</p>")
    'Send parcels\\nand bills'
    """
    if "<" not in content:
        return content.strip()
    root = html.fragment_fromstring(content, create_parent="div")
    for node in root.iter("p", "br", "li", "div", "h1", "h2", "h3"):
        node.tail = "\n" + (node.tail or "")
    lines = [" ".join(line.split()) for line in root.text_content().splitlines()]
    return "\n".join(line for line in lines if line)
