"""Encrypt what may be read again only with a key outside the database.

AES-256-GCM, of `cryptography`.
"""

import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..errors import CoreError

NONCE_SIZE = 12


class SealedDataError(CoreError):
    """The data was altered, or sealed with another key or for another row."""


def seal(key, data, context):
    """Encrypt JSON-able ``data``; ``context`` binds it to its row."""
    nonce = os.urandom(NONCE_SIZE)
    plain = json.dumps(data, ensure_ascii=False).encode()
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key, blob, context):
    """Give back what ``seal`` was given, or raise ``SealedDataError``."""
    nonce, cipher = blob[:NONCE_SIZE], blob[NONCE_SIZE:]
    try:
        plain = AESGCM(key).decrypt(nonce, cipher, context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealedDataError("sealed data cannot be opened") from error
    return json.loads(plain)
