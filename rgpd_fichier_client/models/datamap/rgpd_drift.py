from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class RgpdDrift(models.Model):
    """What changed in the database and nobody has judged yet.

    One row per add-on with new or vanished personal fields, one per new connector.
    Found by the cron that draws the map; closed by the DPO, who accepts or replaces
    the proposed classification. Topics below add what follows from it by extending
    ``_notify_found`` and ``_notify_done``.
    """

    _name = "rgpd.drift"
    _description = "Change of the data"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, date_found desc, id desc"

    kind = fields.Selection(
        [
            ("new", "New fields"),
            ("gone", "Fields that are gone"),
            ("connector", "New connector"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    state = fields.Selection(
        [("open", "To decide"), ("done", "Decided")],
        required=True,
        default="open",
        readonly=True,
        index=True,
        tracking=True,
    )
    module = fields.Char(
        string="Technical name", readonly=True, help="Empty for custom fields."
    )
    line_ids = fields.One2many("rgpd.drift.line", "drift_id", string="Fields")
    line_count = fields.Integer(string="Number of fields", compute="_compute_counts")
    pending_count = fields.Integer(string="Left to decide", compute="_compute_counts")
    has_sensitive = fields.Boolean(
        string="Perhaps sensitive",
        compute="_compute_counts",
        help="A proposal belongs to the special categories of Art. 9.",
    )
    date_found = fields.Datetime(
        string="Found on", readonly=True, default=fields.Datetime.now
    )
    date_done = fields.Datetime(string="Decided on", readonly=True)
    user_done_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="set null"
    )
    note = fields.Text(
        string="Who receives what, and what for",
        help="For a connector: which data leave by it, to whom, for which purpose.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.decision", "line_ids.proposed_category_id")
    def _compute_counts(self):
        for drift in self:
            pending = drift.line_ids.filtered(lambda line: line.decision == "pending")
            drift.line_count = len(drift.line_ids)
            drift.pending_count = len(pending)
            drift.has_sensitive = any(
                pending.proposed_category_id.mapped("is_sensitive")
            )

    @api.depends("kind", "module", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for drift in self:
            drift.display_name = self.env._(
                "%(kind)s: %(origin)s",
                kind=kinds.get(drift.kind, ""),
                origin=drift._get_origin(),
            )

    def _get_origin(self):
        """Return where the change comes from, in words."""
        self.ensure_one()
        if self.kind == "connector":
            return self._get_connector_name()
        if not self.module:
            return self.env._("custom fields")
        # sudo: ir.module.module - the title of an add-on, in the language of the user
        modules_sudo = self.env["ir.module.module"].sudo()
        module = modules_sudo.search([("name", "=", self.module)], limit=1)
        return module.shortdesc or self.module

    # === ACTIONS === #

    def action_accept(self):
        """Accept every proposal that is left, and close."""
        self._check_dpo()
        for drift in self.filtered(lambda drift: drift.state == "open"):
            if drift.kind == "connector" and not (drift.note or "").strip():
                raise UserError(
                    self.env._(
                        "%(drift)s: say which data leave by it, to whom and what for.",
                        drift=drift.display_name,
                    )
                )
            drift.line_ids.filtered(lambda line: line.decision == "pending")._accept()
            drift._close()
        return True

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO decides what a field holds."))

    # === BUSINESS METHODS === #

    @api.model
    def _detect(self):
        """Find what is new or gone since the last time, and tell.

        Idempotent: what was told is not told again, unless it went and came back.

        :return: the rows that are new or have new lines
        """
        found = self._detect_fields() | self._detect_connectors()
        if found:
            found._notify_found()
        return found

    @api.model
    def _detect_fields(self):
        # sudo: rgpd.data.field - found whoever runs the cron
        fields_sudo = self.env["rgpd.data.field"].sudo()
        present = Domain("is_present", "=", True)
        came = fields_sudo.search(present & Domain("drift_state", "!=", "seen"))
        went = fields_sudo.search(~present & Domain("drift_state", "=", "seen"))
        drifts = self._add_lines(
            "new", came.filtered(lambda field: field._needs_look())
        )
        drifts |= self._add_lines(
            "gone",
            went.filtered(lambda field: field.effective_status != "not_personal"),
        )
        came._set_drift_state("seen", over="gone")
        went._set_drift_state("gone", over="new")
        return drifts

    @api.model
    def _add_lines(self, kind, found):
        """Add one line per field to the open row of its add-on."""
        drifts = self.browse()
        # sudo: rgpd.drift - nobody may create one by hand
        for module, module_fields in found.grouped(lambda f: f.module or "").items():
            drift = self.sudo().search(
                [
                    ("kind", "=", kind),
                    ("state", "=", "open"),
                    ("module", "=", module or False),
                ],
                limit=1,
            ) or self.sudo().create({"kind": kind, "module": module})
            self.env["rgpd.drift.line"].sudo().create(
                [drift._prepare_line(field) for field in module_fields]
            )
            drifts |= drift
        return drifts

    def _prepare_line(self, field):
        vals = {"drift_id": self.id, "field_id": field.id}
        if self.kind == "new":
            vals |= field._propose()
        return vals

    def _close(self):
        """Close the rows of which nothing is left to decide."""
        for drift in self:
            if drift.state == "open" and not drift.pending_count:
                # sudo: rgpd.drift - it closes by itself with its last line
                drift.sudo().write(
                    {
                        "state": "done",
                        "date_done": fields.Datetime.now(),
                        "user_done_id": self.env.uid,
                    }
                )
                self.env["rgpd.journal"]._record(
                    "map.drift_decided",
                    None,
                    {
                        "kind": drift.kind,
                        "module": drift.module or "",
                        "connector": drift.res_model or "",
                        "fields": len(drift.line_ids),
                    },
                    company=False,
                )
                drift._notify_done()

    # === HOOKS === #

    def _notify_found(self):
        """Tell those concerned; extended by the topics below."""

    def _notify_done(self):
        """Take back what was asked of them; extended by the topics below."""
