from odoo import api, fields, models

from ...core.datamap import schema

ERASE_ACTIONS = [
    ("mask", "Mask its values"),
    ("redact", "Remove the identifiers from its texts"),
    ("unlink_link", "Cut the link"),
    ("delete", "Delete the record"),
    ("keep", "Keep"),
]


class RgpdDataLink(models.Model):
    """One way that leads from a model to a person.

    Links are found in the live registry; rows shipped with the add-on say what is
    particular (role, what an erasure does, which document it is).
    """

    _name = "rgpd.data.link"
    _inherit = ["rgpd.data.shipped"]
    _description = "Link in the Data Map"
    _order = "is_anchor desc, model, kind, path"
    _rec_name = "path"
    _shipped_key = ("model", "kind", "path", "target_model")

    model = fields.Char(required=True, index=True, readonly=True)
    model_label = fields.Char(compute="_compute_model_label", string="Model name")
    kind = fields.Selection(
        [
            ("anchor", "Stands for a person"),
            ("direct", "Link to the person"),
            ("m2m", "List of persons or of records of the person"),
            ("owned", "Part of a record of the person"),
            ("polymorphic", "Model and id"),
            ("reference", "Reference"),
            ("property", "Property that names a person"),
            ("email", "E-mail address only"),
            ("phone", "Phone number only"),
            ("user", "User account of the person"),
        ],
        required=True,
        readonly=True,
    )
    path = fields.Char(
        required=True,
        readonly=True,
        help="Column that leads to the person; two columns, model then id, for a "
        "polymorphic link; '<' before the field when it belongs to the target.",
    )
    target_model = fields.Char(
        required=True, readonly=True, help="Model the path leads to; * for any."
    )
    role = fields.Selection(
        [
            ("subject", "The record is about the person"),
            ("author", "The person wrote it"),
            ("third_party", "The person is mentioned or involved"),
            ("staff", "The person handles it as staff"),
        ],
        default="subject",
        required=True,
        readonly=True,
    )
    on_erase = fields.Selection(
        ERASE_ACTIONS,
        string="Shipped erasure",
        default="mask",
        required=True,
        readonly=True,
    )
    on_erase_override = fields.Selection(ERASE_ACTIONS, string="Erasure decided here")
    effective_on_erase = fields.Selection(
        ERASE_ACTIONS, string="On erasure", compute="_compute_effective", store=True
    )
    document_kind = fields.Char(
        readonly=True,
        help="Accounting, order, quotation…: documents with rules of their own.",
    )
    leads_on = fields.Boolean(
        readonly=True,
        help="Records found this way lead to their own lines, messages and files.",
    )
    domain = fields.Char(readonly=True, help="Only these records follow the link.")
    is_anchor = fields.Boolean(compute="_compute_is_anchor", store=True)
    origin = fields.Selection(
        [("shipped", "Shipped"), ("rule", "Found in the registry")],
        default="shipped",
        required=True,
        readonly=True,
    )
    is_present = fields.Boolean(readonly=True, help="It exists in this database.")
    active = fields.Boolean(default=True)

    _path_unique = models.Constraint(
        "UNIQUE(model, kind, path, target_model)",
        "A link has one row in the data map.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_is_anchor(self):
        for link in self:
            link.is_anchor = link.kind == "anchor"

    @api.depends("on_erase", "on_erase_override")
    def _compute_effective(self):
        for link in self:
            link.effective_on_erase = link.on_erase_override or link.on_erase

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for link in self:
            link.model_label = self.env["rgpd.data.map"]._get_model_label(link.model)

    @api.depends("model", "path")
    def _compute_display_name(self):
        for link in self:
            link.display_name = f"{link.model}: {link.path}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        self.env.registry.clear_cache()
        return links

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    def _to_values(self):
        """Return the rows as plain values of the pure core."""
        return [
            schema.Link(
                id=link.id,
                model=link.model,
                kind=link.kind,
                path=link.path,
                target=link.target_model,
                role=link.role,
                on_erase=link.effective_on_erase,
                document_kind=link.document_kind or "",
                leads_on=link.leads_on,
                domain=link.domain or "",
                by_rule=link.origin == "rule" and not link.on_erase_override,
                is_shipped=link.origin == "shipped",
            )
            for link in self
        ]
