"""The register as our own JSON: everything it says, with a published schema."""

import json
import re
from pathlib import Path

from .issue import ExchangeError, Issue
from .sheet import Found, Reading, new_purpose, new_sheet

FORMAT = "json"
NAME = "rgpd-register/1"
# Served to everybody under /rgpd_fichier_client/static/schema/.
SCHEMA_PATH = (
    Path(__file__).resolve().parents[3]
    / "static"
    / "schema"
    / "rgpd-register-1.schema.json"
)
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
# Beyond this many the list helps nobody.
MAX_ISSUES = 200


def write(document):
    """Return the bytes of the file."""
    content = {"format": NAME, **document}
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def is_known(data):
    """Tell whether a text is JSON rather than a table."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read(data):
    """Return what a file holds; a sheet that the schema refuses is left out.

    :raise ExchangeError: not JSON, or JSON of something else
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ExchangeError("bad_json") from error
    if not isinstance(content, dict) or content.get("format") != NAME:
        raise ExchangeError("other_json", name=NAME)
    if not isinstance(content.get("sheets"), list):
        raise ExchangeError("other_json", name=NAME)
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    language = content.get("language")
    reading = Reading(FORMAT, language=language if isinstance(language, str) else "")
    for number, sheet in enumerate(content["sheets"]):
        path = f"sheets[{number}]"
        reading.titles[path] = _get_title(sheet)
        issues = list(check(sheet, schema["$defs"]["sheet"], path, schema))
        reading.issues += issues[:MAX_ISSUES]
        if not issues:
            reading.found.append(Found(complete(sheet), path))
    return reading


def _get_title(sheet):
    """Return the reference and the name, of a sheet that may be anything."""
    values = sheet if isinstance(sheet, dict) else {}
    texts = [values.get(name) for name in ("reference", "name")]
    return " ".join(t.strip()[:200] for t in texts if isinstance(t, str)).strip()


def complete(sheet):
    """Return a sheet in which nothing that is optional is missing."""
    result = new_sheet() | sheet
    result["sensitive"] = {"exception": "", "reason": ""} | result["sensitive"]
    result["dpia"] = {"criteria": [], "conclusion": ""} | result["dpia"]
    result["purposes"] = [new_purpose("") | p for p in result["purposes"]]
    return result


# === SCHEMA === #


def check(value, schema, path, root):
    """Yield one issue for each value that the schema refuses.

    Only the words of JSON Schema that the published file uses are known here.
    """
    if "$ref" in schema:
        yield from check(value, _resolve(schema["$ref"], root), path, root)
        return
    if "enum" in schema or "const" in schema:
        allowed = schema.get("enum") or [schema["const"]]
        # A boolean equals a number in Python, and is none in JSON.
        if not any(value == a and type(value) is type(a) for a in allowed):
            yield _issue("bad_code", path, value)
        return
    kind = schema.get("type")
    if kind and not _is_type(value, kind):
        yield _issue("bad_type", path, value)
    elif kind == "object":
        yield from _check_object(value, schema, path, root)
    elif kind == "array":
        yield from _check_array(value, schema, path, root)
    elif kind:
        yield from _check_scalar(value, schema, path)


def _resolve(reference, root):
    node = root
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def _is_type(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _check_object(value, schema, path, root):
    for name in schema.get("required", ()):
        if name not in value:
            yield _issue("missing_key", f"{path}.{name}", "")
    for name, child in schema.get("properties", {}).items():
        if name in value:
            yield from check(value[name], child, f"{path}.{name}", root)


def _check_array(value, schema, path, root):
    fixed = schema.get("prefixItems", ())
    low, high = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if not low <= len(value) <= high:
        yield _issue("bad_length", path, len(value))
        return
    for number, item in enumerate(value):
        child = fixed[number] if number < len(fixed) else schema.get("items", {})
        yield from check(item, child, f"{path}[{number}]", root)


def _check_scalar(value, schema, path):
    if isinstance(value, str):
        short = len(value) < schema.get("minLength", 0)
        long = len(value) > schema.get("maxLength", len(value))
        pattern = schema.get("pattern", "")
        if short or long or not re.search(pattern, value):
            # A pattern with digits is that of a day.
            yield _issue("bad_day" if r"\d" in pattern else "bad_value", path, value)
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield _issue("bad_value", path, value)


def _issue(code, path, value):
    sheet, _mark, cell = path.partition(".")
    return Issue(code, sheet, cell, str(value)[:80], is_error=True)
