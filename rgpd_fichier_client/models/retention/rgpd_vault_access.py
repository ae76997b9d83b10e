from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

MINUTES_OPEN = 15
# Cannot come through RPC: only an opening writes the log.
WRITE_SENTINEL = object()


class RgpdVaultAccess(models.Model):
    """One opening of the archive: who, when, why, until when. Insert only.

    The content is never stored in clear: it is decrypted for the one who opened it,
    while the time runs.
    """

    _name = "rgpd.vault.access"
    _description = "Opening of the Archive"
    _order = "id desc"
    _rec_name = "opened_on"
    # No foreign key from evidence to users: deleting a user must still work.
    _log_access = False

    vault_id = fields.Many2one(
        "rgpd.vault", readonly=True, index="btree_not_null", ondelete="set null"
    )
    subject_uid = fields.Char(
        string="Person (random number)", required=True, readonly=True, index=True
    )
    person_name = fields.Char(string="Person", compute="_compute_person_name")
    company_id = fields.Many2one("res.company", string="Controller", readonly=True)
    actor = fields.Integer(string="User number", required=True, readonly=True)
    actor_name = fields.Char(string="Opened by", compute="_compute_actor_name")
    motive_kind = fields.Selection(
        [
            ("request", "Request of the person (Art. 15 to 22)"),
            ("dispute", "Dispute or claim"),
            ("inspection", "Inspection, tax or accounting audit"),
            ("guarantee", "Guarantee or product recall"),
            ("other", "Other"),
        ],
        string="Motive",
        required=True,
        readonly=True,
    )
    motive = fields.Char(
        string="Details",
        required=True,
        readonly=True,
        help="Why the archive had to be opened, without any name: number of the file, "
        "of the request.",
    )
    opened_on = fields.Datetime(required=True, readonly=True)
    expires_on = fields.Datetime(string="Readable until", required=True, readonly=True)
    is_open = fields.Boolean(compute="_compute_is_open")
    content = fields.Html(
        string="What the archive holds",
        compute="_compute_content",
        sanitize=False,
        groups="rgpd_fichier_client.group_rgpd_archive",
    )

    # === COMPUTE METHODS === #

    @api.depends("expires_on")
    @api.depends_context("uid")
    def _compute_is_open(self):
        now = fields.Datetime.now()
        for access in self:
            access.is_open = (
                access.actor == self.env.uid
                and bool(access.vault_id)
                and access.expires_on > now
            )

    @api.depends_context("uid")
    def _compute_person_name(self):
        # sudo: rgpd.subject - its label looks at the rights of the user
        subjects = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        found = subjects.search([("uid", "in", self.mapped("subject_uid"))])
        names = {subject.uid: subject.display_name for subject in found}
        for access in self:
            access.person_name = names.get(access.subject_uid, access.subject_uid[:8])

    def _compute_actor_name(self):
        # sudo: res.users - the name of a colleague, for who reads the log
        users = self.env["res.users"].sudo().with_context(active_test=False)
        found = users.browse(set(self.mapped("actor"))).exists()
        names = {user.id: user.name for user in found}
        for access in self:
            access.actor_name = names.get(access.actor) or self.env._(
                "User %(number)s", number=access.actor
            )

    @api.depends("opened_on")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for access in self:
            access.display_name = self.env._(
                "Opening of %(date)s",
                date=format_datetime(self.env, access.opened_on, dt_format="short"),
            )

    @api.depends_context("uid", "lang")
    def _compute_content(self):
        for access in self:
            access.content = access._render_content() if access.is_open else False

    def _render_content(self):
        """Decrypt for the one who opened it, while the time runs."""
        return self.env["ir.qweb"]._render(
            "rgpd_fichier_client.rgpd_vault_content",
            {"sections": self._get_sections()},
        )

    def _get_sections(self):
        """Return ``[(category name, [(where, what, value)])]`` of the archive."""
        # sudo: rgpd.data.category - labels of a closed list, no personal data
        categories = self.env["rgpd.data.category"].sudo().search([])  # pylint: disable=no-search-all
        names = {category.code: category.name for category in categories}
        # sudo: rgpd.vault - the opening was checked and logged
        parts = self.vault_id.sudo()._unseal()
        return [
            (names.get(code, code), self._get_lines(content))
            for code, content in sorted(parts.items())
        ]

    def _get_lines(self, content):
        lines = []
        for model, columns in sorted(content.items()):
            known = self.env.get(model)
            if known is None:
                continue
            for column, rows in sorted(columns.items()):
                field = known._fields.get(column)
                label = field._description_string(self.env) if field else column
                for _row_id, before, _after in rows:
                    value = self._get_readable(field, before)
                    lines.append((known._description, label, value))
        return lines

    def _get_readable(self, field, text):
        """Return a value as a person reads it."""
        if field is not None and field.type == "html":
            return fields.Html().convert_to_cache(text, self) or ""
        if field is not None and field.type == "binary":
            return self.env._("(image or file)")
        return text

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_sentinel()
        return super().create(vals_list)

    def write(self, vals):
        self._check_sentinel()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(
            self.env._("The log of openings of the archive cannot be deleted.")
        )

    def _check_sentinel(self):
        if self.env.context.get("rgpd_vault_access") is not WRITE_SENTINEL:
            raise UserError(
                self.env._("The log of openings is written by the openings only.")
            )

    # === ACTION METHODS === #

    def action_restore(self):
        """Take the person out of the archive: they are in contact again."""
        return self.vault_id.action_restore()

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, vault, motive_kind, motive):
        """Write an opening in the log and in the journal; checked by the caller."""
        now = fields.Datetime.now()
        # sudo: rgpd.vault.access - nobody has the right to write the log
        log = self.sudo().with_context(rgpd_vault_access=WRITE_SENTINEL)
        access = log.create(
            {
                "vault_id": vault.id,
                "subject_uid": vault.subject_id.sudo().uid,
                "company_id": vault.company_id.id,
                "actor": self.env.uid,
                "motive_kind": motive_kind,
                "motive": motive,
                "opened_on": now,
                "expires_on": fields.Datetime.add(now, minutes=MINUTES_OPEN),
            }
        )
        self.env["rgpd.journal"]._record_many(
            "vault.opened",
            [
                (
                    vault.subject_id.sudo().uid,
                    {"vault": vault.id, "access": access.id, "motive": motive_kind},
                )
            ],
            vault.company_id or None,
        )
        return self.browse(access.id)
