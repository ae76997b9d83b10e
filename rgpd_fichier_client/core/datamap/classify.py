"""Which stored field holds personal data, when nobody said so.

Plain technical things are decided by their type. Texts, files and structured
values are decided by their name when it is telling, otherwise they stay
unclassified: a task for the DPO, and a failing test for the modules whose
classification is shipped.
"""

import re
from dataclasses import dataclass

AUDIT_FIELDS = ("id", "create_uid", "create_date", "write_uid", "write_date")

FREE_TYPES = ("char", "text", "html", "binary", "json", "properties", "serialized")


@dataclass(frozen=True, slots=True)
class Classification:
    """What the map says of a field.

    :param reason: code of the reason why it is not personal data
    """

    status: str = "unclassified"
    category: str = ""
    reason: str = ""
    strength: str = "none"
    strategy: str = "keep"
    provided: bool = False


UNKNOWN = Classification()


def personal(category, strategy="empty", strength="none", provided=False):
    return Classification("classified", category, "", strength, strategy, provided)


def not_personal(reason):
    return Classification("not_personal", reason=reason)


# Name of a field -> what it is, in any model. First match wins.
NAME_RULES = [
    (pattern if hasattr(pattern, "match") else re.compile(pattern), result)
    for pattern, result in (
        (r"(partner_|contact_)?email(_normalized|_from|_to|_cc|_formatted)?$|reply_to$",
         personal("contact", strength="strong", provided=True)),
        (r"(phone|mobile|fax)(_\w+)?$|sms_number$|\w+_phone$",
         personal("contact", strength="strong", provided=True)),
        (r"street\d?(_\w+)?$|zip$|city$|\w*address(_\w+)?$",
         personal("address", provided=True)),
        (r"(partner_|contact_|first|last|complete_|commercial_|\w*company_)?_?name$",
         UNKNOWN),
        (r"birth\w*|date_of_birth|dob$",
         personal("birth", "generalise_date", provided=True)),
        (r"vat$|siren$|siret$|company_registry$",
         personal("company_identity", strength="strong", provided=True)),
        (r"iban$|(sanitized_)?acc_number$|bic$",
         personal("bank", strength="strong", provided=True)),
        (r"(signature|signed_by|sign_\w+)$", personal("identity", "empty")),
        (r"comment$|notes?$|description$|\w+_note$|feedback$|body(_\w+)?$|message$",
         personal("note", "redact")),
        (r"html_field_history$", personal("note", "redact")),
        (r"(image|avatar|photo)(_\w+)?$", personal("image")),
        (r"(ip|ip_address|user_agent|useragent|device\w*|mac_address)$",
         personal("technical")),
        (r"latitude|longitude|\w+_(latitude|longitude)$", personal("location")),
        (r"(access_|signup_|oauth_|api_)?token$|password$|totp_secret$|\w+_token$",
         personal("login")),
        (r"gender$|sex$|marital\w*$", personal("identity", "empty", provided=True)),
        (r"reason\w*$", personal("note", "redact")),
    )
]  # fmt: skip

# What a date, a number or a choice may be: names that make them personal.
TYPED_RULES = ("birth", "location", "identity")


def classify(name, ttype, relation="", person_models=(), related=False):
    """Return the Classification of a field from its name and type.

    :param relation: model a relational field leads to
    :param person_models: models that stand for persons or for documents of persons
    """
    if name in AUDIT_FIELDS:
        return not_personal("audit")
    by_name = _by_name(name)
    if ttype in FREE_TYPES:
        return by_name
    if by_name.category in TYPED_RULES:
        return by_name
    return _by_type(ttype, relation, person_models)


def _by_name(name):
    # What Odoo and its designer put before the name of a custom field
    name = re.sub(r"^x_(studio_)?", "", name)
    for pattern, result in NAME_RULES:
        if pattern.match(name):
            return result
    if name.startswith("website_meta_") or name.endswith("_domain"):
        return not_personal("configuration")
    return UNKNOWN


def _by_type(ttype, relation, person_models):
    if ttype in ("many2one", "many2many"):
        if relation in person_models:
            return personal("other", "keep")
        return not_personal("reference")
    if ttype in ("many2one_reference", "reference"):
        return personal("other", "keep")
    if ttype in ("integer", "float", "monetary"):
        return not_personal("amount")
    if ttype in ("boolean", "selection"):
        return not_personal("state")
    if ttype in ("date", "datetime"):
        return not_personal("date")
    if ttype == "properties_definition":
        return not_personal("configuration")
    return UNKNOWN
