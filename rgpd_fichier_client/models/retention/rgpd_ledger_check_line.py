from odoo import api, fields, models


class RgpdLedgerCheckLine(models.Model):
    """One person who came back with a backup."""

    _name = "rgpd.ledger.check.line"
    _description = "Person of a Restored Backup"
    _order = "check_id desc, id"
    _rec_name = "subject_id"

    check_id = fields.Many2one(
        "rgpd.ledger.check",
        string="Restored backup",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    date_erased = fields.Datetime(
        string="Erased on", readonly=True, help="Moment the ledger gives."
    )
    state = fields.Selection(
        [("found", "Is back"), ("done", "Erased again"), ("failed", "Failed")],
        default="found",
        required=True,
        readonly=True,
    )
    erasure_id = fields.Many2one(
        "rgpd.erasure", string="Certificate", readonly=True, ondelete="set null"
    )

    def action_open_record(self):
        """Open the record of the person."""
        return self.subject_id.action_open_record()

    def _replay(self):
        """Erase these persons again; who fails stays on the list, with the cause."""
        self._replay_documents()
        erasures = self.env["rgpd.eraser"]._erase(self._get_persons(), "replay")
        by_uid = {erasure.subject_uid: erasure for erasure in erasures}
        for line in self.filtered(lambda line: not line.res_model):
            erasure = by_uid.get(line.subject_id.uid)
            if erasure:
                failed = erasure.state == "failed"
                line.write(
                    {
                        "state": "failed" if failed else "done",
                        "erasure_id": erasure.id,
                    }
                )

    @api.model
    def _get_waiting(self, model, ids):
        """Return which of these records wait for the decision: nobody contacts them.

        :rtype: set[int]
        """
        # sudo: rgpd.ledger.check.line - a verdict for whoever asks
        lines = self.sudo().search(
            [
                ("state", "!=", "done"),
                # Who came back with one document is a customer as before
                ("res_model", "=", False),
                ("subject_id.res_model", "=", model),
                ("subject_id.res_id", "in", list(ids)),
            ]
        )
        return set(lines.subject_id.mapped("res_id"))
