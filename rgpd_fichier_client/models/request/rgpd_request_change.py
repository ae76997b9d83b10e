from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

# Types a person can correct in words; links and files are corrected on the record.
TYPES = ("char", "text", "html", "date", "selection", "many2one", "boolean")


class RgpdRequestChange(models.Model):
    """One datum to correct: what it was, what it becomes (Art. 16).

    Applied through the ORM with the rights of the officer, so that every rule of the
    model counts; the copy sent to the person hides sensitive values.
    """

    _name = "rgpd.request.change"
    _description = "Correction of a Datum"
    _order = "request_id, id"
    _rec_name = "field_id"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    allowed_field_ids = fields.Many2many(
        "rgpd.data.field", compute="_compute_allowed_field_ids"
    )
    field_id = fields.Many2one(
        "rgpd.data.field",
        string="Data",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', allowed_field_ids)]",
    )
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    before = fields.Char(compute="_compute_before", store=True, readonly=True)
    after = fields.Char(
        string="Correct value", help="As the person gives it; empty to clear it."
    )
    is_sensitive = fields.Boolean(
        string="Sensitive",
        compute="_compute_is_sensitive",
        store=True,
        readonly=False,
        help="The letter names the datum and does not repeat its values.",
    )
    date_applied = fields.Datetime(string="Applied on", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("request_id.partner_id", "request_id.subject_id")
    def _compute_allowed_field_ids(self):
        for change in self:
            person = change.request_id._get_person()
            mapped = self.env["rgpd.data.field"].search(
                [
                    ("model", "=", person._name or "res.partner"),
                    ("effective_status", "=", "classified"),
                ]
            )
            change.allowed_field_ids = mapped.filtered(
                lambda row, person=person: self._is_correctable(person, row.name)
            )

    def _is_correctable(self, person, name):
        """Tell whether a person can correct this field in words."""
        field = person._fields.get(name)
        return field is not None and field.type in TYPES and not field.readonly

    @api.depends("field_id")
    @api.depends_context("lang")
    def _compute_field_label(self):
        for change in self:
            model = self.env.get(change.field_id.model)
            field = model is not None and model._fields.get(change.field_id.name)
            change.field_label = field and field._description_string(self.env)

    @api.depends("field_id", "request_id.partner_id")
    def _compute_before(self):
        for change in self:
            if not change.date_applied:
                change.before = change._read_value()

    @api.depends("field_id")
    def _compute_is_sensitive(self):
        for change in self:
            change.is_sensitive = change.field_id.is_sensitive

    # === CRUD METHODS === #

    def write(self, vals):
        if any(change.date_applied for change in self) and not self.env.su:
            raise UserError(self.env._("This correction was applied: it is evidence."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(change.date_applied for change in self):
            raise UserError(self.env._("This correction was applied: it is evidence."))

    # === BUSINESS METHODS === #

    def _apply(self):
        """Write the corrections on the record of the person, with the user's rights.

        Nothing of the values goes into the journal: the names of the fields do.

        :raise AccessError: the officer may not change the record
        :raise UserError: a value does not fit its field
        """
        for request, changes in self.grouped("request_id").items():
            todo = changes.filtered(lambda change: not change.date_applied)
            person = request._get_person().with_env(self.env)
            if not todo:
                continue
            if not person:
                raise UserError(self.env._("Say first who is meant."))
            values = {}
            for change in todo:
                # What the record holds now is what the person is told
                before = change._read_value()
                values[change.field_id.name] = change._parse_value()
                change.sudo().before = before  # sudo: a field nobody writes
            person.with_context(rgpd_rights=request.id).write(values)
            # sudo: as above
            todo.sudo().write({"date_applied": fields.Datetime.now()})
            request._journal("rectified", fields=sorted(values))

    def _read_value(self):
        """Return what the record holds now, as people read it."""
        self.ensure_one()
        # sudo: anchors - the officer corrects what the person showed
        field_name = self.field_id.name
        person = self.request_id.sudo()._get_person()
        if not person or not field_name or field_name not in person._fields:
            return False
        value, field = person[field_name], person._fields[field_name]
        if field.type == "many2one":
            return value.display_name or False
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, False)
        if field.type == "html":
            return html2plaintext(value or "") or False
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return fields.Date.to_string(value) if field.type == "date" else value

    def _parse_value(self):
        """Return the correct value as the field takes it.

        :raise UserError: it does not fit
        """
        self.ensure_one()
        field = self.env[self.field_id.model]._fields[self.field_id.name]
        value = (self.after or "").strip()
        if not value:
            return False
        try:
            return self._convert(field, value)
        except (ValueError, KeyError) as error:
            raise UserError(
                self.env._(
                    "“%(field)s” cannot take this value.", field=self.field_label
                )
            ) from error

    def _convert(self, field, value):
        if field.type == "date":
            return fields.Date.to_date(value)
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            by_label = {label.casefold(): key for key, label in labels.items()}
            return value if value in labels else by_label[value.casefold()]
        if field.type == "boolean":
            yes = self.env._("Yes").casefold()
            return value.casefold() in (yes, "yes", "1", "true", "oui")
        if field.type == "many2one":
            found = self.env[field.comodel_name].name_search(value, operator="=")
            if len(found) != 1:
                raise ValueError(value)
            return found[0][0]
        return value
