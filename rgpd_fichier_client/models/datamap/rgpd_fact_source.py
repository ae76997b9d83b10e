from odoo import api, fields, models


class RgpdFactSource(models.Model):
    """Where the company sees that something happened with a person.

    Retention counts from such facts (a contact that comes from the person, an
    order, an invoice…). Only inbound contacts postpone the end of prospecting: a
    message that the company sent, or that the person merely opened, is not one
    (law.md 2.3, 2.4). Nor is a record that staff entered, unless what it states is an
    act of the person: an order they confirmed, a return, an event they attended. Who
    made a record tells: users of the portal and the public user of the website
    (``create_uid.share``), else the e-mail or the visitor it came with. A record of
    OdooBot, or of an import, proves nothing by itself.
    """

    _name = "rgpd.fact.source"
    _description = "Source of Facts about Persons"
    _order = "kind, model, id"

    name = fields.Char(required=True, translate=True)
    model = fields.Char(required=True, index=True)
    kind = fields.Selection(
        [
            ("contact", "Contact"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("delivery", "Delivery"),
            ("invoice", "Invoice"),
            ("payment", "Payment"),
            ("login", "Login"),
            ("claim", "Claim"),
            ("click", "Click"),
        ],
        required=True,
    )
    person_path = fields.Char(
        required=True,
        help="Field, or 'model_field,id_field', that leads to the person.",
    )
    date_path = fields.Char(required=True, help="Field with the date of the fact.")
    domain = fields.Char(default="[]", help="Only these records are such a fact.")
    company_path = fields.Char(help="Field with the company concerned, if any.")
    needed_field = fields.Char(
        help="Read only where the model has this field, which another add-on brings.",
    )
    is_inbound = fields.Boolean(
        string="From the person",
        help="The person acted: it counts as a contact that comes from them.",
    )
    is_present = fields.Boolean(compute="_compute_is_present")
    is_shipped = fields.Boolean(
        string="Shipped",
        compute="_compute_is_shipped",
        help="Its definition comes with the add-on and each update renews it.",
    )
    active = fields.Boolean(default=True)

    @api.depends("model", "person_path", "date_path", "needed_field")
    def _compute_is_present(self):
        for source in self:
            model = self.env.get(source.model)
            paths = f"{source.person_path},{source.date_path}".split(",")
            paths += source.needed_field.split(",") if source.needed_field else []
            source.is_present = model is not None and all(
                path.split(".")[0] in model._fields for path in paths
            )

    def _compute_is_shipped(self):
        shipped = self.get_external_id()
        for source in self:
            source.is_shipped = bool(shipped.get(source.id))
