import hashlib
import secrets
import tempfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, consteq

from ...core.request import sealed_zip
from .copy_review import StoredReview

GRANT_MINUTES = 15
SPOOL = 8 * 1024 * 1024


class RgpdRequestDelivery(models.Model):
    """One handing over of a bundle: who may fetch it, until when, what it was.

    The bundle itself is never kept: it is made while it is sent. A grant is a
    secret of one user for one download; only its digest is stored.
    """

    _name = "rgpd.request.delivery"
    _description = "Delivery of a Person's Data"
    _order = "id desc"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        string="Allowed by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    right = fields.Selection(
        [("access", "Access (Art. 15)"), ("portability", "Portability (Art. 20)")],
        required=True,
        readonly=True,
        default="access",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts of the person",
        readonly=True,
        # archived contacts are part of the answer
        context={"active_test": False},
    )
    copy_id = fields.Many2one(
        "rgpd.request.copy",
        string="Checked as",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Record of the person",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date_expires = fields.Datetime(readonly=True, required=True)
    date_used = fields.Datetime(string="Downloaded on", readonly=True)
    sha256 = fields.Char(
        string="Digest of the manifest",
        readonly=True,
        help="The manifest in the bundle names the digest of each file: with this "
        "one, what was handed over can be recognised later.",
    )
    size = fields.Integer(string="Size (bytes)", readonly=True)
    record_count = fields.Integer(string="Records", readonly=True)
    grant_digest = fields.Char(groups=fields.NO_ACCESS, readonly=True)

    @api.model
    def _grant(self, copy):
        """Allow the current user one download within minutes; return its secret.

        :param copy: `rgpd.request.copy` in which nothing doubtful is left undecided
        :rtype: tuple(rgpd.request.delivery, str)
        :raise UserError: the copy may not leave yet
        """
        copy.request_id.check_access("write")
        copy._check_can_leave()
        secret = secrets.token_urlsafe(32)
        # sudo: the digest of the grant is a field nobody may write
        delivery = self.sudo().create(
            {
                **self._prepare_from_copy(copy),
                "date_expires": fields.Datetime.now()
                + timedelta(minutes=GRANT_MINUTES),
                "grant_digest": self._digest(secret),
            }
        )
        return delivery.sudo(False), secret

    @api.model
    def _prepare_from_copy(self, copy):
        """Return what a delivery takes from the copy it hands over."""
        request = copy.request_id
        is_contact = request._get_person()._name == "res.partner"
        subject = self.env["rgpd.subject"] if is_contact else request.subject_id
        return {
            "request_id": request.id,
            "copy_id": copy.id,
            "user_id": self.env.uid,
            "right": copy.right,
            "partner_ids": [fields.Command.set(copy.partner_ids.ids)],
            "subject_id": subject.id,
        }

    @api.model
    def _redeem(self, request, secret):
        """Use a grant, once; return its delivery.

        :raise AccessError: unknown, expired, used, or somebody else's
        """
        # sudo: reads the digest, which no group may read
        candidates = self.sudo().search(
            [
                ("request_id", "=", request.id),
                ("user_id", "=", self.env.uid),
                ("fetched_by", "=", "officer"),
                ("date_used", "=", False),
                ("date_expires", ">", fields.Datetime.now()),
            ]
        )
        digest = self._digest(secret or "")
        found = candidates.filtered(lambda d: consteq(d.grant_digest, digest))[:1]
        if not found or not found._take():
            raise AccessError(self.env._("This download is not available any more."))
        return found

    def _take(self):
        """Mark the grant as used unless another transaction was faster."""
        self.ensure_one()
        now = fields.Datetime.now()
        taken = self.env.execute_query(
            SQL(
                "UPDATE rgpd_request_delivery SET date_used = %s, grant_digest = NULL"
                " WHERE id = %s AND date_used IS NULL RETURNING id",
                now,
                self.id,
            )
        )
        self.invalidate_recordset(["date_used", "grant_digest"])
        return bool(taken)

    def _produce_sealed(self, password):
        """Hand over the sealed copy: the one made before, or made now.

        :rtype: tuple
        :return: the stream at its start, which deletes itself when closed; its size
        :raise UserError: the archive is too big for the format
        """
        self.ensure_one()
        # sudo: rgpd.request.copy - whoever has the grant or the link gets the file
        copy = self.copy_id.sudo()
        if copy.file_ids:
            stream, size = copy._open_file()
            self._note(copy.manifest)
            return stream, size
        sealed = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        try:
            manifest = self._write_sealed(
                sealed,
                self.partner_ids or self.request_id._get_person(),
                self.right,
                self.request_id._get_bundle_name(self.right),
                password,
                StoredReview(copy),
            )
        except UserError:
            sealed.close()
            raise
        self._note(manifest)
        sealed.seek(0)
        return sealed, manifest["sealed_size"]

    @api.model
    def _write_sealed(self, stream, persons, right, name, password, review):
        """Make a bundle and seal it; the plain one does not outlive it.

        :rtype: dict
        :return: what is kept of the manifest: no personal data
        :raise UserError: the archive is too big for the format
        """
        # One controller answers for itself, whatever companies the officer works in.
        company = self.request_id.company_id or self.env.company
        exporter = self.env["rgpd.person.exporter"].with_context(
            allowed_company_ids=company.ids
        )

        def write(plain):
            return exporter._export(
                persons, plain, portability=right == "portability", review=review
            )

        return self._seal_bundle(write, stream, name, password)

    @api.model
    def _seal_bundle(self, write, stream, name, password):
        """Seal the bundle that a function writes; the plain one does not outlive it.

        :param write: called with a binary stream, returns the manifest
        :rtype: dict
        :return: what is kept of the manifest: no personal data
        :raise UserError: the archive is too big for the format
        """
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as plain:
            manifest = write(plain)
            size = plain.tell()
            plain.seek(0)
            try:
                sealed_zip.seal(
                    plain, size, stream, name, password, fields.Datetime.now()
                )
            except sealed_zip.ArchiveTooBigError as error:
                raise UserError(self._get_too_big_message()) from error
        digest = hashlib.sha256(repr(manifest["entries"]).encode()).hexdigest()
        return {
            "sha256": digest,
            "size": sum(entry["size"] for entry in manifest["entries"]),
            "counts": manifest.get("counts", {}),
            "sealed_size": stream.tell(),
        }

    def _get_too_big_message(self):
        return self.env._(
            "The copy is larger than 4 GB: it does not fit into one sealed archive. "
            "Nothing was handed over. Remove from it the documents that the person "
            "does not ask for, or hand it over on an encrypted disk."
        )

    def _note(self, manifest):
        """Keep what was handed over, and journal it."""
        self.ensure_one()
        # sudo: officers read deliveries, only this method writes them
        self.sudo().write(
            {
                "sha256": manifest["sha256"],
                "size": manifest["size"],
                "record_count": sum(manifest["counts"].values()),
            }
        )
        self.request_id._journal(
            "delivered",
            right=self.right,
            by=self.fetched_by,
            sha256=self.sha256,
            counts=manifest["counts"],
        )

    @api.model
    def _digest(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()
