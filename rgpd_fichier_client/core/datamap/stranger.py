"""Records of people nobody made a contact of: a registration, the answer to a survey.

The data map says which columns tell who they are; no other list exists.
"""

from dataclasses import dataclass

from . import schema

# What names an organisation; the others name a human
COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Columns:
    """What tells who a record is about, and whether somebody else stands for them.

    :param emails: links of the map whose column holds an address
    :param phones: links of the map whose column holds a number
    :param persons: columns that lead to the contact the record is about
    :param names: columns with the name of a human, the best first
    :param companies: columns with the name of their organisation
    """

    emails: tuple = ()
    phones: tuple = ()
    persons: tuple = ()
    names: tuple = ()
    companies: tuple = ()

    def get_paths(self, kind):
        """Return the columns with addresses, or with numbers."""
        links = {"email": self.emails, "phone": self.phones}[kind]
        return tuple(link.path for link in links)


def is_stranger(link):
    """Tell whether the records of an anchor stand for those without contact alone.

    Such a row of the map leads to the contact, who stands for the person as soon as
    there is one; the others lead to their own model.

    >>> is_stranger(schema.Link(1, "event.registration", "anchor", "id", "res.partner"))
    True
    >>> is_stranger(schema.Link(1, "crm.lead", "anchor", "id", "crm.lead"))
    False
    """
    return link.kind == "anchor" and link.target != link.model


def get_columns(links, fields):
    """Return the columns of one model, from what the map knows of it.

    Whoever booked for somebody else is not the person: only a link of the role
    ``subject`` says that the record is about the contact.

    :param links: of the model
    :param fields: ``{name: Field}`` of the model
    :rtype: Columns
    """
    own = [
        link
        for link in links
        if link.role == "subject" and link.target == schema.PERSON
    ]
    names = sorted(
        (
            name
            for name, field in fields.items()
            if field.strength == "weak"
            and field.ttype == "char"
            and field.category == "identity"
            and not field.translate
        ),
        key=lambda name: (name != "name", name),
    )
    return Columns(
        emails=tuple(link for link in own if link.kind == "email"),
        phones=tuple(link for link in own if link.kind == "phone"),
        persons=tuple(
            link.path for link in own if link.kind == "direct" and not link.domain
        ),
        names=tuple(name for name in names if COMPANY not in name),
        companies=tuple(name for name in names if COMPANY in name),
    )
