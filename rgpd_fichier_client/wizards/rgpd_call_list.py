import base64
import csv
import io

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.consent.cells import dialled, safe_cell


class RgpdCallList(models.TransientModel):
    """A list of people to call: only those with a verdict that allows it."""

    _name = "rgpd.call.list"
    _description = "Call list"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(readonly=True)
    moment = fields.Datetime(
        string="Calls start on",
        required=True,
        default=lambda self: self.env["rgpd.call"]._get_next_moment(),
        help="Hours, days, consents and the number of calls are looked at for this "
        "moment (art. L. 223-1 and D. 223-9 Code de la consommation).",
    )
    file_format = fields.Selection(
        [("xlsx", "Excel"), ("csv", "CSV")], required=True, default="xlsx"
    )
    rgpd_report = fields.Json(string="Recipients", compute="_compute_rgpd_report")
    content = fields.Binary(string="List", readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("moment", "res_ids", "res_model")
    def _compute_rgpd_report(self):
        for wizard in self:
            wizard.rgpd_report = self.env["rgpd.contact.report"]._summarise(
                wizard._get_verdicts()
            )

    # === ACTIONS === #

    @api.model
    def _open_for(self, records):
        """Return the action that opens the wizard for records of an anchor model."""
        records.check_access("read")
        wizard = self.create({"res_model": records._name, "res_ids": records.ids})
        return wizard._reopen()

    def action_export(self):
        """Make the file and keep the verdict of each call in the journal.

        :raise AccessError: the user may not export
        :raise UserError: nobody on the list may be called
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_allow_export"):
            raise AccessError(self.env._("You may not export data."))
        records = self._get_records()
        records.check_access("read")
        verdicts = self._get_verdicts()
        # A record without a verdict is refused like one with a bad verdict
        allowed = records.filtered(
            lambda record: verdicts.get(record.id, {}).get("allowed")
        )
        if not allowed:
            raise UserError(self.env._("Nobody on this list may be called then."))
        for record in allowed:
            self.env["rgpd.call"]._journal(record, verdicts[record.id], "call.listed")
        rows = self._prepare_rows(allowed, verdicts)
        make = self._make_xlsx if self.file_format == "xlsx" else self._make_csv
        self.content = base64.b64encode(make(rows))
        self.file_name = f"call-list-{self.moment:%Y-%m-%d}.{self.file_format}"
        return self._reopen()

    # === HELPERS === #

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call list"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_records(self):
        """Return the records the list is made of."""
        self.ensure_one()
        if self.res_model not in self.env["rgpd.data.map"]._get_anchor_models():
            raise UserError(self.env._("Open the call list from contacts or leads."))
        return self.env[self.res_model].browse(self.res_ids or []).exists()

    def _get_verdicts(self):
        return self.env["rgpd.call"]._check(
            self._get_records(), self.env.company, self.moment
        )

    def _prepare_rows(self, records, verdicts):
        """Return the table: a head and a row for each person."""
        addresses = self.env["rgpd.call"]._get_addresses(records)
        head = [
            self.env._("Number"),
            self.env._("Name"),
            self.env._("Phone"),
            self.env._("Why the call is allowed"),
            self.env._("Article"),
            self.env._("Checked for"),
        ]
        moment = fields.Datetime.context_timestamp(self, self.moment)
        return [head] + [
            [
                str(record.id),
                record.display_name or "",
                dialled(addresses[record.id].phones[0]),
                verdicts[record.id]["sentence"],
                verdicts[record.id]["article"],
                f"{moment:%Y-%m-%d %H:%M}",
            ]
            for record in records
        ]

    @api.model
    def _make_csv(self, rows):
        """Return the table as CSV that no spreadsheet runs."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
        return ("\ufeff" + stream.getvalue()).encode()

    @api.model
    def _make_xlsx(self, rows):
        """Return the table as XLSX; every cell is a text, never a formula."""
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, str(cell), None if line else bold)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        book.close()
        return stream.getvalue()
