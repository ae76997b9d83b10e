import io

from odoo import models
from odoo.tools.pdf import merge_pdf

FILE_REPORT = "rgpd_fichier_client.rgpd_request_file"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Put the letters that were sent behind the file of a request."""
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        if self._get_report(report_ref).report_name != FILE_REPORT:
            return streams
        for request in self.env["rgpd.request"].browse(res_ids or []):
            stream = streams.get(request.id, {}).get("stream")
            # sudo: ir.attachment - whoever reads the request reads its letters
            letters = request._get_file_letters().pdf_id.sudo()
            printed = letters.filtered(lambda x: x.mimetype == "application/pdf")
            if stream and printed:
                parts = [stream.getvalue(), *printed.mapped("raw")]
                streams[request.id]["stream"] = io.BytesIO(merge_pdf(parts))
        return streams
