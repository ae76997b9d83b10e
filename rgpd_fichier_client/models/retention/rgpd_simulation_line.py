from odoo import api, fields, models

from ..register.rgpd_selection import LEGAL_BASES
from .rgpd_simulation import DECISIONS
from .selections import PHASES


class RgpdSimulationLine(models.Model):
    """What a simulation decides about one person, and why."""

    _name = "rgpd.simulation.line"
    _description = "Person of a Retention Simulation"
    _order = "simulation_id desc, decision, date_end, id"
    _rec_name = "subject_id"
    # Filled in bulk by SQL
    _log_access = False

    simulation_id = fields.Many2one(
        "rgpd.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    decision = fields.Selection(DECISIONS, readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    purpose_id = fields.Many2one(
        "rgpd.purpose",
        string="Last reason",
        readonly=True,
        ondelete="set null",
        help="Purpose of the reason that ends last.",
    )
    legal_basis = fields.Selection(LEGAL_BASES, readonly=True)
    date_last_contact = fields.Date(string="Last contact", readonly=True)
    date_end = fields.Date(string="Kept until", readonly=True)
    explanation = fields.Text(string="Why", compute="_compute_explanation")

    @api.depends("subject_id", "decision")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line.subject_id._get_explanation_text()

    def action_open_record(self):
        """Open the record of the person."""
        return self.subject_id.action_open_record()
