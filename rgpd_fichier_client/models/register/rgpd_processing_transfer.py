from odoo import api, fields, models


class RgpdProcessing(models.Model):
    """Transfers that the processors of a sheet imply and that it does not name."""

    _inherit = "rgpd.processing"

    has_missing_transfer = fields.Boolean(compute="_compute_has_missing_transfer")

    @api.depends(
        "transfer_ids.country_id",
        "processor_ids.country_id",
        "processor_ids.hosting_country_ids",
        "processor_ids.access_country_ids",
        "processor_ids.child_ids",
    )
    def _compute_has_missing_transfer(self):
        for sheet in self:
            sheet.has_missing_transfer = any(sheet._get_missing_transfers().values())

    def _get_missing_transfers(self):
        """Return ``{processor: countries}`` outside the EEA that no transfer names."""
        covered = set(self.transfer_ids.country_id)
        return {
            processor: processor._get_outside_countries() - covered
            for processor in self.processor_ids
        }

    def action_add_transfers(self):
        """Add a transfer for each country where the processors work (Art. 30.1.e).

        The safeguard is left to whoever knows what was signed, unless the country is
        adequate for everyone: where only certified organisations are, as in the
        United States, nothing is safe before somebody checked the certification.
        """
        self.ensure_one()
        adequate = {
            line.country
            for line in self.env["rgpd.adequacy"]._get_adequacies()
            if line.kind == "adequacy" and line.scope != "certified"
        }
        for processor, countries in self._get_missing_transfers().items():
            for country in sorted(countries, key=lambda country: country.code):
                self.env["rgpd.transfer"].create(
                    {
                        "name": processor.name,
                        "processing_id": self.id,
                        "processor_id": processor.id,
                        "country_id": country.id,
                        "safeguard": "adequacy" if country.code in adequate else False,
                    }
                )
        return True
