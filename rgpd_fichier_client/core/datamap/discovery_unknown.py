"""Further rules for models that nobody knows: custom ones, and third-party add-ons.

What ships with Odoo was looked at model by model. A model of the company's own designer
calls its columns as it likes, fills the address and leaves the contact empty, and hangs
its lines on a record without saying that they go with it.
"""

import re
from collections import defaultdict

from .schema import PERSON, USER, Link

_EMAIL = re.compile(
    r"(?:[a-z0-9]+_)*(?:(?:e_?)?mail|courriel)s?(?:_(?:address|adresse|from|to|perso|pro|\d))?"
)
_PHONE = re.compile(
    r"(?:[a-z0-9]+_)*(?:phone|mobile|telephone|tel|portable|gsm)"
    r"(?:_(?:number|sanitized|perso|pro|\d))?"
)
# What a model calls the person it is about, the most telling first
MAIN_NAMES = ("partner_id", "customer_id", "client_id", "contact_id", "person_id")
# What hangs on any record by columns of its own
ON_ANY = ("ir.attachment", "mail.message")


def strip(name):
    """Return the name of a field without what Odoo's designer puts before it."""
    return re.sub(r"^x_(studio_)?", "", name)


def get_main(names):
    """Return the column that says whose a record is, among those that lead to persons.

    The one with the most telling name; None when none of them tells. Even a single
    one need not: a technician or a supplier does their work for somebody else.
    """
    by_name = {strip(name): name for name in names}
    return next((by_name[name] for name in MAIN_NAMES if name in by_name), None)


def find_main(links):
    """Return ``{model: link}``: the one that says whose a row is, where one does."""
    direct = defaultdict(dict)
    for link in links:
        if link.kind == "direct" and link.target == PERSON and link.role == "subject":
            direct[link.model][link.path] = link
    return {
        model: by_name[name]
        for model, by_name in direct.items()
        if (name := get_main(by_name))
    }


def address_links(model, columns):
    """Yield the links by e-mail or phone of a model that nobody knows.

    Beside a contact they count where the contact is empty: elsewhere the row is that
    person's, whoever shares the address.
    """
    main = get_main(_get_persons(columns))
    domain = repr([(main, "=", False)]) if main else ""
    for column in columns:
        name = strip(column.name)
        for kind, pattern in (("email", _EMAIL), ("phone", _PHONE)):
            if column.ttype == "char" and pattern.fullmatch(name):
                yield Link(
                    0, model, kind, column.name, PERSON, leads_on=True, domain=domain
                )


def _get_persons(columns):
    return [c.name for c in columns if c.ttype == "many2one" and c.relation == PERSON]


def get_loose_parts(model, columns):
    """Return `[(owner, column)]`: what a model that does not say whose it is hangs on.

    Whatever is to happen to it when its owner is deleted.
    """
    targets = {PERSON, USER}
    if get_main(_get_persons(columns)):
        return []
    return [
        (c.relation, c.name)
        for c in columns
        if c.ttype == "many2one"
        and c.relation not in targets
        and c.relation not in ON_ANY
    ]
