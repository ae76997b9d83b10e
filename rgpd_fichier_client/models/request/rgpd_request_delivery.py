import hashlib
import secrets
import tempfile
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, consteq

from ...core.request import sealed_zip

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
    def _grant(self, request, persons, right):
        """Allow the current user one download within minutes; return its secret.

        :param request: `rgpd.request`
        :param persons: contacts confirmed to be the person, or one other anchor
        :rtype: tuple(rgpd.request.delivery, str)
        """
        request.check_access("write")
        secret = secrets.token_urlsafe(32)
        is_contact = persons._name == "res.partner"
        subject = self.env["rgpd.subject"] if is_contact else request.subject_id
        # sudo: the digest of the grant is a field nobody may write
        delivery = self.sudo().create(
            {
                "request_id": request.id,
                "user_id": self.env.uid,
                "right": right,
                "partner_ids": [fields.Command.set(persons.ids if is_contact else [])],
                "subject_id": subject.id,
                "date_expires": fields.Datetime.now()
                + timedelta(minutes=GRANT_MINUTES),
                "grant_digest": self._digest(secret),
            }
        )
        return delivery.sudo(False), secret

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
        """Make the bundle sealed with a password; the plain one does not outlive it.

        :rtype: tuple
        :return: the stream at its start, which deletes itself when closed; its size
        :raise UserError: the archive is too big for the format
        """
        self.ensure_one()
        name = self.request_id._get_bundle_name(self.right)
        sealed = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as plain:
            self._produce(plain)
            size = plain.tell()
            plain.seek(0)
            try:
                sealed_zip.seal(
                    plain, size, sealed, name, password, fields.Datetime.now()
                )
            except sealed_zip.ArchiveTooBigError as error:
                sealed.close()
                raise UserError(self._get_too_big_message()) from error
        size = sealed.tell()
        sealed.seek(0)
        return sealed, size

    def _get_too_big_message(self):
        return self.env._(
            "The copy is larger than 4 GB: it does not fit into one sealed archive. "
            "Nothing was handed over. Remove from it the documents that the person "
            "does not ask for, or hand it over on an encrypted disk."
        )

    def _produce(self, stream):
        """Write the bundle of this delivery into `stream` and journal it.

        :rtype: dict
        :return: the manifest
        """
        self.ensure_one()
        # One controller answers for itself, whatever companies the officer works in.
        delivery = self.with_context(allowed_company_ids=self.company_id.ids)
        manifest = delivery.env["rgpd.person.exporter"]._export(
            delivery.partner_ids or delivery.request_id._get_person(),
            stream,
            portability=self.right == "portability",
        )
        counts = manifest.get("counts", {})
        # sudo: officers read deliveries, only this method writes them
        self.sudo().write(
            {
                "sha256": hashlib.sha256(
                    repr(manifest["entries"]).encode()
                ).hexdigest(),
                "size": sum(entry["size"] for entry in manifest["entries"]),
                "record_count": sum(counts.values()),
            }
        )
        self.request_id._journal(
            "delivered",
            right=self.right,
            by=self.fetched_by,
            sha256=self.sha256,
            counts=counts,
        )
        return manifest

    @api.model
    def _digest(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()
