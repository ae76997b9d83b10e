import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.register.exchange import files

# Formats whose words are French, whatever the language of the user.
FRENCH = ("ods", "xlsx", "madis")


class RgpdRegisterExport(models.TransientModel):
    """Take the register out, in the format that the reader needs.

    The file holds what the user may read and nothing else. It lies in this record,
    which only its author can open, and goes with it.
    """

    _name = "rgpd.register.export"
    _description = "Export of the Register"

    format = fields.Selection(
        [
            ("ods", "Simplified register of the CNIL, for LibreOffice (.ods)"),
            ("xlsx", "Simplified register of the CNIL, for Excel (.xlsx)"),
            ("json", "Everything, to keep or to import again (.json)"),
            ("madis", "Madis (.csv)"),
            ("ciso", "CISO Assistant (.xlsx)"),
        ],
        required=True,
        default="ods",
    )
    processing_ids = fields.Many2many(
        "rgpd.processing",
        "rgpd_register_export_processing_rel",
        string="Sheets",
        default=lambda self: self._default_processing_ids(),
        help="Leave empty for the whole register of your company.",
    )
    hint = fields.Text(compute="_compute_hint")
    file = fields.Binary(attachment=False, readonly=True)
    filename = fields.Char(readonly=True)

    @api.model
    def _default_processing_ids(self):
        """Return the sheets that were selected in the list, or the one of the form."""
        if self.env.context.get("active_model") != "rgpd.processing":
            return self.env["rgpd.processing"]
        return self.env["rgpd.processing"].browse(self.env.context.get("active_ids"))

    @api.depends("format")
    @api.depends_context("lang")
    def _compute_hint(self):
        cnil = self.env._(
            "The workbook of the CNIL, in French: a list, then one sheet per "
            "processing. It has no column for the legal basis, which is written behind "
            "each purpose, and a few rows of each kind: the rest is in the details."
        )
        hints = {
            "ods": cnil,
            "xlsx": cnil,
            "json": self.env._(
                "All that the sheets say, with a published description of the format. "
                "Importing it gives the same register, contract files excepted."
            ),
            "madis": self.env._(
                "The columns of Madis, in French. Madis does not import this file: it "
                "is there to be typed from, and to be imported here again."
            ),
            "ciso": self.env._(
                "One workbook per sheet, which CISO Assistant imports. Several sheets "
                "come in one archive."
            ),
        }
        for wizard in self:
            wizard.hint = hints.get(wizard.format, "")

    def action_export(self):
        """Make the file and let the browser fetch it.

        :raise AccessError: a sheet that the user may not read
        :raise UserError: there is no sheet
        """
        self.ensure_one()
        content, extension = self._make_file()
        day = fields.Date.context_today(self)
        self.write(
            {
                "file": base64.b64encode(content),
                "filename": f"registre-{day.isoformat()}.{extension}",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            "?download=true&filename_field=filename",
            "target": "self",
        }

    def _make_file(self):
        """Return the bytes of the file and the end of its name."""
        lang = self._get_lang()
        sheets = self._get_sheets().with_context(lang=lang)
        words = "fr" if lang.startswith("fr") else "en"
        return files.write(self.format, sheets._get_register(), words)

    def _get_sheets(self):
        Processing = self.env["rgpd.processing"]
        sheets = self.processing_ids or Processing.search(
            Processing._get_register_domain()
        )
        if not sheets:
            raise UserError(self.env._("There is no sheet to export."))
        sheets.check_access("read")
        return sheets.sorted()

    def _get_lang(self):
        installed = dict(self.env["res.lang"].get_installed())
        if self.format in FRENCH and "fr_FR" in installed:
            return "fr_FR"
        return self.env.lang or "en_US"
