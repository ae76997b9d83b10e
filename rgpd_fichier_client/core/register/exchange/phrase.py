"""How long data are kept, as a sentence that can be read back.

The formats of others know one text for a period. These sentences say a rule exactly,
and :func:`parse` understands them again; a text written by a person is not guessed.
"""

import re

_WORDS = {
    "fr": {
        "units": {
            "day": ("jour", "jours"),
            "month": ("mois", "mois"),
            "year": ("an", "ans"),
        },
        "events": {
            "collection": "à compter de la collecte",
            "last_contact": "à compter du dernier contact venant de la personne",
            "relation_end": "à compter de la fin de la relation",
            "order": "à compter de la commande",
            "contract_end": "à compter de la fin du contrat",
            "delivery": "à compter de la livraison",
            "invoice": "à compter de la facture",
            "fiscal_year_end": "à compter de la clôture de l'exercice",
            "payment": "à compter du paiement",
            "claim_closed": "à compter de la clôture de la réclamation",
            "incident": "à compter de l'incident de paiement",
            "objection": "à compter de l'opposition",
            "consent_end": "à compter de la fin du consentement",
            "closing": "à compter de la clôture du dossier",
        },
        "ends": {
            "delete": "suppression",
            "anonymize": "anonymisation",
            "archive": "archivage définitif",
            "review": "réexamen",
        },
        "use": "en base active",
        "archive": "en archivage intermédiaire",
        "then": "puis",
        "never": "jamais conservées",
        "limit": "au plus ",
    },
    "en": {
        "units": {
            "day": ("day", "days"),
            "month": ("month", "months"),
            "year": ("year", "years"),
        },
        "events": {
            "collection": "from the collection",
            "last_contact": "from the last contact of the person",
            "relation_end": "from the end of the relationship",
            "order": "from the order",
            "contract_end": "from the end of the contract",
            "delivery": "from the delivery",
            "invoice": "from the invoice",
            "fiscal_year_end": "from the end of the financial year",
            "payment": "from the payment",
            "claim_closed": "from the closing of the claim",
            "incident": "from the incident of payment",
            "objection": "from the objection",
            "consent_end": "from the end of the consent",
            "closing": "from the closing of the file",
        },
        "ends": {
            "delete": "deletion",
            "anonymize": "anonymisation",
            "archive": "definitive archive",
            "review": "review",
        },
        "use": "in use",
        "archive": "in intermediate archive",
        "then": "then",
        "never": "never kept",
        "limit": "at most ",
    },
}


def write(rule, lang="fr"):
    """Return the sentence of a rule, empty when it does not say how long.

    >>> write({"start_event": "last_contact", "active": [3, "year"],
    ...        "archive": [0, "year"], "end_action": "delete"})
    '3 ans en base active, à compter du dernier contact venant de la personne, puis \
suppression'
    """
    words = _WORDS[lang]
    if rule.get("is_forbidden"):
        return words["never"]
    active, archive = rule["active"], rule["archive"]
    if not rule.get("start_event") or not (active[0] or archive[0]):
        return ""
    parts = []
    if active[0]:
        parts.append(f"{_get_length(active, words)} {words['use']}")
    else:
        parts.append(words["use"])
    if archive[0]:
        length = _get_length(archive, words)
        parts.append(f"{words['then']} {length} {words['archive']}")
    parts.append(words["events"][rule["start_event"]])
    parts.append(f"{words['then']} {words['ends'][rule['end_action']]}")
    limit = words["limit"] if rule.get("is_limit") else ""
    return limit + ", ".join(parts)


def parse(text):
    """Return the rule that a sentence of :func:`write` says, or None."""
    text = " ".join((text or "").split()).rstrip(".")
    for words in _WORDS.values():
        if text == words["never"]:
            return {"is_forbidden": True}
        rule = _parse(text.removeprefix(words["limit"]), words)
        if rule and text.startswith(words["limit"]):
            rule["is_limit"] = True
        if rule:
            return rule
    return None


def _get_length(period, words):
    number, unit = period
    return f"{number} {words['units'][unit][number > 1]}"


def _parse(text, words):
    units = {name: unit for unit, names in words["units"].items() for name in names}
    length = rf"(\d{{1,4}}) ({'|'.join(sorted(units, key=len, reverse=True))})"
    events = {words["events"][code]: code for code in words["events"]}
    ends = {words["ends"][code]: code for code in words["ends"]}
    match = re.fullmatch(
        rf"(?:{length} )?{re.escape(words['use'])}"
        rf"(?:, {words['then']} {length} {re.escape(words['archive'])})?"
        rf", ({'|'.join(map(re.escape, events))})"
        rf", {words['then']} ({'|'.join(map(re.escape, ends))})",
        text,
    )
    if not match:
        return None
    active, active_unit, archive, archive_unit, event, end = match.groups()
    return {
        "start_event": events[event],
        "active": [int(active or 0), units.get(active_unit, "year")],
        "archive": [int(archive or 0), units.get(archive_unit, "year")],
        "end_action": ends[end],
    }
