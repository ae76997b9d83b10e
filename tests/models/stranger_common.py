"""People nobody made a contact of: a model of the company's own takes them down."""

from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from .club_common import new_model
from .erasure_common import ErasureCase


class StrangerCase(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("officer")

    @classmethod
    def add_model(cls):
        """Make a model with an address, a number and a link, and map it."""
        new_model(
            cls.env,
            "x_guest",
            "Guest",
            x_email="char",
            x_phone="char",
            x_partner_id="many2one:res.partner",
        )
        # The rules found the columns; as in a map that is shipped they stay so
        links = cls.env["rgpd.data.link"].search([("model", "=", "x_guest")])
        links.write({"origin": "shipped", "domain": False})
        links.create(
            {
                "model": "x_guest",
                "kind": "anchor",
                "path": "id",
                "target_model": "res.partner",
                "leads_on": True,
            }
        )
        cls.env["rgpd.data.map"]._discover()

    @classmethod
    def age_record(cls, record, years=5):
        """Move the creation of a record back in time."""
        cls.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=365 * years + 30)
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = ANY(%s)",
                SQL.identifier(record._table),
                moment,
                record.ids,
            )
        )
        cls.env.invalidate_all()

    def get_subject(self, record):
        """Return the person a record stands for, once everybody was looked at."""
        self.env["rgpd.subject"]._refresh()
        return self.env["rgpd.subject"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def simulate(self):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create({})
        simulation.action_compute()
        return simulation

    def run_night(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()
