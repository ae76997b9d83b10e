from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ...core.retention import documents
from .rgpd_simulation_screen import SAMPLE_SIZE

MOVES_PER_BATCH = 1000
POSTED, UNPOSTED = "posted", "unposted"


class RgpdSimulationDocument(models.Model):
    """What leaves on a line of the simulation: why, and some of it to open."""

    _inherit = "rgpd.simulation.document"

    rule = fields.Selection(
        [
            (POSTED, "Ten years of accounts are over (L123-22 C. com.)"),
            (UNPOSTED, "Never posted: no law asks for it"),
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

    def _fill_lines(self):
        """Count the invoices that leave with their order, per rule."""
        result = super()._fill_lines()
        # sudo: rgpd.simulation.document - filled by the computation alone
        lines = self.env["rgpd.simulation.document"].sudo()
        released = self._get_released_moves()
        for rule, moves in released.items():
            if moves:
                lines.create(
                    {
                        "simulation_id": self.id,
                        "res_model": "account.move",
                        "decision": documents.ERASE,
                        "rule": rule,
                        "count": len(moves),
                        "sample": sorted(moves, key=self._draw)[:SAMPLE_SIZE],
                    }
                )
        self._decide({"invoice_count": sum(map(len, released.values()))})
        return result

    @api.model
    def _draw(self, number):
        """Return a key that mixes numbers, always in the same way."""
        return number * 2654435761 % 2**32

    def _get_released_moves(self):
        """Return ``{rule: ids}`` of the invoices that leave with what is due.

        What the eraser would do with all these documents at once: whatever the night
        takes first, the last of the orders of an invoice lets it go.
        """
        table = self.env["rgpd.document"].sudo()
        # sudo: sale.order, account.move - as the eraser of the night
        scope = self.env["rgpd.eraser.document.scope"].sudo()
        found = {POSTED: set(), UNPOSTED: set()}
        for name in table._get_models():
            due = table._get_due_ids(name, self.company_id)
            records = self.env[name].sudo().browse(due)
            moves, made = self.env["account.move"].sudo(), set()
            for chunk in split_every(MOVES_PER_BATCH, records.ids, records.browse):
                made.update(chunk._rgpd_get_moves().ids)
                self.env.invalidate_all()
            for chunk in split_every(MOVES_PER_BATCH, sorted(made), moves.browse):
                for move in scope._get_released_of(chunk, records):
                    is_posted = move.posted_before or move.state == "posted"
                    found[POSTED if is_posted else UNPOSTED].add(move.id)
                self.env.invalidate_all()
        return found


class RgpdDocument(models.Model):
    _inherit = "rgpd.document"

    @api.model
    def _get_due_ids(self, name, company):
        """Return the documents of a model that the night would erase now."""
        path = self._get_models()[name]
        query = SQL("SELECT o.id FROM %s", self._get_due_sql(name, path, company))
        return [row[0] for row in self.env.execute_query(query)]
