"""The shape of the data map, as plain values.

Engines (finder, exporter, eraser, sweep) work on these values and never on the
records of the map, so that they run on thousands of persons without reading it
again.
"""

from dataclasses import dataclass

# How a record leads to a person.
LINK_KINDS = (
    "anchor",  # the record stands for a person
    "direct",  # many2one to the person
    "m2m",  # many2many to the person, or to a record of the person
    "owned",  # many2one to a record of the person, which it is a part of
    "polymorphic",  # model name in one column, id in another
    "reference",  # "model,id" in one column
    "property",  # many2one or many2many inside the properties of a record
    "email",  # an e-mail address and nothing else
    "phone",  # a phone number and nothing else
    "user",  # many2one to the user account of the person
)

# What the record is to the person.
ROLES = ("subject", "author", "third_party", "staff")

# What an erasure does to the record.
ERASE_ACTIONS = ("mask", "delete", "redact", "unlink_link", "keep")

# How a value is masked.
# The models of a person and of who signs in
PERSON = "res.partner"
USER = "res.users"

STRATEGIES = (
    "empty",
    "pseudonym",
    "label",
    "redact",
    "generalise_date",
    "generalise_zip",
    "delete_file",
    "random_unique",
    "keep",
)

STRENGTHS = ("strong", "weak", "none")


@dataclass(frozen=True, slots=True)
class Link:
    """One way that leads from a model to a person.

    :param path: column of the model; ``"model_field,id_field"`` for polymorphic
        links; ``"<field"`` when the many2many field belongs to ``target``
    :param target: the model the path leads to
    :param leads_on: records found this way lead to further records
    :param domain: further condition on the record, as an Odoo domain
    """

    id: int
    model: str
    kind: str
    path: str
    target: str
    role: str = "subject"
    on_erase: str = "mask"
    document_kind: str = ""
    leads_on: bool = False
    domain: str = ""
    by_rule: bool = False  # and nobody decided on it
    is_shipped: bool = False

    @property
    def key(self):
        """What the finder writes in the paths of a record."""
        return f"{self.kind}:{self.path}"


@dataclass(frozen=True, slots=True)
class Field:
    """What the map knows of one stored field."""

    model: str
    name: str
    ttype: str
    status: str = "unclassified"
    category: str = ""
    is_identifying: bool = False
    is_sensitive: bool = False
    strength: str = "none"
    strategy: str = "keep"
    provided_by_person: bool = False
    translate: bool = False
    company_dependent: bool = False

    @property
    def is_personal(self):
        return self.status != "not_personal"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value that tells who somebody is.

    :param kind: email, phone, name, vat, iban, address or login
    :param value: normalised value
    :param strength: strong (tells one person from all others) or weak
    """

    kind: str
    value: str
    strength: str = "strong"
