import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core.register.exchange import compare
from ..core.register.exchange.issue import ExchangeError, Issue


class RgpdRegisterImport(models.TransientModel):
    """Bring in the register of another tool: see first, then confirm.

    The file is read and compared with what is here; nothing of the register is written
    before the user confirms, and then all of it or nothing.
    """

    _name = "rgpd.register.import"
    _description = "Import of a Register"

    source = fields.Selection(
        [
            ("file", "A file"),
            ("oca", "What the OCA add-on “privacy” left in this database"),
        ],
        required=True,
        default="file",
    )
    has_oca = fields.Boolean(default=lambda self: self._default_has_oca())
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        string="Register of",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="The controller whose register this is: new sheets and new entries of "
        "lists are made for this company.",
    )
    state = fields.Selection(
        [("draft", "File"), ("preview", "Preview")], required=True, default="draft"
    )
    format = fields.Selection(
        [
            ("json", "Our JSON"),
            ("cnil", "Simplified register of the CNIL"),
            ("madis", "Madis"),
            ("ciso", "CISO Assistant"),
            ("oca", "OCA privacy"),
        ],
        string="Recognised as",
        readonly=True,
    )
    language = fields.Char(readonly=True)
    digest = fields.Char(readonly=True)
    line_ids = fields.One2many(
        "rgpd.register.import.line", "wizard_id", string="Sheets"
    )
    value_ids = fields.One2many(
        "rgpd.register.import.value", "wizard_id", string="Lists"
    )
    purpose_ids = fields.One2many(
        "rgpd.register.import.purpose", "wizard_id", string="Legal bases"
    )
    issue_ids = fields.One2many(
        "rgpd.register.import.issue", "wizard_id", string="Remarks", readonly=True
    )
    create_count = fields.Integer(string="To create", compute="_compute_counts")
    update_count = fields.Integer(string="To update", compute="_compute_counts")
    skip_count = fields.Integer(string="Left out", compute="_compute_counts")
    error_count = fields.Integer(string="Errors", compute="_compute_counts")

    @api.model
    def _default_has_oca(self):
        return self.env["rgpd.register.importer"]._has_oca_tables()

    @api.depends("line_ids.decision", "issue_ids.is_error")
    def _compute_counts(self):
        for wizard in self:
            decisions = wizard.line_ids.mapped("decision")
            wizard.create_count = decisions.count("create")
            wizard.update_count = decisions.count("update")
            wizard.skip_count = decisions.count("skip")
            wizard.error_count = len(wizard.issue_ids.filtered("is_error"))

    # === ACTION METHODS === #

    def action_preview(self):
        """Read the file and show what it would do; the register is not touched.

        :raise UserError: no file, or a file that holds no register
        """
        self.ensure_one()
        reading = self._read()
        self._fill(reading)
        return self._reopen()

    def action_back(self):
        """Forget the preview and choose another file."""
        self.ensure_one()
        self._clear()
        self.state = "draft"
        return self._reopen()

    def action_import(self):
        """Write what the preview showed, with the choices of the user.

        All in the transaction of the request: an error writes nothing.

        :raise UserError: nothing to import, or a choice that is not possible
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.decision != "skip")
        if self.state != "preview" or not lines:
            raise UserError(self.env._("There is nothing to import."))
        wizard = self.with_context(lang=self._get_lang())
        items = wizard.value_ids._resolve(lines)
        sheets = self.env["rgpd.processing"]
        for line in wizard.line_ids.filtered(lambda line: line.decision != "skip"):
            sheets |= line._apply(items)
        self.env["rgpd.journal"]._record(
            "register.imported",
            None,
            {
                "format": self.format,
                "sha256": self.digest or "",
                "created": self.create_count,
                "updated": self.update_count,
            },
            self.company_id,
        )
        return self._show(sheets)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a register"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _show(self, sheets):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_processing_action"
        )
        action |= {
            "domain": [("id", "in", sheets.ids)],
            "context": {},
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
        }
        return action | {"name": self.env._("Imported sheets")}

    # === READ === #

    def _read(self):
        importer = self.env["rgpd.register.importer"].with_company(self.company_id)
        if self.source == "oca":
            if not importer._has_oca_tables():
                raise UserError(
                    self.env._("The OCA add-on “privacy” never was in this database.")
                )
            return importer._read_oca_tables()
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        try:
            data = base64.b64decode(self.file)
            self.digest = hashlib.sha256(data).hexdigest()
            return importer._read(data)
        except binascii.Error as error:
            raise UserError(self._get_refusal("unreadable")) from error
        except ExchangeError as error:
            raise UserError(self._get_refusal(error.code, **error.values)) from error

    def _get_lang(self):
        """Return the language in which the texts of the file are written."""
        installed = dict(self.env["res.lang"].get_installed())
        code = {"fr": "fr_FR"}.get(self.language, self.language)
        return code if code in installed else self.env.lang

    # === FILL === #

    def _clear(self):
        for name in ("line_ids", "value_ids", "purpose_ids", "issue_ids"):
            self[name] = [Command.clear()]

    def _fill(self, reading):
        """Show what was read: sheets, values of lists, missing bases, remarks."""
        self._clear()
        self.write(
            {"state": "preview", "format": reading.format, "language": reading.language}
        )
        importer = self.env["rgpd.register.importer"].with_company(self.company_id)
        sheets = [found.sheet for found in reading.found]
        duplicates = importer._find_duplicates(sheets, self.company_id)
        issues = [*reading.issues, *self._find_unknown_countries(reading.found)]
        for found in reading.found:
            found.place = self._get_place(reading, found.place)
        self.write(
            {
                "line_ids": self._prepare_lines(reading.found, duplicates),
                "value_ids": self._prepare_values(sheets),
                "issue_ids": [
                    Command.create(self._prepare_issue(issue, reading))
                    for issue in issues
                ],
            }
        )
        self.write({"purpose_ids": self.line_ids._prepare_purposes()})

    def _prepare_lines(self, founds, duplicates):
        commands = []
        seen = set()
        for number, (found, (record, match)) in enumerate(
            zip(founds, duplicates, strict=True)
        ):
            sheet = found.sheet
            key = sheet["reference"] or sheet["name"]
            commands.append(
                Command.create(
                    {
                        "sequence": number,
                        "name": sheet["name"],
                        "reference": sheet["reference"],
                        "place": found.place,
                        "content": sheet,
                        "processing_id": record.id,
                        "match": match or False,
                        "is_repeated": key in seen,
                        "decision": self._choose(record, key in seen),
                    }
                )
            )
            seen.add(key)
        return commands

    def _choose(self, record, is_repeated):
        """Return what is proposed for a sheet; the user has the last word."""
        if is_repeated:
            return "skip"
        if not record:
            return "create"
        return "update" if record._filtered_access("write") else "skip"

    def _prepare_values(self, sheets):
        importer = self.env["rgpd.register.importer"].with_company(self.company_id)
        items, counts = {}, {}
        for sheet in sheets:
            for kind, item in importer._list_items(sheet):
                key = importer._get_item_key(kind, item)
                items.setdefault(key, (kind, item))
                counts[key] = counts.get(key, 0) + 1
        found = importer._find_items(items, self.company_id)
        may_add = self.env["res.partner"].has_access("create")
        commands = []
        for key, (kind, item) in items.items():
            record = found.get(key)
            can_create = kind != "data" and (kind != "partner" or may_add)
            commands.append(
                Command.create(
                    {
                        "key": key,
                        "kind": kind,
                        "name": item["name"],
                        "item": item,
                        "use_count": counts[key],
                        "res_id": record.id if record else 0,
                        "decision": "link"
                        if record
                        else ("create" if can_create else "skip"),
                    }
                )
            )
        return commands

    def _find_unknown_countries(self, founds):
        importer = self.env["rgpd.register.importer"]
        issues = []
        for found in founds:
            for line in found.sheet["transfers"]:
                place, cell = line.pop("place", (found.place, ""))
                name = line.get("country_name") or line.get("country")
                if name and not importer._find_country(line):
                    issues.append(Issue("bad_country", place, cell, name))
        return issues

    def _prepare_issue(self, issue, reading):
        labels = self._get_issue_labels()
        return {
            "sheet": self._get_place(reading, issue.sheet),
            "cell": self._get_cell(reading, issue.cell),
            "value": issue.value,
            "is_error": issue.is_error,
            "message": labels.get(issue.code) or self._get_refusal(issue.code),
        }

    @api.model
    def _get_changes(self, content, processing):
        """Return the parts of a sheet that the file would change, in words."""
        Processing = self.env["rgpd.processing"]
        names = [n for n in Processing._get_exchange_fields() if n != "sequence"]
        names.remove("reference")
        current = processing.with_context(lang=self._get_lang())._get_exchange()
        labels = self.env["rgpd.processing.version"]._get_part_labels()
        changed = compare.get_changed(current, content, names)
        return ", ".join(labels.get(name, name) for name in changed)

    # === WORDS === #

    def _get_refusal(self, code, **values):
        """Return why a whole file is refused, and what to do about it."""
        sheet, limit = values.get("sheet", ""), values.get("limit", "")
        texts = {
            "empty": self.env._("The file is empty."),
            "too_big": self.env._(
                "The file is larger than %(limit)s MB: a register never is. Take "
                "pictures out of it.",
                limit=limit,
            ),
            "picture": self.env._(
                "This is a picture. Choose the register itself: a workbook (.ods or "
                ".xlsx), a CSV file or a JSON file."
            ),
            "pdf": self.env._(
                "This is a PDF. Choose the register itself: a workbook (.ods or "
                ".xlsx), a CSV file or a JSON file."
            ),
            "old_or_locked": self.env._(
                "This workbook is protected by a password, or in the old .xls format. "
                "Save it without a password, as .xlsx or .ods."
            ),
            "macros": self.env._(
                "This workbook holds macros, which are never run here. Save it without "
                "macros, as .xlsx or .ods."
            ),
            "bomb": self.env._(
                "This file unpacks to far more than a register can hold. It was not "
                "opened."
            ),
            "unreadable": self.env._(
                "The file is damaged and cannot be read. Open it in a spreadsheet, "
                "save it again as .ods or .xlsx, and retry."
            ),
            "too_many_rows": self.env._(
                "The sheet %(sheet)s has more than %(limit)s rows: this is not a "
                "register of processing.",
                sheet=sheet,
                limit=limit,
            ),
            "too_many_sheets": self.env._(
                "The workbook has more than %(limit)s sheets.", limit=limit
            ),
            "empty_book": self.env._("Every sheet of this workbook is empty."),
            "nothing": self.env._(
                "No filled sheet was found: the model and the example of the CNIL are "
                "left out. Fill in the name of the processing, and retry."
            ),
            "bad_json": self.env._("This is not valid JSON."),
            "other_json": self.env._(
                "This JSON file is not a register in the format %(name)s.",
                name=values.get("name", ""),
            ),
        }
        return texts.get(code) or self.env._(
            "This is not a register that can be read: choose a register of the CNIL "
            "(.ods, .xlsx), a workbook of CISO Assistant, a CSV file of Madis or of "
            "the OCA add-on, or a JSON file made here."
        )

    @api.model
    def _get_issue_labels(self):
        """Return the words for what the core found in one cell."""
        return {
            "no_name": self.env._("The name is missing: this sheet is left out."),
            "label_missing": self.env._(
                "The label of the name is missing: this sheet is left out."
            ),
            "no_basis": self.env._(
                "The legal basis is not written: choose it in the tab “Legal bases”."
            ),
            "bad_date": self.env._("This is not a date: it is left out."),
            "period_as_text": self.env._(
                "The period is kept as a text in the details of the data: set it on "
                "the purpose."
            ),
            "data_as_text": self.env._(
                "Not one of our categories of data: kept in the details of the data."
            ),
            "not_in_list": self.env._("This is not in the list of the model."),
            "bad_safeguard": self.env._(
                "This safeguard is not known: choose one on the transfer."
            ),
            "bad_country": self.env._(
                "This country is not known: choose it on the transfer."
            ),
            "bad_code": self.env._("This value is not one of those allowed."),
            "bad_day": self.env._("Write the day as in 2026-01-31."),
            "bad_type": self.env._("This value is of the wrong kind."),
            "bad_value": self.env._("This value is empty, too long or out of bounds."),
            "bad_length": self.env._("There are too few or too many values."),
            "missing_key": self.env._("This value is missing."),
            "one_per_book": self.env._(
                "A workbook holds one processing: this one is left out."
            ),
        }
