"""How the models of the map hang together, as columns of a picture.

The persons stand first, then what is linked to them, then the parts of those. What may
hang on a record of any model (messages, files) has a column of its own, and so has what
knows a person by an address only.
"""

ANY = "*"
PERSON, LINKED, PART, DEEPER, ON_ANY, ADDRESS = (
    "person",
    "linked",
    "part",
    "deeper",
    "any",
    "address",
)
COLUMNS = (PERSON, LINKED, PART, DEEPER, ON_ANY, ADDRESS)
DIRECT_KINDS = {"direct", "m2m", "user", "owned"}


def arrange(links):
    """Return ``{model: (column, [models it hangs on])}``.

    :param links: list of ``schema.Link``; those of the staff are left out
    """
    links = [link for link in links if link.role != "staff"]
    anchors = {link.model for link in links if link.kind == "anchor"}
    parents = {link.model: set() for link in links}
    on_any, by_address = set(), set()
    for link in links:
        if link.kind in ("email", "phone"):
            by_address.add(link.model)
        elif link.target == ANY:
            on_any.add(link.model)
        elif link.kind in DIRECT_KINDS and link.target != link.model:
            parents[link.model].add(link.target)
    depth = _get_depth(anchors, parents)
    return {
        model: (
            _get_column(model, depth, on_any, by_address),
            sorted(
                parent
                for parent in found
                if depth.get(parent, len(parents)) < depth.get(model, 0)
            ),
        )
        for model, found in parents.items()
    }


def _get_depth(anchors, parents):
    """Return how many links away from a person each model is."""
    depth = dict.fromkeys(anchors, 0)
    level = 0
    while True:
        level += 1
        fresh = [
            model
            for model, found in parents.items()
            if model not in depth and any(depth.get(p) == level - 1 for p in found)
        ]
        if not fresh:
            return depth
        depth.update(dict.fromkeys(fresh, level))


def _get_column(model, depth, on_any, by_address):
    if model in depth:
        return (PERSON, LINKED, PART)[depth[model]] if depth[model] < 3 else DEEPER
    if model in by_address:
        return ADDRESS
    return ON_ANY if model in on_any else LINKED
