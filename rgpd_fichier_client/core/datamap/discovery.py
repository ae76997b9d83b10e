"""How records lead to persons, derived from the description of the models.

The rules below find what nobody declared: third-party add-ons and custom fields
are in the map the day they are installed. What the rules cannot know (a role, a
document kind, an exception) is shipped as rows and wins over them.
"""

from dataclasses import dataclass, replace

from . import discovery_unknown
from .schema import PERSON, USER, Link

EMAIL_NAMES = ("email", "email_from", "email_to", "email_normalized", "partner_email")
PHONE_NAMES = ("phone", "mobile", "number", "sms_number", "phone_sanitized")
POLYMORPHIC_PAIRS = (("res_model", "res_id"), ("model", "res_id"))

# Columns the ORM fills by itself.
AUDIT_NAMES = ("create_uid", "write_uid")

# Models that set Odoo up: a partner in them is a setting, not data about a person.
CONFIGURATION_PREFIXES = (
    "ir.", "res.company", "res.bank", "res.groups", "res.country", "mail.template",
    "mail.alias", "mail.activity.plan", "mail.gateway", "onboarding.", "rgpd.",
    "fetchmail.", "product.", "uom.", "base.", "report.", "digest.", "theme.",
)  # fmt: skip
NOT_CONFIGURATION = (
    "ir.attachment",
    "product.attribute.custom.value",
    "product.wishlist",
)

