from odoo import api, fields, models

from ...core.datamap import schema

STRATEGIES = [
    ("keep", "Keep"),
    ("empty", "Empty"),
    ("pseudonym", "Replace with a random pseudonym"),
    ("label", "Replace with a neutral label"),
    ("redact", "Remove the identifiers of the person from the text"),
    ("generalise_date", "Keep the year only"),
    ("generalise_zip", "Keep the department only"),
    ("delete_file", "Delete the file"),
    ("random_unique", "Replace with a random unique value"),
]


class RgpdDataField(models.Model):
    """What the company knows of one stored field: is it personal data, of which
    category, how strongly does it identify, how is it masked.

    Rows are found in the live registry and completed by the classification shipped
    with this add-on; what the company decides sits in fields of its own, so that an
    update of the add-on leaves it alone.
    """

    _name = "rgpd.data.field"
    _inherit = ["rgpd.data.shipped"]
    _description = "Field in the Data Map"
    _order = "model, name"
    _rec_name = "name"
    _shipped_key = ("model", "name")

    model = fields.Char(required=True, index=True, readonly=True)
    model_label = fields.Char(compute="_compute_labels", string="Model name")
    name = fields.Char(string="Field", required=True, readonly=True)
    label = fields.Char(compute="_compute_labels", string="Field name")
    ttype = fields.Char(string="Type", readonly=True)
    relation = fields.Char(readonly=True)
    module = fields.Char(readonly=True, help="Add-on that brings the field.")
    origin = fields.Selection(
        [("shipped", "Shipped"), ("rule", "Rule by name or type")],
        default="shipped",
        required=True,
        readonly=True,
    )
    is_present = fields.Boolean(
        readonly=True, help="The field exists in this database."
    )
    is_stored = fields.Boolean(readonly=True, default=True)
    translate = fields.Boolean(string="Translated", readonly=True)
    company_dependent = fields.Boolean(string="One value per company", readonly=True)
    is_property = fields.Boolean(string="Properties", readonly=True)
    is_optional = fields.Boolean(
        string="Optional",
        readonly=True,
        help="Somebody may leave it empty: neither required, computed nor given a "
        "value by default.",
    )

    # Classification as shipped or guessed
    category_id = fields.Many2one(
        "rgpd.data.category", string="Shipped category", readonly=True, index=True
    )
    status = fields.Selection(
        [
            ("classified", "Personal data"),
            ("not_personal", "Not personal"),
            ("unclassified", "To classify"),
        ],
        string="Shipped status",
        default="unclassified",
        required=True,
        readonly=True,
    )
    reason_not_personal = fields.Selection(
        [
            ("audit", "Technical column of Odoo"),
            ("reference", "Choice in a list that describes no person"),
            ("amount", "Number or amount"),
            ("state", "State or option of the document"),
            ("date", "Date of the document"),
            ("configuration", "Setting of the application"),
            ("computed", "Computed from data classified elsewhere"),
            ("staff", "About the staff that handles the record"),
            ("technical", "Technical value of Odoo"),
            ("other", "Other"),
        ],
        readonly=True,
    )
    strength = fields.Selection(
        [("strong", "Strong"), ("weak", "Weak"), ("none", "None")],
        string="Identifier",
        default="none",
        required=True,
        readonly=True,
        help="Strong: this value alone tells who the person is (e-mail, phone, IBAN). "
        "Weak: a name, which several people may share.",
    )
    is_identifier = fields.Boolean(compute="_compute_is_identifier", store=True)
    strategy = fields.Selection(
        STRATEGIES,
        string="Shipped masking",
        default="keep",
        required=True,
        readonly=True,
    )
    provided_by_person = fields.Boolean(
        readonly=True,
        help="Given by the person: it is part of a portability answer (Art. 20).",
    )

    # Decisions of the company: an update of the add-on does not touch them
    category_override_id = fields.Many2one(
        "rgpd.data.category", string="Category decided here"
    )
    status_override = fields.Selection(
        [("classified", "Personal data"), ("not_personal", "Not personal")],
        string="Status decided here",
    )
    strategy_override = fields.Selection(STRATEGIES, string="Masking decided here")
    note = fields.Text(help="Why the company decided otherwise than the shipped map.")

    # What counts
    effective_category_id = fields.Many2one(
        "rgpd.data.category",
        string="Category",
        compute="_compute_effective",
        store=True,
        index=True,
    )
    effective_status = fields.Selection(
        selection=[
            ("classified", "Personal data"),
            ("not_personal", "Not personal"),
            ("unclassified", "To classify"),
        ],
        string="Status",
        compute="_compute_effective",
        store=True,
    )
    effective_strategy = fields.Selection(
        STRATEGIES, string="Masking", compute="_compute_effective", store=True
    )

    _model_name_unique = models.Constraint(
        "UNIQUE(model, name)", "A field has one row in the data map."
    )

    # === COMPUTE METHODS === #

    @api.depends("strength")
    def _compute_is_identifier(self):
        for field in self:
            field.is_identifier = field.strength != "none"

    @api.depends(
        "category_id",
        "category_override_id",
        "status",
        "status_override",
        "strategy",
        "strategy_override",
    )
    def _compute_effective(self):
        for field in self:
            status = field.status_override or field.status
            personal = status != "not_personal"
            category = field.category_override_id or field.category_id
            field.effective_status = status
            field.effective_category_id = category if personal else False
            field.effective_strategy = (
                (field.strategy_override or field.strategy) if personal else "keep"
            )

    @api.depends("model", "name")
    @api.depends_context("lang")
    def _compute_labels(self):
        for field in self:
            model = self.env.get(field.model)
            known = model is not None and field.name in model._fields
            field.model_label = (
                self.env["rgpd.data.map"]._get_model_label(field.model)
                if model is not None
                else False
            )
            field.label = (
                model._fields[field.name]._description_string(self.env)
                if known
                else False
            )

    @api.depends("model", "name")
    def _compute_display_name(self):
        for field in self:
            field.display_name = f"{field.model}.{field.name}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        fields_created = super().create(vals_list)
        self.env.registry.clear_cache()
        return fields_created

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
            schema.Field(
                model=field.model,
                name=field.name,
                ttype=field.ttype or "",
                status=field.effective_status,
                category=field.effective_category_id.code or "",
                is_identifying=field.effective_category_id.is_identifying,
                is_sensitive=field.effective_category_id.is_sensitive,
                strength=field.strength,
                strategy=field.effective_strategy,
                provided_by_person=field.provided_by_person,
                translate=field.translate,
                company_dependent=field.company_dependent,
            )
            for field in self
        ]
