"""Is the record a natural person? Sole traders are; their company is not one apart.

The GDPR protects natural persons. In a customer file many are ticked "company"
although they are one human in business: auto-entrepreneur, EI, profession libérale.
The same patterns decide in Python and in SQL (``SOLE_TRADER_REGEX`` is written in
the dialect both understand).
"""

import re

# Legal category of INSEE for an "entrepreneur individuel" starts with 1.
SOLE_TRADER_LEGAL_PREFIX = "1"

SOLE_TRADER_REGEX = (
    r"(^|[^[:alnum:]])("
    r"e\.?i\.?|e\.?i\.?r\.?l\.?|entreprise individuelle|entrepreneur individuel|"
    r"auto[- ]?entrepreneur(e|se)?|micro[- ]?entrepreneur(e|se)?|micro[- ]?entreprise|"
    r"auto[- ]?entreprise|profession lib[eé]rale|artisan|exploitant agricole"
    r")([^[:alnum:]]|$)"
)
CIVILITY_REGEX = (
    r"^(m|mr|mme|mlle|monsieur|madame|mademoiselle|ma[iî]tre|me|dr|docteur)"
    r"\.?[[:space:]]+[^[:space:]]"
)

# Evidence codes: in the file, then outside of the customer file.
PERSON_EVIDENCE = (
    "person",
    "contact",
    "sole_trader_name",
    "sole_trader_form",
    "choice",
)
OUTSIDE_EVIDENCE = ("staff", "technical", "own_company")


def _python_regex(pattern):
    pattern = pattern.replace("[^[:alnum:]]", r"[^\w]|_").replace("[^[:space:]]", r"\S")
    return re.compile(pattern.replace("[[:space:]]", r"\s"), re.IGNORECASE)


_SOLE_TRADER = _python_regex(SOLE_TRADER_REGEX)
_CIVILITY = _python_regex(CIVILITY_REGEX)


def decide(is_company, name, *, has_parent=False, is_address=False, legal_form=""):
    """Return ``(is_natural, evidence code)`` of a contact.

    :param is_address: a further address (invoicing, delivery) of its parent
    :param legal_form: INSEE legal category when the company knows it
    """
    name = name or ""
    if not is_company:
        if is_address:
            return (True, "contact") if name.strip() else (False, "address")
        return True, "contact" if has_parent else "person"
    if legal_form.startswith(SOLE_TRADER_LEGAL_PREFIX):
        return True, "sole_trader_form"
    if _SOLE_TRADER.search(name) or _CIVILITY.search(name):
        return True, "sole_trader_name"
    return False, "company"
