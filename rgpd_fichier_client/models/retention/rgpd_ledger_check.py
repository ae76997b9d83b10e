from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, split_every

from odoo.addons.base.models.res_users import check_identity

PERSONS_PER_BATCH = 100


class RgpdLedgerCheck(models.Model):
    """Persons a restored backup brought back although they had been erased.

    The ledger outside the database names them (invariant 7). The DPO sees who is
    concerned and confirms; then they are erased again. Until then nobody contacts them.
    """

    _name = "rgpd.ledger.check"
    _description = "Restored Backup"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "date_found"

    date_found = fields.Datetime(
        string="Noticed on", default=fields.Datetime.now, readonly=True
    )
    state = fields.Selection(
        [
            ("found", "To confirm"),
            ("confirmed", "Confirmed"),
            ("done", "Erased again"),
        ],
        default="found",
        required=True,
        readonly=True,
    )
    is_copy = fields.Boolean(
        string="Copy of the database",
        readonly=True,
        help="A test copy, or a neutralised database: the list only proposes.",
    )
    line_ids = fields.One2many("rgpd.ledger.check.line", "check_id", readonly=True)
    line_count = fields.Integer(string="Persons", compute="_compute_counts")
    left_count = fields.Integer(string="Left", compute="_compute_counts")
    confirmed_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    date_confirmed = fields.Datetime(string="Confirmed on", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for check in self:
            check.line_count = len(check.line_ids)
            check.left_count = len(
                check.line_ids.filtered(lambda line: line.state != "done")
            )

    @api.depends("date_found")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "Backup noticed on %(date)s",
                date=format_datetime(self.env, check.date_found, dt_format="short"),
            )

    # === ACTION METHODS === #

    def action_replay(self):
        """Confirm, after one's identity was checked.

        :raise AccessError: for anybody but a DPO
        """
        self._check_dpo()
        return self.action_replay_checked()

    @check_identity
    def action_replay_checked(self):
        """Have the persons of the list erased again."""
        return self._confirm()

    # === BUSINESS METHODS === #

    def _confirm(self):
        """Note the decision; the job erases, batch by batch."""
        self.ensure_one()
        self._check_dpo()
        if self.state != "found":
            raise UserError(self.env._("This was confirmed already."))
        # sudo: rgpd.ledger.check - readonly for all, written by this decision alone
        self.sudo().write(
            {
                "state": "confirmed",
                "confirmed_by": self.env.uid,
                "date_confirmed": fields.Datetime.now(),
            }
        )
        self.env["rgpd.journal"]._record(
            "ledger.confirmed", None, {"check": self.id, "persons": self.line_count}
        )
        cron = self.env.ref("rgpd_fichier_client.rgpd_erasure_replay_cron")
        # sudo: ir.cron - the DPO starts the job that does what was confirmed
        cron.sudo()._trigger()
        return True

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO may erase a person."))

    @api.model
    def _compare(self):
        """Compare the database with the ledger; list who came back.

        :return: the check, an empty record when nobody did
        """
        outbox = self.env["rgpd.erasure.outbox"]
        # sudo: rgpd.subject - who came just before the backup has no row yet
        self.env["rgpd.subject"].sudo()._refresh()
        # sudo: rgpd.ledger.check - made by the engine alone
        checks = self.sudo()
        missing = outbox._get_missing()
        open_check = checks.search([("state", "!=", "done")], limit=1)
        known = open_check.line_ids._get_persons()
        values = [
            {"subject_id": subject.id, "date_erased": moments[subject.res_id]}
            for model, moments in missing.items()
            for subject in self.env["rgpd.subject"]._of(
                self.env[model].browse(list(moments))
            )
            if subject not in known
        ]
        values += self._prepare_documents(open_check)
        if not values:
            return open_check
        if not open_check or open_check.state == "confirmed":
            open_check = checks.create({"is_copy": outbox._is_copy()})
            if not open_check.is_copy:
                open_check._warn_dpo()
        open_check.line_ids = [fields.Command.create(vals) for vals in values]
        self.env["rgpd.journal"]._record(
            "ledger.restored",
            None,
            {"check": open_check.id, "persons": len(values)},
        )
        return open_check

    def _warn_dpo(self):
        group = self.env.ref("rgpd_fichier_client.group_rgpd_dpo")
        for user in group.all_user_ids.filtered(lambda u: u.active and not u.share):
            check = self.with_context(lang=user.lang)
            check.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=check.env._("A backup brought erased persons back"),
                note=check.env._(
                    "The ledger of erasures names persons who are in the database "
                    "again. Nobody contacts them meanwhile. Look at the list and "
                    "confirm: they are erased again."
                ),
                user_id=user.id,
            )

    def _replay(self):
        """Erase again whom the DPO confirmed; commits after each batch."""
        cron = self.env["ir.cron"]
        lines = self.line_ids.filtered(lambda line: line.state == "found")
        cron._commit_progress(remaining=len(lines))
        for ids in split_every(PERSONS_PER_BATCH, lines.ids, list):
            lines.browse(ids)._replay()
            if not cron._commit_progress(len(ids)):
                return
        self.write({"state": "done"})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        cron._commit_progress(0)


class RgpdErasureOutbox(models.Model):
    _inherit = "rgpd.erasure.outbox"

    @api.model
    def _cron_replay(self):
        """Compare the database with the ledger, erase again who was confirmed; commits.

        Nobody is erased without confirmation: a restored backup may be a test.
        """
        # sudo: rgpd.ledger.check - made by the engine alone
        checks = self.env["rgpd.ledger.check"].sudo()
        confirmed = checks.search([("state", "=", "confirmed")])
        confirmed._replay()
        if not confirmed:
            checks._compare()
            if not self._is_copy():
                self._save_position()
            self.env["ir.cron"]._commit_progress(0)
