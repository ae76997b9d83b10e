from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ..core.datamap import bundle_mask
from ..models.request.rgpd_request_copy_line import GROUNDS

MAX_SHOWN = 80
LONGEST_TITLE = 120
MAX_FILES = 10


class RgpdWithholdWizard(models.TransientModel):
    """Withhold a whole record from a copy: an order, a message, a file (Art. 15.4)."""

    _name = "rgpd.withhold.wizard"
    _description = "Withhold a Whole Record"

    copy_id = fields.Many2one(
        "rgpd.request.copy", required=True, readonly=True, ondelete="cascade"
    )
    # What the copy would hold when the wizard was opened, without the own record: asked
    # once. It only helps to choose, the decision looks again
    found = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    kind_ids = fields.One2many("rgpd.withhold.wizard.kind", "wizard_id", readonly=True)
    kind_id = fields.Many2one(
        "rgpd.withhold.wizard.kind",
        string="Kind of record",
        domain="[('wizard_id', '=', id)]",
    )
    text = fields.Char(string="Search", help="Number, name, or words of a message.")
    line_ids = fields.One2many("rgpd.withhold.wizard.line", "wizard_id")
    parts_text = fields.Char(string="With it stay out", compute="_compute_parts_text")
    files_text = fields.Char(string="Files among it", compute="_compute_parts_text")
    invoices_text = fields.Char(
        string="Invoices of the orders", compute="_compute_invoices_text"
    )
    ground = fields.Selection(
        GROUNDS,
        help="The letter and the copy tell the person that something is withheld, and "
        "why.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.is_chosen")
    def _compute_parts_text(self):
        for wizard in self:
            chosen = wizard._get_places()
            found = wizard._get_found() if chosen else {}
            parts = {
                model: {
                    res_id
                    for res_id in ids.intersection(found.get(model, ()))
                    if (model, res_id) not in chosen
                }
                for model, ids in wizard._find_parts(chosen).items()
            }
            labels = wizard._get_labels(model for model, ids in parts.items() if ids)
            wizard.parts_text = ", ".join(
                f"{label} ({len(parts[model])})" for model, label in labels.items()
            )
            wizard.files_text = wizard._name_files(parts.get("ir.attachment", ()))

    @api.depends("line_ids.is_chosen")
    def _compute_invoices_text(self):
        """Name the invoices of withheld orders: they repeat the lines and amounts."""
        for wizard in self:
            chosen = wizard._get_places()
            orders = [res_id for model, res_id in chosen if model == "sale.order"]
            known = set(wizard._get_found().get("account.move", ())) if orders else ()
            # sudo: the officer sees what the copy would hold, whatever their own rights
            invoices = self.env["sale.order"].sudo().browse(orders).exists().invoice_ids
            names = [
                invoice.display_name
                for invoice in invoices
                if invoice.id in known and (invoice._name, invoice.id) not in chosen
            ]
            text = self.env._(
                "Made from what you chose, with the same lines and amounts: %(names)s. "
                "Withhold that as well?",
                names=", ".join(names),
            )
            wizard.invoices_text = text if names else False

    @api.onchange("kind_id", "text")
    def _onchange_search(self):
        chosen = [
            Command.create(line._copy_values())
            for line in self.line_ids
            if line.is_chosen
        ]
        known = self._get_places()
        found = [
            Command.create(values)
            for values in self._search_records()
            if (values["model"], values["res_id"]) not in known
        ]
        self.line_ids = [Command.clear(), *chosen, *found]

    # === ACTION METHODS === #

    def action_withhold(self):
        """Keep the chosen records out of the copy."""
        self.ensure_one()
        self.copy_id._withhold(sorted(self._get_places()), self.ground)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_for(self, copy):
        """Return the wizard for a copy, with the kinds of records it would hold."""
        own = copy._get_own_records()
        found = {
            model: left
            for model, ids in copy._find_records().items()
            if (left := [res_id for res_id in ids if (model, res_id) not in own])
        }
        labels = self._get_labels(found)
        wizard = self.create(
            {
                "copy_id": copy.id,
                "kind_ids": [
                    Command.create(
                        {"model": model, "name": f"{labels[model]} ({len(ids)})"}
                    )
                    for model, ids in found.items()
                ],
            }
        )
        wizard.sudo().found = found  # sudo: no browser reads or writes it
        wizard.kind_id = wizard.kind_ids[:1]
        wizard._onchange_search()
        return wizard

    def _get_found(self):
        """Return ``{model: ids}`` of what there is to choose from."""
        # sudo: no browser reads or writes it; a form under way asks what is stored
        return self._origin.sudo().found or {}

    def _get_places(self):
        return {
            (line.model, line.res_id)
            for line in self.line_ids
            if line.is_chosen and line.model
        }

    def _find_parts(self, places):
        chosen = {}
        for model, res_id in places:
            chosen.setdefault(model, []).append(res_id)
        return self.env["rgpd.person.finder"]._find_parts(chosen)

    def _name_files(self, ids):
        """Return the names of files, the first ones when there are many."""
        # sudo: the officer sees what the copy would hold, whatever their own rights
        files = self.env["ir.attachment"].sudo().browse(sorted(ids)).exists()
        names = [file.name or "" for file in files[:MAX_FILES]]
        more = len(files) - len(names)
        if more > 0:
            names.append(self.env._("%(count)s more", count=more))
        return ", ".join(names)

    def _search_records(self):
        """Return the values of a line for each record that fits, the newest first."""
        if not self.kind_id:
            return []
        # sudo: the officer sees what the copy would hold, whatever their own rights
        model = self.kind_id.model
        records = self.env[model].sudo().with_context(active_test=False)
        domain = Domain("id", "in", self._get_found().get(model, []))
        found = records.search(
            domain & self._get_text_domain(records), order="id desc", limit=MAX_SHOWN
        )
        return [
            {
                "model": model,
                "res_id": record.id,
                "day": self._get_day(record),
                "title": self._get_title(record),
            }
            for record in found
        ]

    def _get_text_domain(self, records):
        text = (self.text or "").strip()
        if not text:
            return Domain.TRUE
        if records._name == "mail.message":
            return Domain("body", "ilike", text) | Domain("subject", "ilike", text)
        if records._rec_name or records._rec_names_search:
            return Domain("display_name", "ilike", text)
        return Domain.TRUE

    def _get_day(self, record):
        names = ("date_order", "invoice_date", "date", "create_date")
        values = (record[name] for name in names if name in record._fields)
        day = next((value for value in values if value), None)
        return format_date(self.env, day) if day else ""

    def _get_title(self, record):
        title = record.display_name or ""
        if record._name == "mail.message":
            title = bundle_mask.read_html(record.body) or record.subject or title
        return " ".join(title.split())[:LONGEST_TITLE]

    def _get_labels(self, models_shown):
        return self.env["rgpd.data.map"]._get_model_labels(models_shown)

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withhold a whole record"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
