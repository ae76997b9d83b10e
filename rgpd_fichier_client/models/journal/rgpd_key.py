import hashlib
import hmac
import os
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, config

from ...core.errors import KeyFileError
from ...core.journal import keyfile


class Signature(NamedTuple):
    """A signature in hexadecimal and the fingerprint of the key that made it."""

    value: str
    key_id: str


class RgpdKey(models.AbstractModel):
    """The keys of this database, one per use, in a file outside it (invariant 14).

    One database: the file is the environment variable `RGPD_KEY_FILE`, else the option
    `rgpd_key_file` of odoo.conf. Several databases on one server: a file each, named
    after `database.uuid`, in the folder of the variable `RGPD_KEY_DIR`, else of the
    option `rgpd_key_dir`, else `rgpd_keys` in the data directory. The file is made at
    the first use. The database holds the fingerprints: when they and the file do not
    agree, every method raises a `UserError` that says what to do, and nothing is
    written.

    A database that has no fingerprint yet adopts a file made for it: the transaction
    that made the file was rolled back, or the database was restored from before its
    first use of a key. It does not when its own seals were signed by a key which
    the file does not know.
    """

    _name = "rgpd.key"
    _description = "Keys, outside the database"

    # === ENTRY POINTS === #

    @api.model
    def _get(self, use):
        """Return the 32 secret bytes of a use.

        :param str use: `vault`, `suppression`, `ledger` or `digest`
        :raise UserError: missing, unreadable or foreign key file
        """
        if use not in keyfile.SECRET_USES:
            raise ValueError(f"no secret key for {use!r}")
        return self._get_key(use).secret

    @api.model
    def _digest(self, use, text):
        """Return the keyed digest (HMAC-SHA256, hexadecimal) of a text."""
        return self._digest_many(use, [text])[0]

    @api.model
    def _digest_many(self, use, texts):
        """Return the keyed digests of texts, in order; the key is read once."""
        secret = self._get(use)
        return [
            hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
            for text in texts
        ]

    @api.model
    def _sign(self, data):
        """Sign bytes with the current signing key; return a `Signature`."""
        key = self._get_key(keyfile.SIGNING)
        return Signature(keyfile.sign(key, data), key.fingerprint)

    @api.model
    def _verify_signature(self, data, signature, key_id):
        """Whether a signature made here, today or before a rotation, holds."""
        return self._is_signed(self._get_public_keys(), data, signature, key_id)

    @api.model
    def _is_signed(self, publics, data, signature, key_id):
        """As `_verify_signature`, with the public keys read once before a loop."""
        public = publics.get(key_id)
        return bool(public) and keyfile.is_signed(public, data, signature)

    @api.model
    def _get_public_keys(self):
        """Return `{key id: public key}` of all signing keys, from the file."""
        self._get_key(keyfile.SIGNING, retired=True)
        keys = self._call(self._get_file().load)[keyfile.SIGNING]
        return {key.fingerprint: key.public for key in keys}

    @api.model
    def _rotate(self, use):
        """Replace the signing key; what the old one signed stays verifiable.

        The private half of the old key is destroyed once this is committed; a
        rollback leaves the old key in use. The other keys cannot be replaced: what
        they encrypted or digested would be lost.
        """
        if use != keyfile.SIGNING:
            raise UserError(self.env._("Only the signing key can be replaced."))
        # Two rotations at once would retire each other's key.
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext('rgpd.key'))"))
        old = self._get_key(use, retired=True)
        file = self._get_file()
        new = self._call(file.add_signing)
        self._get_fingerprints()._add([new])
        self.env["rgpd.journal"]._record(
            "key.rotated",
            None,
            {"use": use, "old": old.fingerprint, "new": new.fingerprint},
            company=False,
        )
        self.env.cr.postcommit.add(lambda: file.retire_signing(new.fingerprint))
        return new.fingerprint

    @api.model
    def _action_rotate(self):
        """Rotate on behalf of a user: the DPO only."""
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO can replace the signing key."))
        return self._rotate(keyfile.SIGNING)

    # === FILE AND FINGERPRINTS === #

    def _get_path(self):
        return os.environ.get("RGPD_KEY_FILE") or config.get("rgpd_key_file")

    def _get_folder(self):
        return (
            os.environ.get("RGPD_KEY_DIR")
            or config.get("rgpd_key_dir")
            or os.path.join(config["data_dir"], "rgpd_keys")
        )

    def _get_file(self):
        # sudo: ir.config_parameter - the identifier of the database is no secret
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return self._call(
            keyfile.KeyFile,
            self._get_folder(),
            parameters_sudo.get_param("database.uuid"),
            self._get_path(),
        )

    def _get_fingerprints(self):
        # sudo: rgpd.key.fingerprint - any act of anyone may need a key
        return self.env["rgpd.key.fingerprint"].sudo()

    def _get_key(self, use, retired=False):
        """Return the current key of a use, checked against its fingerprint."""
        known = self._get_fingerprints()._get_current()
        if not known:
            return self._adopt()[use]
        keys = self._call(self._get_file().load)
        if use not in known and not keys.get(use):
            keys = self._call(self._get_file().add_missing)
        if use not in known:
            self._get_fingerprints()._add(keys[use][-1:])
            return keys[use][-1]
        key = next((k for k in keys.get(use, ()) if k.fingerprint == known[use]), None)
        if key is None:
            raise self._prepare_error(KeyFileError("mismatch", use))
        if key.secret is None and not retired:
            raise self._prepare_error(KeyFileError("retired", use))
        return key

    def _adopt(self):
        """Make the file, or take the one that is there; remember its fingerprints."""
        file = self._get_file()
        signed_by = self._get_evidence_key_id()
        if not file.exists():
            if signed_by:
                raise self._prepare_error(KeyFileError("missing"))
            self._call(file.make)
        self._call(file.check_database)
        keys = self._call(file.add_missing)
        known = {key.fingerprint for key in keys[keyfile.SIGNING]}
        if signed_by and signed_by not in known:
            raise self._prepare_error(KeyFileError("mismatch", keyfile.SIGNING))
        current = {use: items[-1] for use, items in keys.items()}
        self._get_fingerprints()._add(current.values())
        return current

    def _get_evidence_key_id(self):
        """Return the id of the key that signed the last seal, if any."""
        return self.env["rgpd.journal.seal"]._get_last().key_id

    # === ERRORS === #

    def _call(self, function, *args):
        """Call the pure core, and tell its error to the user."""
        try:
            return function(*args)
        except KeyFileError as error:
            raise self._prepare_error(error) from None

    def _prepare_error(self, error):
        """Return the `UserError` of a `KeyFileError`; never a secret in it."""
        path = self._get_path() or os.path.join(self._get_folder(), "…")
        if error.code not in ("folder", "database") and self.env.user._is_internal():
            path = str(self._get_file().path)
        elif not self.env.user._is_internal():
            path = self.env._("(path known to the administrator)")
        return UserError(self._get_error_text(error.code, path))

    def _get_error_text(self, code, path):
        texts = {
            "missing": self.env._(
                "The key file of this database is missing. Put it back from your"
                " backup of keys at %(path)s (owner: the user that runs Odoo, mode"
                " 600). Nothing was written.",
                path=path,
            ),
            "unreadable": self.env._(
                "The key file %(path)s cannot be read. Give it to the user that runs"
                " Odoo, mode 600. Nothing was written.",
                path=path,
            ),
            "open": self.env._(
                "The key file %(path)s can be read by others than Odoo. Run:"
                " chmod 600 on it. Nothing was written.",
                path=path,
            ),
            "invalid": self.env._(
                "The key file %(path)s is damaged. Replace it by your backup of keys."
                " Nothing was written.",
                path=path,
            ),
            "mismatch": self.env._(
                "The key file %(path)s is not the one this database worked with. If"
                " the database was restored or moved, put the key file that was"
                " saved with it at this path. Nothing was written.",
                path=path,
            ),
            "foreign": self.env._(
                "The key file %(path)s was made for another database. Give each"
                " database a file of its own: rgpd_key_file in odoo.conf for one"
                " database, rgpd_key_dir for several. Nothing was written.",
                path=path,
            ),
            "retired": self.env._(
                "This database was restored from before the last replacement of the"
                " signing key. Ask the DPO to replace the signing key again (menu"
                " Evidence, Keys). Nothing was written."
            ),
            "folder": self.env._(
                "The folder of the keys cannot be written to: %(path)s. Create it for"
                " the user that runs Odoo, mode 700, or choose another with"
                " rgpd_key_file or rgpd_key_dir in odoo.conf. Nothing was written.",
                path=path,
            ),
            "database": self.env._(
                "The database has no usable identifier (system parameter"
                " database.uuid). Nothing was written."
            ),
        }
        return texts[code]
