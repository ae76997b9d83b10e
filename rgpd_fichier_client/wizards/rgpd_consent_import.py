import base64
import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

SHOWN = 20
SHOWN_ERRORS = 200
# A cell that begins so is a formula for a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RgpdConsentImport(models.TransientModel):
    """Consents kept elsewhere, brought in with their date, source and proof.

    All or nothing: a file with one wrong row records nothing, and says which. What a
    file brings can restrict anybody, but it ends no objection (art. 21.3 GDPR).
    """

    _name = "rgpd.consent.import"
    _description = "Import of Consents"

    kind = fields.Selection(
        [
            ("file", "A file (CSV or Excel)"),
            ("oca", "OCA module privacy_consent"),
            ("blacklist", "Odoo's blacklists of e-mails and phones"),
        ],
        required=True,
        default="file",
        string="From",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        help="What the consents of the former module were about; it did not say the "
        "channel either.",
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS"), ("phone", "Phone"), ("post", "Post")],
        default="email",
    )
    content = fields.Binary(string="File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "To check"), ("checked", "Checked"), ("done", "Imported")],
        default="draft",
        required=True,
        readonly=True,
    )
    fingerprint = fields.Char(readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    error_count = fields.Integer(string="Errors", readonly=True)
    added_count = fields.Integer(string="Recorded", readonly=True)
    line_ids = fields.One2many("rgpd.consent.import.line", "import_id", readonly=True)
    report = fields.Binary(
        string="List of errors", attachment=False, readonly=True, help="CSV file"
    )
    report_name = fields.Char(default="errors.csv", readonly=True)

    # === ACTIONS === #

    def action_check(self):
        """Read everything, show the first rows and every error; records nothing."""
        self.ensure_one()
        self._check_rights()
        rows, errors = self._read()
        self._show(rows, errors)
        return self._reopen()

    def action_import(self):
        """Record every row, or none; the file must be the one that was checked."""
        self.ensure_one()
        self._check_rights()
        if self.state != "checked" or self.fingerprint != self._get_fingerprint():
            raise UserError(self.env._("Check the file first: it has changed."))
        rows, errors = self._read()
        if errors:
            self._show(rows, errors)
            return self._reopen()
        self.added_count = self._record_all(rows)
        self.state = "done"
        self.line_ids.unlink()
        self.env["rgpd.journal"].sudo()._record(  # sudo: as for a single act
            "consent.imported",
            None,
            {
                "kind": self.kind,
                "file": self.fingerprint,
                "rows": self._count_rows(rows),
                "added": self.added_count,
            },
            company=self.company_id,
        )
        return self._reopen()

    def _record_all(self, rows):
        """Record the acts and return how many are new; other sources extend."""
        return self.env["rgpd.consent.recorder"]._record_many(
            self.env["res.partner"], rows, self.company_id
        )

    def _count_rows(self, rows):
        """Return how many acts the source has; other sources extend."""
        return len(rows)

    def action_template(self):
        """Download an empty file with the columns."""
        return {
            "type": "ir.actions.act_url",
            "url": "/rgpd_fichier_client/static/import/consents.csv",
            "target": "new",
        }

    # === SHOWING === #

    def _check_rights(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            raise UserError(self.env._("Only officers may import consents."))

    def _show(self, rows, errors):
        """Keep the first rows and the errors for the screen."""
        self.line_ids.unlink()
        lines = [
            {"number": number, "error": " ".join(texts)}
            for number, texts in list(errors.items())[:SHOWN_ERRORS]
        ]
        lines += [self._prepare_line(row) for row in rows[:SHOWN]]
        self.write(
            {
                "state": "draft" if errors else "checked",
                "fingerprint": self._get_fingerprint(),
                "row_count": self._count_rows(rows) + len(errors),
                "error_count": len(errors),
                "report": self._make_report(errors) if errors else False,
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )

    def _prepare_line(self, row):
        """Return a line of the preview; a consent that has to be confirmed says so."""
        confirmation = self.env["rgpd.consent.confirmation"]
        return {
            "number": row.number,
            "partner_id": row.res_id,
            "purpose_id": row.act.purpose.id,
            "channel": row.act.channel,
            "decision": "pending" if confirmation._needs(row.act) else row.act.decision,
            "moment": row.act.moment,
            "is_to_renew": row.act.decision == "given" and not row.act.text,
        }

    @api.model
    def _make_report(self, errors):
        """Return the list of errors as CSV; no cell is a formula."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([self.env._("Row"), self.env._("Error")])
        for number, texts in errors.items():
            text = " ".join(texts)
            writer.writerow([number, f"'{text}" if text.startswith(FORMULA) else text])
        return base64.b64encode(stream.getvalue().encode("utf-8-sig"))

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import consents"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
