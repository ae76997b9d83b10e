from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class RgpdRegisterImportLine(models.TransientModel):
    """One sheet of the file, and what will become of it."""

    _name = "rgpd.register.import.line"
    _description = "Sheet of an Import"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "rgpd.register.import", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    place = fields.Char(string="Place in the file", readonly=True)
    content = fields.Json(readonly=True)
    is_repeated = fields.Boolean(readonly=True)
    match = fields.Selection(
        [("reference", "Same reference"), ("name", "Same name")],
        string="Found by",
        readonly=True,
    )
    processing_id = fields.Many2one("rgpd.processing", string="Sheet here")
    decision = fields.Selection(
        [
            ("create", "Create a sheet"),
            ("update", "Complete the sheet here"),
            ("skip", "Leave out"),
        ],
        required=True,
        default="create",
        help="Completing a sheet adds and corrects; it removes nothing.",
    )
    note = fields.Text(string="What it does", compute="_compute_note")

    @api.depends("content", "decision", "processing_id", "is_repeated")
    @api.depends_context("lang")
    def _compute_note(self):
        for line in self:
            line.note = "\n".join(filter(None, line._get_notes()))

    def _get_notes(self):
        """Return what the user should know before deciding."""
        notes = [self._get_size()]
        if self.is_repeated:
            notes.append(self.env._("This sheet is in the file twice."))
        if self.decision == "update" and self.processing_id:
            notes.append(self._get_change())
        if self.decision == "create":
            notes += self._get_creation_notes()
        elif self.processing_id and not self.processing_id._filtered_access("write"):
            notes.append(
                self.env._(
                    "Validated: the DPO imports into it, or it is reviewed first."
                )
            )
        return notes

    def _get_size(self):
        content = self.content or {}
        return self.env._(
            "Purposes: %(purposes)s, recipients: %(recipients)s, transfers: "
            "%(transfers)s, measures: %(measures)s",
            **{
                key: len(content.get(key, ()))
                for key in ("purposes", "recipients", "transfers", "measures")
            },
        )

    def _get_change(self):
        changes = self.wizard_id._get_changes(self.content, self.processing_id)
        if not changes:
            return self.env._("Nothing changes.")
        return self.env._("Changes: %(changes)s", changes=changes)

    def _get_creation_notes(self):
        notes = []
        content, company = self.content or {}, self.wizard_id.company_id
        if self.match == "reference":
            notes.append(
                self.env._("Its reference is taken: the new sheet gets another one.")
            )
        codes = [p["code"] for p in content.get("purposes", ()) if p.get("code")]
        common = self.env["rgpd.purpose"].search(
            [("code", "in", codes), ("company_id", "=", False)]
        )
        if common:
            notes.append(
                self.env._(
                    "For %(company)s, its purposes replace the common ones: %(names)s",
                    company=company.name,
                    names=", ".join(common.mapped("name")),
                )
            )
        return notes

    def _prepare_purposes(self):
        """Return the purposes whose basis the file does not say."""
        return [
            Command.create(
                {"line_id": line.id, "number": number, "name": purpose["name"]}
            )
            for line in self
            for number, purpose in enumerate(line.content["purposes"])
            if not purpose["basis"]
        ]

    def _apply(self, items):
        """Write the sheet as decided.

        :raise UserError: nothing to complete was chosen
        """
        self.ensure_one()
        if self.decision == "update" and not self.processing_id:
            raise UserError(
                self.env._("Choose the sheet that %(name)s completes.", name=self.name)
            )
        content = dict(self.content)
        content["purposes"] = [dict(purpose) for purpose in content["purposes"]]
        chosen = self.wizard_id.purpose_ids.filtered(
            lambda purpose: purpose.line_id == self and purpose.legal_basis
        )
        for purpose in chosen:
            content["purposes"][purpose.number]["basis"] = purpose.legal_basis
        company = self.wizard_id.company_id
        importer = self.env["rgpd.register.importer"].with_company(company)
        processing = self.processing_id if self.decision == "update" else None
        return importer._apply(content, items, company, processing)
