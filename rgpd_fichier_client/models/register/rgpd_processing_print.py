from odoo import api, fields, models


class RgpdProcessing(models.Model):
    """The sheet and the register on paper, for the CNIL and the person in charge."""

    _inherit = "rgpd.processing"

    def action_print(self):
        """Print these sheets."""
        report = self.env.ref("rgpd_fichier_client.rgpd_processing_report")
        return report.report_action(self)

    @api.model
    def action_print_register(self):
        """Print the whole register of the current company, cover and contents first.

        Sheets of processing that has stopped are left out (Art. 30 asks for what the
        company does).
        """
        sheets = self.search(self._get_register_domain())
        report = self.env.ref("rgpd_fichier_client.rgpd_register_report")
        return report.report_action(sheets)

    def action_open_versions(self):
        """Show what the sheet said at each validation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_processing_version_action"
        )
        action["domain"] = [("processing_id", "=", self.id)]
        return action

    def _get_register_cover(self):
        """Return who answers for the register, as plain values."""
        return {
            **self[:1]._get_actors(),
            "date": fields.Date.context_today(self),
            "validated": max(
                (sheet.date_validated for sheet in self if sheet.date_validated),
                default=None,
            ),
        }

    def _get_stamp(self):
        """Return what the printed text is: a version, or a text not validated yet."""
        self.ensure_one()
        if self.state == "validated":
            return self.version_ids[:1]._get_stamp()
        return self.env._("Text not validated")
