"""What an erasure does to each model: pure decisions, no database.

The data map says how a record leads to a person (links) and what each field holds
(category, masking strategy); the live reasons say which categories must stay. From
both, ``plan_model`` derives one ``ModelPlan``. Rows of a model are reached through
one link or several: the strongest action wins, so that a message written by the
person and posted on their own record is masked, not merely redacted.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

KEEP, UNLINK, REDACT, MASK, DELETE = "keep", "unlink_link", "redact", "mask", "delete"
STRENGTH = {KEEP: 0, UNLINK: 1, REDACT: 2, MASK: 3, DELETE: 4}

# Art. 17.1 b and c: what a person's own act ends. A legitimate interest yields to an
# objection and to a request, unless it is one of those of Art. 17.3 e or 21.1 (proof,
# defence of legal claims) or the memory of the objection itself (Art. 21.3).
YIELDING_BASES = {
    "withdrawal": {"consent"},
    "objection": {"consent", "legitimate_interest"},
    "request": {"consent", "legitimate_interest"},
    "replay": {"consent", "legitimate_interest"},
    "drill": {"consent", "legitimate_interest"},
}
COMPELLING_PURPOSES = {
    "litigation",
    "unpaid",
    "claim",
    "rights",
    "objection_list",
    "breach",
    "security_log",
}

# Category of the fields an identifier of this kind is stored in.
CATEGORY_OF_IDENTIFIER = {
    "name": "identity",
    "email": "contact",
    "phone": "contact",
    "address": "address",
    "vat": "company_identity",
    "iban": "bank",
    "login": "login",
}
TEXT_TYPES = {"char", "text", "html"}
REDACTED_TYPES = {*TEXT_TYPES, "json", "properties"}
FALSE_TYPES = {"integer", "float", "monetary", "boolean"}


@dataclass(frozen=True)
class FieldRule:
    """One stored field of a mapped model, as the data map describes it."""

    name: str
    category: str
    strategy: str
    ttype: str = "char"
    required: bool = False
    translate: bool = False
    company_dependent: bool = False


@dataclass(frozen=True)
class Kept:
    """Why a category stays: the longest of the live reasons that cover it."""

    category: str
    article: str
    end: date | None
    purpose: str = ""


@dataclass(frozen=True)
class ModelPlan:
    """What happens to the rows of one model that share the same link action."""

    model: str
    action: str
    columns: dict = field(default_factory=dict)
    redacted: tuple = ()
    files: tuple = ()
    erased: tuple = ()
    kept: tuple = ()
    is_archived: bool = False  # taken out of the lists people work with

    @property
    def changes_rows(self):
        """True when at least one value of the rows goes."""
        return self.action == DELETE or bool(
            self.columns or self.redacted or self.files
        )


def yields(ground, purpose, basis):
    """Tell whether a reason ends because of the ground itself (Art. 17.1, 17.3)."""
    if purpose in COMPELLING_PURPOSES:
        return False
    return basis in YIELDING_BASES.get(ground, ())


def live_kept(kept, ground, basis_of):
    """Collapse the live reasons of a person to one ``Kept`` per category.

    :param kept: ``{category: [dict(purpose_code, article, end_date)]}``
    :param basis_of: ``{purpose_code: legal_basis}``
    """
    result = {}
    for category, reasons in kept.items():
        staying = [
            Kept(
                category,
                reason.get("article") or "",
                reason.get("end_date"),
                reason.get("purpose_code") or "",
            )
            for reason in reasons
            if not yields(
                ground,
                reason.get("purpose_code"),
                basis_of.get(reason.get("purpose_code")),
            )
        ]
        if staying:
            result[category] = max(staying, key=end_key)
    return result


def end_key(kept):
    """Order by end, an open end last; the purpose makes ties deterministic."""
    return (kept.end is None, kept.end or date.min, kept.purpose)


def get_strategy(known):
    """Return how a field is masked; names leave a text that nobody judged yet.

    What an add-on brings is to be decided on by the DPO; until then its texts lose what
    tells who the person is, and nothing else. A file is not rewritten: it goes with the
    record of the person.

    :param known: what the data map knows of the field
    """
    if known.status == "unclassified" and known.ttype in REDACTED_TYPES:
        return "redact"
    if known.status == "unclassified" and known.ttype == "binary":
        return "delete_file"
    return known.strategy


def get_category(known):
    """Return the category that decides whether a value stays; of a file, that of files.

    :param known: what the data map knows of the field
    """
    is_unjudged_file = known.status == "unclassified" and known.ttype == "binary"
    return known.category or ("file" if is_unjudged_file else "")


def keep_unjudged_files(rules, fields):
    """Return the rules without files that nobody judged: their document stays.

    They may be the voucher itself.

    :param rules: list of ``FieldRule``
    :param fields: ``{name: what the data map knows of the field}``
    """
    return [
        rule
        for rule in rules
        if rule.ttype != "binary" or fields[rule.name].status != "unclassified"
    ]


def strongest(actions):
    """The action that wins on a row reached through several links."""
    return max(actions, key=STRENGTH.__getitem__)


def value_code(rule):
    """How a column is overwritten; empty when nothing can or need be done.

    A required column cannot become NULL: a text gets the neutral label, a number
    zero; anything else stays and its category is reported as kept by the caller.
    """
    if rule.strategy in ("keep", "redact", "delete_file"):
        return ""
    if rule.company_dependent:
        return "null"
    if rule.strategy == "pseudonym":
        return "pseudonym_json" if rule.translate else "pseudonym"
    if rule.strategy == "random_unique":
        return "unique"
    if rule.strategy == "label":
        return "label_json" if rule.translate else "label"
    if rule.strategy == "generalise_date":
        return "year" if rule.ttype in ("date", "datetime") else "null"
    if rule.strategy == "generalise_zip":
        return "department"
    return _empty_code(rule)


def _empty_code(rule):
    if not rule.required:
        return "null"
    if rule.ttype in TEXT_TYPES:
        return "label_json" if rule.translate else "label"
    return "zero" if rule.ttype in FALSE_TYPES else ""


def plan_model(model, action, rules, kept_categories):
    """Decide for the rows of ``model`` reached by a link whose action is ``action``.

    A deletion would take kept categories with it: it becomes a masking of the rest.
    """
    if action in (KEEP, UNLINK):
        return ModelPlan(model, action, kept=_categories(rules, kept_categories))
    kept = tuple(r for r in rules if r.category in kept_categories)
    if action == DELETE:
        if not kept:
            return ModelPlan(model, DELETE, erased=_categories(rules))
        action = MASK
    if action == REDACT:
        texts = tuple(r.name for r in rules if r.ttype in REDACTED_TYPES)
        return ModelPlan(model, REDACT, redacted=texts, erased=_categories(rules))
    return _plan_masking(model, [r for r in rules if r not in kept], kept)


def _plan_masking(model, rules, kept):
    columns = defaultdict(list)
    redacted, files, erased = [], [], []
    for rule in rules:
        if rule.strategy == "delete_file" or rule.ttype == "binary":
            files.append(rule.name)
        elif rule.strategy == "redact":
            redacted.append(rule.name)
        elif code := value_code(rule):
            columns[code].append(rule.name)
        else:
            continue
        erased.append(rule)
    return ModelPlan(
        model,
        MASK,
        columns={code: tuple(sorted(names)) for code, names in columns.items()},
        redacted=tuple(redacted),
        files=tuple(files),
        erased=_categories(erased),
        kept=_categories(kept),
    )


def _categories(rules, among=None):
    codes = {r.category for r in rules if r.category and r.strategy != "keep"}
    return tuple(sorted(codes if among is None else codes & set(among)))


def group_by_kept(kept_by_person):
    """Persons that share what stays are erased together: ``{frozenset: [ids]}``."""
    groups = defaultdict(list)
    for person, kept in kept_by_person.items():
        groups[frozenset(kept)].append(person)
    return dict(groups)


def identifiers_to_sweep(identifiers, kept_categories, shared=()):
    """Strong identifiers that must be found nowhere once the erasure is over.

    Those whose own category lawfully stays are left out, and those which another
    record of the file still carries: a hit would say nothing about this person.

    :param identifiers: objects with ``kind``, ``value`` and ``strength``
    :param shared: set of ``(kind, value)``
    """
    return [
        identifier
        for identifier in identifiers
        if identifier.strength == "strong"
        and CATEGORY_OF_IDENTIFIER.get(identifier.kind) not in kept_categories
        and (identifier.kind, identifier.value) not in shared
    ]
