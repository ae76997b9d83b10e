from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _rgpd_get_plan(self):
        """A mailing brings its own purposes."""
        if self.mass_mailing_id and not self.mass_mailing_name:
            return self.mass_mailing_id._rgpd_get_plan()
        return super()._rgpd_get_plan()

    def _prepare_mailing_values(self):
        """Hand what the user said over to the mailing made from the composer."""
        return super()._prepare_mailing_values() | {
            "rgpd_kind": self.rgpd_kind or "marketing",
            "rgpd_purpose_ids": [(6, 0, self.rgpd_purpose_ids.ids)],
            "rgpd_company_id": self.rgpd_company_id.id,
        }

    def _prepare_mail_values_mailing_traces(self, mail_values_all):
        """Keep the verdict with the trace of each recipient."""
        traces = super()._prepare_mail_values_mailing_traces(mail_values_all)
        for res_id, values in mail_values_all.items():
            code = values.get("rgpd_verdict_code")
            if not code or not traces[res_id]:
                continue
            traces[res_id]["rgpd_code"] = code
            if not values.get("rgpd_purpose_code"):
                traces[res_id]["trace_status"] = "cancel"
                traces[res_id]["failure_type"] = "rgpd_blocked"
        return traces