# Depth of the chain person > document > line > message > tracking value > …
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A stored field as the registry describes it."""

    name: str
    ttype: str
    relation: str = ""
    ondelete: str = ""
    model_field: str = ""
    related: bool = False


def find_links(models, shipped, unknown=()):
    """Return ``{(model, kind, path, target): Link}`` for a whole registry.

    :param models: ``{model: [Column]}``, stored fields of the models with a table
    :param shipped: links known beforehand; they win over the rules, and those that
        name a model or a column this registry does not have are left out
    :param unknown: models that nobody looked at, where further rules apply
    """
    known = {_key(link): link for link in shipped if _exists(link, models)}
    by_place = {(link.model, link.path) for link in known.values()}
    links = dict(known)
    for model, columns in models.items():
        if is_configuration(model):
            continue
        for link in _direct_links(model, columns):
            if (link.model, link.path) not in by_place:
                links[_key(link)] = link
        if model in unknown:
            for link in discovery_unknown.address_links(model, columns):
                links.setdefault(_key(link), link)
    _add_owned(models, links, by_place, unknown)
    persons = {link.model for link in links.values() if link.kind == "anchor"}
    for model in mapped_models(links.values()):
        for link in _property_links(model, models.get(model, ()), {PERSON, *persons}):
            links.setdefault(_key(link), link)
    return links


def is_configuration(model):
    """Tell whether the model holds settings, where the rules do not apply."""
    return model.startswith(CONFIGURATION_PREFIXES) and model not in NOT_CONFIGURATION


def mapped_models(links):
    """Return the models that hold data about persons other than staff."""
    return {link.model for link in links if link.role != "staff"}


def get_halves(links):
    """Return the columns `(model, name)` that only name the model of another column."""
    return {
        (link.model, link.path.split(",")[0])
        for link in links
        if link.kind == "polymorphic"
    }


def _key(link):
    return (link.model, link.kind, link.path, link.target)


def _exists(link, models):
    if link.model not in models:
        return False
    if link.target != "*" and link.target not in models:
        return False
    if link.kind == "anchor":
        return True
    owner = link.target if link.path.startswith("<") else link.model
    names = {column.name for column in models[owner]}
    # The column of the model may be that of another record
    names |= {column.model_field for column in models[owner]}
    return all(part in names for part in link.path.lstrip("<").split(","))


def _direct_links(model, columns):
    """Yield what the columns of one model say by themselves."""
    names = {column.name: column for column in columns}
    has_person = False
    for column in columns:
        link = _relation_link(model, column)
        if link:
            has_person |= link.kind == "direct"
            yield link
    declared = {column.model_field for column in columns if column.model_field}
    for model_name, id_name in POLYMORPHIC_PAIRS:
        if (
            model_name not in declared
            and model_name in names
            and id_name in names
            and names[model_name].ttype in ("char", "selection")
            and names[id_name].ttype == "integer"
        ):
            yield Link(
                0, model, "polymorphic", f"{model_name},{id_name}", "*", leads_on=True
            )
    if not has_person and model != PERSON:
        yield from _address_links(model, names)


def _relation_link(model, column):
    """Return the link that a relational column is, if any."""
    if column.ttype == "many2one_reference" and column.model_field:
        path = f"{column.model_field},{column.name}"
        return Link(0, model, "polymorphic", path, "*", leads_on=True)
    if column.ttype == "reference":
        return Link(0, model, "reference", column.name, "*", role="third_party")
    if column.relation == PERSON and model != PERSON:
        if column.ttype == "many2one":
            return Link(0, model, "direct", column.name, PERSON, leads_on=True)
        if column.ttype == "many2many":
            return Link(
                0, model, "m2m", column.name, PERSON, "third_party", "unlink_link"
            )
    if column.relation == USER and model != USER and column.name not in AUDIT_NAMES:
        return _user_link(model, column)
    return None


def _property_links(model, columns, persons):
    """Yield the links of the properties of a model that is in the map anyway.

    Which of them name a person stands in their definitions, which people change.

    :param persons: the models whose records stand for a person
    """
    names = [column.name for column in columns if column.ttype == "properties"]
    for name in names:
        for target in sorted(persons):
            yield Link(0, model, "property", name, target, "third_party", "unlink_link")


def _user_link(model, column):
    """Return the link that a column to users is, if any."""
    if column.ttype == "many2many":
        return Link(0, model, "m2m", column.name, USER, "staff", "keep")
    if column.ttype != "many2one":
        return None
    if column.ondelete == "cascade":
        return Link(0, model, "owned", column.name, USER, leads_on=True)
    return Link(0, model, "user", column.name, USER, "staff", "keep")


def _address_links(model, names):
    """Yield the links of a model that knows persons by their address only."""
    for kind, candidates in (("email", EMAIL_NAMES), ("phone", PHONE_NAMES)):
        if kind == "phone" and "number" in names and not _talks_of_phones(model):
            candidates = tuple(name for name in candidates if name != "number")
        for name in candidates:
            if name in names and names[name].ttype == "char":
                yield Link(0, model, kind, name, PERSON, leads_on=True)


def _talks_of_phones(model):
    return any(word in model for word in ("sms", "phone", "call"))


def _add_owned(models, links, by_place, unknown=()):
    """Add the parts of records of the person, and the parts of those parts."""
    children = _get_parts(models)
    for model in unknown:
        if not is_configuration(model):
            for owner, name in discovery_unknown.get_loose_parts(model, models[model]):
                children.setdefault(owner, []).append((model, name))
    frontier = {link.model for link in links.values() if link.leads_on}
    seen = set(frontier)
    for _depth in range(MAX_DEPTH):
        added = set()
        for owner in frontier:
            for model, name in children.get(owner, ()):
                if model == owner or owner == PERSON or (model, name) in by_place:
                    continue
                link = Link(0, model, "owned", name, owner, leads_on=True)
                links.setdefault(_key(link), link)
                if model not in seen:
                    added.add(model)
        seen |= added
        frontier = added
        if not added:
            break


def _get_parts(models):
    """Return `{model: [(model of its parts, column)]}`: what goes with its owner."""
    parts = {}
    for model, columns in models.items():
        if is_configuration(model):
            continue
        for column in columns:
            if column.ttype == "many2one" and column.ondelete == "cascade":
                parts.setdefault(column.relation, []).append((model, column.name))
    return parts


def with_id(link, row_id):
    """Return the link with the id of its row."""
    return replace(link, id=row_id)
