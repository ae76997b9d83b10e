"""The key file: one JSON file per database, outside the database and the filestore.

Mode 0600 in a folder of mode 0700, named after the identifier of the database. It
appears whole or not at all: it is written under a temporary name, then linked, so that
of two workers who need it at the same moment one makes it and the other reads it.

It holds a list of keys per use, oldest first. All uses but "signing" have one, 32
random bytes. Signing keys are Ed25519: rotation adds one, and once the database knows
the new one the private half of the old is dropped and its public half stays, so that
what it signed can be verified for ever.
"""

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ..errors import KeyFileError

FORMAT = 1
SECRET_USES = ("vault", "suppression", "ledger", "digest")
SIGNING = "signing"
USES = (SIGNING, *SECRET_USES)


@dataclass(frozen=True, slots=True)
class Key:
    """One key; `repr` never shows the secret. `secret` is None once retired."""

    use: str
    fingerprint: str
    secret: bytes | None
    public: str = ""

    def __repr__(self):
        return f"<Key {self.use} {self.fingerprint}>"


def make_key(use):
    """Return a new random key for a use."""
    return restore_key(use, secrets.token_bytes(32))


def restore_key(use, secret):
    """Return the key of a secret; its fingerprint gives nothing of it away."""
    if use != SIGNING:
        mark = hmac.new(secret, f"rgpd.key/1:{use}".encode(), hashlib.sha256)
        return Key(use, mark.hexdigest()[:32], secret)
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw().hex()
    return Key(use, public_fingerprint(public), secret, public)


def public_fingerprint(public):
    """Return the fingerprint of a public key given in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]


def sign(key, data):
    """Return the Ed25519 signature of bytes, in hexadecimal."""
    return Ed25519PrivateKey.from_private_bytes(key.secret).sign(data).hex()


def is_signed(public, data, signature):
    """Whether a signature in hexadecimal is that of the public key on the data."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), data
        )
    except (InvalidSignature, ValueError):
        return False
    return True


class KeyFile:
    """Reads and writes the key file of one database.

    It is named after the database in `folder`, unless its `path` is given.
    """

    def __init__(self, folder, database, path=None):
        if not re.fullmatch(r"[\w-]{1,64}", database or ""):
            raise KeyFileError("database")
        self.database = database
        self.path = Path(path) if path else Path(folder) / f"{database}.json"
        self.folder = self.path.parent

    def exists(self):
        return os.path.lexists(self.path)

    def load(self):
        """Return `{use: [Key, …]}`, oldest first.

        Raises `KeyFileError`: `missing`, `unreadable`, `open` (others may read it) or
        `invalid`.
        """
        try:
            with open(self.path, "rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                text = stream.read()
        except FileNotFoundError:
            raise KeyFileError("missing") from None
        except OSError:
            raise KeyFileError("unreadable") from None
        if stat.S_IMODE(mode) & 0o077:
            raise KeyFileError("open")
        return self._parse(text)

    def check_database(self):
        """Raise `KeyFileError("foreign")` when the file was made for another one.

        Two databases with one file would retire each other's keys.
        """
        self.load()
        if json.loads(self.path.read_bytes()).get("database") != self.database:
            raise KeyFileError("foreign")

    def _parse(self, text):
        # The text is never in a traceback or a message: hence "from None".
        try:
            content = json.loads(text)
            keys = content["keys"]
            parsed = {
                use: [self._parse_key(use, item) for item in items]
                for use, items in keys.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeyFileError("invalid") from None
        return parsed

    @staticmethod
    def _parse_key(use, item):
        if "secret" in item:
            key = restore_key(use, base64.b64decode(item["secret"], validate=True))
            if len(key.secret) != 32:
                raise ValueError
            return key
        return Key(use, public_fingerprint(item["public"]), None, item["public"])

    def make(self):
        """Make the file with a fresh key per use, unless it exists; return its keys."""
        self._make_folder()
        keys = {use: [make_key(use)] for use in USES}
        with self._temporary(keys) as temporary, contextlib.suppress(FileExistsError):
            os.link(temporary, self.path)
            self._sync_folder()
        return self.load()

    def update(self, change):
        """Replace the keys by `change(keys)`, alone and at once; return the new ones.

        `change` returns None to leave the file as it is.
        """
        with self._locked():
            keys = self.load()
            changed = change({use: list(items) for use, items in keys.items()})
            if changed is None:
                return keys
            with self._temporary(changed) as temporary:
                os.replace(temporary, self.path)
            self._sync_folder()
        return self.load()

    def add_missing(self):
        """Add a key for each use that a file of an older version did not have."""

        def change(keys):
            absent = [use for use in USES if not keys.get(use)]
            if not absent:
                return None
            return keys | {use: [make_key(use)] for use in absent}

        return self.update(change)

    def add_signing(self):
        """Add a signing key after the others and return it."""
        keys = self.update(
            lambda keys: keys | {SIGNING: [*keys[SIGNING], make_key(SIGNING)]}
        )
        return keys[SIGNING][-1]

    def retire_signing(self, current):
        """Drop the private half of every signing key older than `current`."""

        def change(keys):
            items, older = [], True
            for key in keys[SIGNING]:
                older = older and key.fingerprint != current
                items.append(replace(key, secret=None) if older else key)
            # An unknown `current` would retire them all: leave the file alone.
            return None if older else keys | {SIGNING: items}

        return self.update(change)

    def _make_folder(self):
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise KeyFileError("folder") from None

    @contextlib.contextmanager
    def _locked(self):
        try:
            descriptor = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:
            raise KeyFileError("folder") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _temporary(self, keys):
        """Give the path of a complete, private, synced file, removed afterwards."""
        path = self.folder / f".{self.database}.{secrets.token_hex(8)}"
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with open(descriptor, "wb") as stream:
                stream.write(self._dump(keys))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise KeyFileError("folder") from None
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _sync_folder(self):
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _dump(self, keys):
        content = {
            "format": FORMAT,
            "database": self.database,
            "keys": {
                use: [self._dump_key(key) for key in items]
                for use, items in keys.items()
            },
        }
        return json.dumps(content, indent=2).encode()

    @staticmethod
    def _dump_key(key):
        if key.secret is None:
            return {"id": key.fingerprint, "public": key.public}
        item = {"id": key.fingerprint, "secret": base64.b64encode(key.secret).decode()}
        if key.public:
            item["public"] = key.public
        return item
