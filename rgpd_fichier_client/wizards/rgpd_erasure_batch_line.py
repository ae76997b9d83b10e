from odoo import api, fields, models


class RgpdErasureBatchLine(models.TransientModel):
    """One person of a batch: what would go, what stays, or why they are left out."""

    _name = "rgpd.erasure.batch.line"
    _description = "Person of a Batch of Erasures"

    batch_id = fields.Many2one(
        "rgpd.erasure.batch", required=True, readonly=True, ondelete="cascade"
    )
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    outcome = fields.Selection(
        [
            ("whole", "Erased"),
            ("partial", "Erased in part"),
            ("refused", "Left out"),
        ],
        compute="_compute_outcome",
    )
    kept_until = fields.Date(compute="_compute_outcome")
    kept_text = fields.Text(string="What stays, or why not", compute="_compute_outcome")

    @api.depends("subject_id", "batch_id.ground")
    @api.depends_context("lang")
    def _compute_outcome(self):
        """Ask the eraser about all the persons of a batch at once."""
        for batch, lines in self.grouped("batch_id").items():
            subjects = lines.subject_id.sudo()
            # sudo: rgpd.eraser - the DPO sees what would happen, whatever the company
            eraser = self.env["rgpd.eraser"].sudo()
            refusals = eraser._get_refusals(subjects)
            kept = eraser._get_kept(subjects, batch.ground or "request")
            for line in lines:
                line._show(refusals.get(line.subject_id.sudo()), kept)

    def _show(self, refusal, kept):
        self.ensure_one()
        reasons = kept.get(self.subject_id.id, {})
        if refusal:
            self.outcome, self.kept_text = "refused", refusal
            self.kept_until = False
            return
        wizard = self.env["rgpd.erasure.wizard"]
        ends = [reason.end for reason in reasons.values()]
        self.outcome = "partial" if reasons else "whole"
        self.kept_text = wizard._get_kept_text(reasons)
        self.kept_until = max(ends) if ends and all(ends) else False

    def action_open_record(self):
        """Open the record of the person."""
        return self.subject_id.action_open_record()
