import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq

from ...core.datamap import normalise
from ...core.request import proof


class RgpdRequestCheck(models.Model):
    """One way offered to a person to establish who they are (Art. 12.6 GDPR).

    A link for who asks, a code for an address the file knows already, a few tries.
    Neither the link nor the code is stored: only their digests are, that of the code
    keyed, because it is short.
    """

    _name = "rgpd.request.check"
    _description = "Check of Who Asks"
    _order = "id desc"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    delivery_id = fields.Many2one(
        "rgpd.request.delivery",
        string="Opens the copy",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Set: the code opens this copy and establishes nothing else.",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    user_id = fields.Many2one("res.users", string="Asked by", readonly=True)
    link_digest = fields.Char(
        required=True, readonly=True, index=True, groups=fields.NO_ACCESS
    )
    code_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    sent_to = fields.Char(
        string="Code sent to", readonly=True, help="Masked: its owner recognises it."
    )
    date_expires = fields.Datetime(string="Until", required=True, readonly=True)
    tries_left = fields.Integer(required=True, readonly=True, default=proof.TRIES)
    state = fields.Selection(
        [
            ("awaited", "Awaited"),
            ("passed", "Established"),
            ("failed", "Tries used up"),
            ("over", "Replaced"),
        ],
        required=True,
        readonly=True,
        default="awaited",
    )

    # === ENTRY POINTS === #

    @api.model
    def _open(self, request, code=None, address=None, delivery=None):
        """Open a check, and end those that were open; return it and its secret.

        :param str code: what was sent to `address`, or nothing
        :param delivery: the copy it opens; it then says nothing of who asks
        :rtype: tuple(rgpd.request.check, str)
        """
        secret = secrets.token_urlsafe(32)
        # sudo: rgpd.request.check - written by its methods alone
        checks_sudo = self.sudo()
        checks_sudo.search(
            [
                ("request_id", "=", request.id),
                ("state", "=", "awaited"),
                ("delivery_id", "=", delivery.id if delivery else False),
            ]
        ).state = "over"
        check_sudo = checks_sudo.create(
            {
                "request_id": request.id,
                "delivery_id": delivery and delivery.id,
                "user_id": self.env.uid,
                "link_digest": self._digest_link(secret),
                "sent_to": address and proof.mask_address(address),
                "date_expires": fields.Datetime.now()
                + timedelta(hours=proof.CODE_HOURS),
            }
        )
        if code:
            check_sudo.code_digest = check_sudo._digest_code(code)
        return check_sudo.sudo(False), secret

    @api.model
    def _read_link(self, secret):
        """Return the open check of a link, in sudo, or none.

        Unknown, expired, replaced and used links are the same.
        """
        # sudo: rgpd.request.check - the secret of the link is the right to use it
        return self.sudo().search(
            [
                ("link_digest", "=", self._digest_link(secret or "")),
                ("delivery_id", "=", False),
                ("state", "=", "awaited"),
                ("date_expires", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _of_delivery(self, delivery):
        """Return the open check of a copy, in sudo, or none."""
        # sudo: rgpd.request.check - the caller has the secret of the copy
        return self.sudo().search(
            [
                ("delivery_id", "=", delivery.id),
                ("state", "=", "awaited"),
                ("date_expires", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    def _try_code(self, typed):
        """Compare what was typed with the code; return whether it is the one."""
        self.ensure_one()
        check_sudo = self.sudo()  # sudo: rgpd.request.check - as above
        code, digest = proof.read_code(typed), check_sudo.code_digest
        return check_sudo._try(
            "code",
            lambda: bool(
                code and digest and consteq(check_sudo._digest_code(code), digest)
            ),
        )

    def _try_details(self, number, amount):
        """Compare with the last order and invoice of the person: number and amount.

        A number alone is guessed easily, both together are known to the customer.
        """
        self.ensure_one()
        check_sudo = self.sudo()  # sudo: rgpd.request.check - as above
        told = (normalise.code((number or "")[:64]), proof.read_amount(amount))
        return check_sudo._try(
            "details",
            lambda: all(told) and told in check_sudo._get_last_documents(),
        )

    # === TRYING === #

    def _try(self, means, is_right):
        """Use one try; establish who asks when it is right.

        The try is taken before anything is compared, so that several tries at the
        same moment are counted each.
        """
        self.ensure_one()
        self.flush_recordset()
        taken = self.env.execute_query(
            SQL(
                """
                UPDATE rgpd_request_check SET tries_left = tries_left - 1
                 WHERE id = %s AND state = 'awaited' AND tries_left > 0
                   AND date_expires > %s
             RETURNING tries_left
                """,
                self.id,
                fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["tries_left"])
        if not taken:
            return False
        if is_right():
            self.state = "passed"
            self.code_digest = False
            if not self.delivery_id:
                self.request_id._establish(means)
            return True
        if not taken[0][0]:
            self._fail()
        return False

    def _fail(self):
        """The tries are used up: the officer looks for another way."""
        self.ensure_one()
        self.write({"state": "failed", "code_digest": False})
        request = self.request_id
        if self.delivery_id:
            request._journal("copy_code_failed")
            return
        request._journal("identity_failed")
        request._tell_officer(
            self.env._(
                "Request %(name)s: who asks could not establish who they are",
                name=request.name,
            )
        )

    def _get_last_documents(self):
        """Return pairs (number, cents) of the last order and the last invoice."""
        self.ensure_one()
        request = self.request_id
        person = request._get_person()
        partners = request._get_confirmed_partners()
        if person._name == "res.partner":
            partners |= person
        pairs = []
        for model, domain, order in self._get_document_sources():
            # sudo: sale.order, account.move - compared, never shown
            found = (
                self.env[model]
                .sudo()
                .search(
                    [
                        ("partner_id", "in", partners.ids),
                        ("company_id", "=", request.company_id.id),
                        *domain,
                    ],
                    order=order,
                    limit=1,
                )
            )
            if partners and found:
                cents = round(found.amount_total * 100)
                pairs.append((normalise.code(found.name), cents))
        return pairs

    @api.model
    def _get_document_sources(self):
        """Return what a customer knows by heart or by mail: model, domain, order."""
        return [
            ("sale.order", [("state", "=", "sale")], "date_order DESC, id DESC"),
            (
                "account.move",
                [("state", "=", "posted"), ("move_type", "=", "out_invoice")],
                "invoice_date DESC, id DESC",
            ),
        ]

    # === DIGESTS === #

    @api.model
    def _digest_link(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    def _digest_code(self, code):
        """Return the keyed digest of a code: the key is outside the database."""
        self.ensure_one()
        return self.env["rgpd.key"]._digest("digest", f"rgpd.check|{self.id}|{code}")
