"""Which purpose keeps which data how long, as lines of text that can be read back."""

import re

from ..grouping import group_periods
from . import phrase
from .grid import simplify

TO_SAY = {"fr": "durée à préciser", "en": "period to be given"}
_NAMES = r"« .+? »(?:, « .+? »)*"
_RULE = re.compile(
    rf"(?:Règle particulière|Special rule) « (?P<rule>.+?) » (?:pour|for) "
    rf"(?P<purposes>{_NAMES}) : (?P<text>.*)"
)
_SEVERAL = re.compile(rf"(?P<purposes>{_NAMES})(?P<rest>(?: \[[^\]]*\])? : .*)")
_RULE_TEXT = {
    "fr": "Règle particulière « {rule} » pour {purposes} : {text}",
    "en": "Special rule « {rule} » for {purposes} : {text}",
}


def write_lines(sheet, codes, lang="fr"):
    """Return one line per time that purposes keep these data, then the special rules.

    Purposes that keep them for the same time share a line: it is said once.

    :param codes: codes of the data categories that share a row of the format
    """
    names = {line["code"]: line["name"] for line in sheet["data"]}
    times, rules = [], []
    for purpose in sheet["purposes"]:
        used = [code for code in codes if code in purpose["data"]]
        if not used:
            continue
        name = _clean(purpose["name"])
        scope = "" if len(used) == len(codes) else _get_scope(used, names)
        text = phrase.write(purpose, lang) or TO_SAY[lang]
        times.append((name, (scope, text)))
        rules += [
            (name, (_clean(rule["name"]), phrase.write(rule, lang) or TO_SAY[lang]))
            for rule in purpose.get("rules", ())
            if set(rule["data"]) & set(codes)
        ]
    lines = []
    for purposes, (scope, text) in group_periods(times):
        if any(mark in name for name in purposes for mark in "«»"):
            lines += [f"{name}{scope} : {text}" for name in purposes]
        elif len(purposes) == 1:
            lines.append(f"{purposes[0]}{scope} : {text}")
        else:
            lines.append(f"{_quote(purposes)}{scope} : {text}")
    for purposes, (rule, text) in group_periods(rules):
        line = _RULE_TEXT[lang]
        lines.append(line.format(rule=rule, purposes=_quote(purposes), text=text))
    return lines


def read_line(line, sheet, codes, lists):
    """Give a purpose of the sheet what a line of :func:`write_lines` says.

    :return: whether the line was understood
    """
    purposes = sorted(sheet["purposes"], key=lambda p: -len(p["name"]))
    match = _RULE.fullmatch(line)
    if match:
        return _read_rule(match, purposes, codes)
    match = _SEVERAL.fullmatch(line)
    if match:
        read = [
            read_line(f"{name}{match['rest']}", sheet, codes, lists)
            for name in _unquote(match["purposes"])
        ]
        return all(read)
    for purpose in purposes:
        name = _clean(purpose["name"])
        if not line.startswith(name):
            continue
        scoped = re.fullmatch(
            r"(?: \[(?P<data>[^\]]*)\])? : (?P<text>.*)", line[len(name) :]
        )
        if not scoped:
            continue
        if scoped["data"]:
            named = [lists.get_data(part) for part in scoped["data"].split(", ")]
            codes = [code for code in named if code]
        purpose["data"] += [code for code in codes if code not in purpose["data"]]
        rule = phrase.parse(scoped["text"])
        if rule:
            purpose.update(rule)
        return bool(rule) or scoped["text"] in TO_SAY.values()
    return False


def _read_rule(match, purposes, codes):
    wanted = {simplify(name) for name in _unquote(match["purposes"])}
    found = [p for p in purposes if simplify(p["name"]) in wanted]
    for purpose in found:
        known = [r for r in purpose["rules"] if r["name"] == match["rule"]]
        rule = known[0] if known else {"name": match["rule"], "data": []}
        rule["data"] += [code for code in codes if code not in rule["data"]]
        rule.update(phrase.parse(match["text"]) or {})
        if not known:
            purpose["rules"].append(rule)
    return bool(found)


def _quote(names):
    return ", ".join(f"« {name} »" for name in names)


def _unquote(text):
    return re.findall(r"« (.+?) »", text)


def _get_scope(codes, names):
    return f" [{', '.join(names.get(code, code) for code in codes)}]"


def _clean(text):
    return " ".join(text.split())
