from odoo import api, fields, models
from odoo.exceptions import AccessError

from .rgpd_simulation_count import POSTED, SETTLED, UNPOSTED


class RgpdSimulationDocument(models.Model):
    """What leaves on a line of the simulation: why, and some of it to open."""

    _inherit = "rgpd.simulation.document"

    rule = fields.Selection(
        [
            (POSTED, "Ten years of accounts are over (L123-22 C. com.)"),
            (UNPOSTED, "Never posted: no law asks for it"),
            (SETTLED, "Matched with one of them, as old, settled in full"),
        ],
        string="Why they may go",
        readonly=True,
        help="Texts, files and messages of an invoice leave with the order it was made "
        "from, once no law asks for them; amounts, accounts and dates stay.",
    )
    # Names and titles of persons: for whoever may read the persons of a simulation
    sample = fields.Json(readonly=True, groups="rgpd_fichier_client.group_rgpd_officer")
    sample_names = fields.Char(
        string="For instance",
        compute="_compute_sample_names",
        groups="rgpd_fichier_client.group_rgpd_officer",
        help="Drawn among the documents of this line, the same as long as the "
        "simulation is.",
    )

    @api.depends("sample", "res_model")
    def _compute_sample_names(self):
        for line in self:
            # sudo: orders, leads, invoices - whoever decides sees which ones; opening
            # them asks for the rights of the user
            records = line.sudo()._get_sample()
            line.sample_names = ", ".join(
                record.display_name or str(record.id) for record in records
            )

    def _get_sample(self):
        """Return the documents of the sample that are still there."""
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None:
            return self.browse()
        return model.browse(self.sample or ()).exists()

    def action_open_sample(self):
        """Open some documents of this line, to see whether the rule is right.

        :raise AccessError: the user does not work with such documents
        """
        self.ensure_one()
        records = self._get_sample()
        if not records.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may see that these leave, but not open them: ask for access "
                    "to “%(model)s”, or let somebody look who has it.",
                    model=self.model_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sample to look at"),
            "res_model": self.res_model,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
            "context": {"active_test": False, "create": False},
        }


class RgpdSimulation(models.Model):
    """The invoices whose texts leave are part of what the DPO approves."""

    _inherit = "rgpd.simulation"

    invoice_count = fields.Integer(
        string="Invoices whose texts leave",
        readonly=True,
        copy=False,
        help="Invoices of these orders that no law asks for any more. Texts, files and "
        "messages about the person go, amounts and accounts stay.",
    )
