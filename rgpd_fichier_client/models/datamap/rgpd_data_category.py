from odoo import fields, models


class RgpdDataCategory(models.Model):
    """A kind of personal data, the unit of retention.

    A datum is kept while a live reason covers its category; the register says
    which categories a purpose uses (Art. 30.1 c).
    """

    _name = "rgpd.data.category"
    _description = "Category of Personal Data"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    is_identifying = fields.Boolean(
        string="Identifies the person",
        help="With this datum somebody can tell who the person is.",
    )
    is_sensitive = fields.Boolean(
        string="Special category",
        help="Health, opinions, origin, biometrics… (Art. 9) or offences (Art. 10): "
        "their use is forbidden unless a specific exception applies.",
    )
    field_count = fields.Integer(compute="_compute_field_count", string="Fields")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "A category of personal data has its own code."
    )

    def _compute_field_count(self):
        counts = dict(
            self.env["rgpd.data.field"]._read_group(
                [("effective_category_id", "in", self.ids)],
                ["effective_category_id"],
                ["__count"],
            )
        )
        for category in self:
            category.field_count = counts.get(category, 0)

    def action_open_fields(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_data_field_action"
        )
        action["domain"] = [("effective_category_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
