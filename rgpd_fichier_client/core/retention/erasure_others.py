"""Rows that lead to a person and belong to somebody else.

The record of a member names who sponsored them. When the sponsor is erased, the name
of the sponsor goes from its texts; what the record says about the member stays, with
the files and the messages that hang on it. Which link says whose a row is was shipped
or decided for the models somebody looked at; here it is about the others, found in the
registry by themselves.
"""

from collections import defaultdict

from .erasure_plan import DELETE, MASK, REDACT

# Kinds of links that lead to rows of several persons. What is a part of a record of
# the person is theirs, whoever did the work or sold the goods.
BESIDE = ("direct", "reference")
# Their own rules look at whose a message is, and at who else gets a mail
WITH_OWN_RULES = ("mail.message", "mail.tracking.value", "mail.mail", "res.users")
# Nothing of them is left when they are erased
WHOLE = ("ir.attachment", "mail.followers")


def find_doubtful(found, links, main):
    """Return ``{model: {ids}}`` of rows reached beside their main link only.

    They are somebody else's if that link leads to another natural person.

    :param found: ``{model: {id: [link keys]}}``
    :param main: see ``discovery_unknown.find_main``
    """
    beside = {
        (link.model, link.key)
        for link in links
        if link.by_rule
        and link.kind != "owned"
        and (link.kind in BESIDE or link.on_erase not in (MASK, DELETE))
        and link != main.get(link.model)
    }
    doubtful = {}
    for model, rows in found.items():
        if model in main:
            ids = {
                row_id
                for row_id, paths in rows.items()
                if all((model, path) in beside for path in paths)
            }
            if ids:
                doubtful[model] = ids
    return doubtful


def find_hanging(owners, reached, foreign):
    """Return the rows that are reached through rows of somebody else only.

    :param owners: ``{(model, id): persons}`` whatever leads there
    :param reached: the same, without what leads there through ``foreign``
    """
    return owners.keys() - reached.keys() - foreign


def spare(rows, foreign, hanging):
    """Return ``{model: {action: {ids}}}`` where these rows lose identifiers at most."""
    spared = defaultdict(set)
    for model, row_id in foreign | hanging:
        if model not in WITH_OWN_RULES:
            spared[model].add(row_id)
    result = dict(rows)
    for model, ids in spared.items():
        actions = defaultdict(set)
        for action, found in rows.get(model, {}).items():
            strong = action in (MASK, DELETE) or model in WHOLE
            actions[action] |= found - ids if strong else found
            if strong and model not in WHOLE:
                actions[REDACT] |= found & ids
        result[model] = {action: found for action, found in actions.items() if found}
    return result
