"""A short text that changes when the stored fields of a database change.

Every worker compares it when it loads the registry: it must cost milliseconds and
read nothing but the description of the models.
"""

import hashlib


def get_fingerprint(columns):
    """Return a digest of which stored fields there are, of which type.

    :param columns: ``{model: [Column]}``, as the map describes the registry
    """
    return get_digest(
        {
            model: [(column.name, column.ttype, column.relation) for column in found]
            for model, found in columns.items()
        }
    )


def get_digest(stored):
    """Return the same of plain values.

    :param stored: ``{model: [(name, type, related model or "")]}``
    """
    lines = [
        f"{model}\t{name}\t{ttype}\t{relation}\n"
        for model in sorted(stored)
        for name, ttype, relation in sorted(stored[model])
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
