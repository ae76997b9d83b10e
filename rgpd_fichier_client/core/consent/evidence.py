"""The fingerprint that ties a consent event to its journal entry."""

import hashlib
import json

VERSION = 1
# The link to the person (it moves in a merge) is not part of it; the uid is.
FIELDS = (
    "subject_uid",
    "company",
    "purpose",
    "channel",
    "decision",
    "moment",
    "recorded_on",
    "expires_on",
    "notice_sha256",
    "collection_point",
    "method",
    "origin",
    "actor",
    "actor_uid",
    "proof",
)


def text_digest(text):
    """Return the SHA-256 of a text, as kept next to its copy."""
    return hashlib.sha256(text.encode()).hexdigest()


def event_digest(values):
    """Return the digest of an event; ``values`` holds JSON values for ``FIELDS``."""
    content = {"v": VERSION} | {name: values[name] for name in FIELDS}
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
