"""One text for one content, so that it can be hashed and compared."""

import hashlib
import json


def get_canonical(content):
    """Return the canonical JSON of a content: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )


def get_digest(content):
    """Return the SHA-256 of a text, or of the canonical JSON of anything else."""
    text = content if isinstance(content, str) else get_canonical(content)
    return hashlib.sha256(text.encode()).hexdigest()
