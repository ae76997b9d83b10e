from odoo import api, models

ADDON = "rgpd_fichier_client_mass_mailing_sms"
CODE = "sms_tracking"


class RgpdPurpose(models.Model):
    _inherit = "rgpd.purpose"

    @api.model
    def _adopt_sms_tracking(self):
        """Take over the purpose and the notice that a company wrote by itself.

        Before they were shipped, whoever asked for this consent had to. Their words
        stay; without this the shipped rows are of the same code, and nothing loads.
        """
        purpose = self.with_context(active_test=False).search(
            [("code", "=", CODE), ("company_id", "=", False)], limit=1
        )
        notices = self.env["rgpd.notice"].with_context(active_test=False)
        notice = notices.search(
            [
                ("purpose_id", "=", purpose.id),
                ("channel", "=", "tracking"),
                ("kind", "=", "choice"),
                ("company_id", "=", False),
            ],
            limit=1,
        )
        for record, name in (
            (purpose, "rgpd_purpose_sms_tracking"),
            (notice if purpose else notices, "rgpd_notice_sms_tracking"),
        ):
            xmlid = f"{ADDON}.{name}"
            if record and not self.env.ref(xmlid, raise_if_not_found=False):
                self.env["ir.model.data"]._update_xmlids(
                    [{"xml_id": xmlid, "record": record, "noupdate": True}]
                )
