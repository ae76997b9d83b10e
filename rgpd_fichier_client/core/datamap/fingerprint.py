"""A short text that changes when the stored fields of a database change.

Every worker compares it when it loads the registry: it must cost milliseconds and
read nothing but the description of the models.
"""

import hashlib


def get_fingerprint(columns):
    """Return a digest of which stored fields there are, of which type.

    :param columns: ``{model: [Column]}``, as the map describes the registry
    """
    digest = hashlib.sha256()
    for model in sorted(columns):
        for column in sorted(columns[model], key=lambda column: column.name):
            line = f"{model}\t{column.name}\t{column.ttype}\t{column.relation}\n"
            digest.update(line.encode())
    return digest.hexdigest()
