import csv
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open
from odoo.tools.sql import SQL


class RgpdDemo(models.AbstractModel):
    _inherit = "rgpd.demo"

    @api.model
    def _load_leads(self):
        """Make the leads of ``leads.csv``, each as old as its line says."""
        with file_open("rgpd_fichier_client_crm/demo/leads.csv") as lines:
            rows = list(csv.DictReader(lines))
        days = [int(row.pop("days_ago")) for row in rows]
        leads = self.env["crm.lead"].create([row | {"type": "lead"} for row in rows])
        self.env.flush_all()
        for lead, age in zip(leads, days, strict=True):
            # The ORM forbids writing create_date, and rightly so.
            moment = fields.Datetime.now() - timedelta(days=age)
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                    moment,
                    lead.id,
                )
            )
        self.env.invalidate_all()
