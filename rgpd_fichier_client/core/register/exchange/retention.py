"""Which purpose keeps which data how long, as lines of text that can be read back."""

import re

from . import phrase
from .grid import simplify

TO_SAY = {"fr": "durée à préciser", "en": "period to be given"}
_RULE = re.compile(
    r"(?:Règle particulière|Special rule) « (?P<rule>.+?) » (?:pour|for) "
    r"« (?P<purpose>.+?) » : (?P<text>.*)"
)
_RULE_TEXT = {
    "fr": "Règle particulière « {rule} » pour « {purpose} » : {text}",
    "en": "Special rule « {rule} » for « {purpose} » : {text}",
}


def write_lines(sheet, codes, lang="fr"):
    """Return one line per purpose that uses one of these data, then its own rules.

    :param codes: codes of the data categories that share a row of the format
    """
    names = {line["code"]: line["name"] for line in sheet["data"]}
    lines = []
    for purpose in sheet["purposes"]:
        used = [code for code in codes if code in purpose["data"]]
        if not used:
            continue
        scope = "" if len(used) == len(codes) else _get_scope(used, names)
        text = phrase.write(purpose, lang) or TO_SAY[lang]
        lines.append(f"{_clean(purpose['name'])}{scope} : {text}")
        lines += [
            _RULE_TEXT[lang].format(
                rule=_clean(rule["name"]),
                purpose=_clean(purpose["name"]),
                text=phrase.write(rule, lang) or TO_SAY[lang],
            )
            for rule in purpose.get("rules", ())
            if set(rule["data"]) & set(codes)
        ]
    return lines


def read_line(line, sheet, codes, lists):
    """Give a purpose of the sheet what a line of :func:`write_lines` says.

    :return: whether the line was understood
    """
    purposes = sorted(sheet["purposes"], key=lambda p: -len(p["name"]))
    match = _RULE.fullmatch(line)
    if match:
        return _read_rule(match, purposes, codes)
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
    for purpose in purposes:
        if simplify(purpose["name"]) != simplify(match["purpose"]):
            continue
        known = [r for r in purpose["rules"] if r["name"] == match["rule"]]
        rule = known[0] if known else {"name": match["rule"], "data": []}
        rule["data"] += [code for code in codes if code not in rule["data"]]
        rule.update(phrase.parse(match["text"]) or {})
        if not known:
            purpose["rules"].append(rule)
        return True
    return False


def _get_scope(codes, names):
    return f" [{', '.join(names.get(code, code) for code in codes)}]"


def _clean(text):
    return " ".join(text.split())
