import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.request import proof, sealed_zip

# Codes of one link: with their tries, the chance of a guess stays negligible
MAX_CODES = 5


class RgpdRequestDelivery(models.Model):
    """The copy that the person fetches: by a link, once, behind login or a code.

    Neither the link nor the password of the archive is stored. The password follows
    from a key outside the database: the handler reads it once, when the link leaves.
    """

    _inherit = "rgpd.request.delivery"

    fetched_by = fields.Selection(
        [("officer", "Handler of the request"), ("person", "The person")],
        required=True,
        readonly=True,
        default="officer",
    )
    gate = fields.Selection(
        [("login", "Customer account"), ("code", "Code sent by e-mail")],
        string="Behind",
        readonly=True,
        help="What the person needs besides the link.",
    )
    letter_id = fields.Many2one(
        "rgpd.request.letter",
        string="Announced by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    is_used_up = fields.Boolean(
        string="No code left",
        readonly=True,
        help="No more codes are sent for this link: the officer was told.",
    )
    link_digest = fields.Char(
        groups=fields.NO_ACCESS, readonly=True, index="btree_not_null"
    )

    # === OFFERING === #

    @api.model
    def _offer(self, letter):
        """Let the person fetch the copy that a letter announces; send them the link.

        A new offer ends the one before. The caller has checked who asks.

        :param letter: `rgpd.request.letter` of access or portability
        :return: the delivery, in sudo
        """
        request = letter.request_id
        # sudo: rgpd.request.delivery - written by its methods alone
        offers_sudo = self.sudo()
        offers_sudo._get_open(request, letter.kind)._end()
        copy = request._get_copy(letter.kind)
        copy._check_can_leave()
        secret = secrets.token_urlsafe(32)
        days = request.company_id.rgpd_copy_link_days
        offer_sudo = offers_sudo.create(
            {
                **offers_sudo._prepare_from_copy(copy),
                "date_expires": fields.Datetime.now() + timedelta(days=days),
                "fetched_by": "person",
                "gate": letter._get_copy_gate(),
                "letter_id": letter.id,
                "link_digest": self._digest(secret),
            }
        )
        offer_sudo._mail(
            "rgpd_request_copy_mail",
            rgpd_link=f"{request.get_base_url()}/privacy/copy/{secret}",
            rgpd_days=days,
            rgpd_gate=offer_sudo.gate,
        )
        request._journal("copy_offered", right=letter.kind, gate=offer_sudo.gate)
        return offer_sudo

    @api.model
    def _get_open(self, request, right=None):
        """Return what the person may still fetch of a request, in sudo."""
        domain = [
            ("request_id", "=", request.id),
            ("fetched_by", "=", "person"),
            ("date_used", "=", False),
            ("date_expires", ">", fields.Datetime.now()),
        ]
        if right:
            domain.append(("right", "=", right))
        # sudo: rgpd.request.delivery - persons have no rights on it
        return self.sudo().search(domain)

    @api.model
    def _get_shown(self, request):
        """Return the last copies the person could fetch in time, in sudo.

        The archive may be on their computer already, its password asked for later.
        """
        # sudo: rgpd.request.delivery - persons have no rights on it
        return self.sudo().search(
            [
                ("request_id", "=", request.id),
                ("fetched_by", "=", "person"),
                ("date_expires", ">", fields.Datetime.now()),
            ]
        )

    def _end(self):
        """Make a link useless."""
        self.write({"link_digest": False, "date_expires": fields.Datetime.now()})

    def _get_password(self):
        """Return the password of the archive; the database alone does not give it."""
        self.ensure_one()
        if self.copy_id.is_big:
            return self.copy_id._get_password()
        return self._derive_password(
            f"rgpd.delivery|{self.id}|{self.request_id.id}|{self.create_date}"
        )

    @api.model
    def _derive_password(self, text):
        return sealed_zip.derive_password(self.env["rgpd.key"]._digest("digest", text))

    # === FETCHING === #

    @api.model
    def _read_link(self, secret):
        """Return the offer of a link, in sudo, or none.

        Unknown, expired, replaced and used links are the same, and so is that of a
        request which was cancelled, or whose asker is in doubt again.
        """
        # sudo: rgpd.request.delivery - the secret of the link is the right to try it
        offer_sudo = self.sudo().search(
            [
                ("link_digest", "=", self._digest(secret or "")),
                ("fetched_by", "=", "person"),
                ("date_used", "=", False),
                ("date_expires", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
        request_sudo = offer_sudo.request_id
        is_valid = (
            request_sudo.identity_status == "known"
            and request_sudo.state != "cancelled"
        )
        return offer_sudo if is_valid else offer_sudo.browse()

    def _send_code(self):
        """Send a code for this link to the confirmed address; False: no more of them.

        The code serves this link alone: it does not say who asks for a request.
        """
        self.ensure_one()
        checks_sudo = self.env["rgpd.request.check"].sudo()  # sudo: as above
        if checks_sudo.search_count([("delivery_id", "=", self.id)]) >= MAX_CODES:
            self._tell_used_up()
            return False
        code = proof.make_code()
        address = self.letter_id._get_copy_address()
        checks_sudo._open(self.request_id, code, address, delivery=self)
        self._mail("rgpd_request_copy_code_mail", rgpd_code=code)
        return True

    def _tell_used_up(self):
        """Ask the officer, once, to call the person: this link lets them in no more."""
        if self.is_used_up:
            return
        self.is_used_up = True
        request_sudo = self.request_id
        officer = request_sudo.officer_id or self.user_id
        request_sudo.with_context(lang=officer.lang).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=request_sudo.with_context(lang=officer.lang).env._(
                "%(name)s: every code of the link to the copy was used up. Ask the "
                "person what happened before you send a new link.",
                name=request_sudo.name,
            ),
            user_id=officer.id,
        )
        request_sudo._journal("copy_codes_used_up", right=self.right)

    def _try_code(self, typed):
        """Compare what was typed with the code of this link; it counts as one try."""
        self.ensure_one()
        check_sudo = self.env["rgpd.request.check"]._of_delivery(self)
        return bool(check_sudo) and check_sudo._try_code(typed)

    def _fetch(self):
        """Use the link up and make the sealed archive.

        :rtype: tuple
        :return: stream and size; None when another click was faster
        :raise UserError: the archive is too big
        """
        self.ensure_one()
        self.flush_recordset()
        taken = self.env.execute_query(
            SQL(
                """
                UPDATE rgpd_request_delivery
                   SET date_used = %(now)s, link_digest = NULL
                 WHERE id = %(id)s AND date_used IS NULL AND link_digest IS NOT NULL
                   AND date_expires > %(now)s
             RETURNING id
                """,
                now=fields.Datetime.now(),
                id=self.id,
            )
        )
        self.invalidate_recordset(["date_used", "link_digest"])
        return self._produce_sealed(self._get_password()) if taken else None

    # === MAILS === #

    def _mail(self, template, **context):
        """Send one mail to the confirmed address; it is in no discussion.

        What is in it is secret: it is gone from the queue once it is sent.
        """
        self.ensure_one()
        names = ("body_html", "email_from", "reply_to", "subject")
        rendered = (
            self.env.ref(f"rgpd_fichier_client.{template}")
            .sudo()  # sudo: mail.template - the words of the company
            .with_context(lang=self.letter_id.lang, **context)
            ._generate_template(self.request_id.ids, names)[self.request_id.id]
        )
        # sudo: mail.mail - neither officers nor persons have rights on the queue
        self.env["mail.mail"].sudo().create(
            {
                **{name: rendered[name] for name in names if rendered.get(name)},
                "email_to": self.letter_id._get_copy_address(),
                "auto_delete": True,
            }
        )
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", False)
        if cron:
            cron.sudo()._trigger()  # sudo: ir.cron - so that it comes soon
