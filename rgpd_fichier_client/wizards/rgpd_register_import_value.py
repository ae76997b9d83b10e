from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.register.rgpd_register_importer import KINDS


class RgpdRegisterImportValue(models.TransientModel):
    """A value of the file that belongs to one of our lists, and which one it is."""

    _name = "rgpd.register.import.value"
    _description = "Value of an Import"
    _order = "decision, kind, name, id"

    wizard_id = fields.Many2one(
        "rgpd.register.import", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(readonly=True)
    kind = fields.Selection(
        [
            ("person", "Category of persons"),
            ("data", "Category of data"),
            ("recipient", "Recipient"),
            ("measure", "Security measure"),
            ("processor", "Processor"),
            ("partner", "Other controller"),
        ],
        readonly=True,
    )
    name = fields.Char(string="In the file", readonly=True)
    item = fields.Json(readonly=True)
    use_count = fields.Integer(string="Uses", readonly=True)
    res_model = fields.Char(compute="_compute_res_model")
    res_id = fields.Many2oneReference(string="In our list", model_field="res_model")
    decision = fields.Selection(
        [
            ("create", "Add to our list"),
            ("link", "Use ours"),
            ("skip", "Leave out"),
        ],
        required=True,
        compute="_compute_decision",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("kind")
    def _compute_res_model(self):
        for value in self:
            value.res_model = KINDS.get(value.kind)

    @api.depends("res_id")
    def _compute_decision(self):
        for value in self:
            if value.res_id:
                value.decision = "link"
            elif not value.decision or value.decision == "link":
                value.decision = "skip" if value.kind == "data" else "create"

    def _resolve(self, lines):
        """Return ``{key: record}``, after adding to the lists what is to be added.

        Only what the imported sheets use is added.

        :raise UserError: a category of data to add: they come from the data map
        """
        importer = self.env["rgpd.register.importer"]
        used = {
            importer._get_item_key(kind, item)
            for line in lines
            for kind, item in importer._list_items(line.content)
        }
        items = {}
        for value in self.filtered(lambda v: v.key in used and v.decision != "skip"):
            items[value.key] = value._get_record()
        return items

    def _get_record(self):
        company = self.wizard_id.company_id
        if self.decision == "create":
            if self.kind == "data":
                raise UserError(
                    self.env._(
                        "Categories of data come from the data map: choose one of ours "
                        "for %(name)s, or leave it out.",
                        name=self.name,
                    )
                )
            importer = self.env["rgpd.register.importer"].with_company(company)
            return importer._create_item(self.kind, self.item, company)
        record = self.env[KINDS[self.kind]].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("Choose which of ours is %(name)s.", name=self.name)
            )
        record.check_access("read")
        return record
