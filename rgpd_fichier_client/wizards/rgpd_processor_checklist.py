from odoo import fields, models

from ..models.register.rgpd_processor import CLAUSES


class RgpdProcessorChecklist(models.TransientModel):
    """Read the contract of a processor clause by clause (Art. 28.3)."""

    _name = "rgpd.processor.checklist"
    _description = "Clauses of a contract"

    processor_id = fields.Many2one(
        "rgpd.processor", required=True, readonly=True, ondelete="cascade"
    )
    contract_file = fields.Binary(related="processor_id.contract_file")
    contract_filename = fields.Char(related="processor_id.contract_filename")
    line_ids = fields.One2many("rgpd.processor.checklist.line", "wizard_id")

    def _open_for(self, processor):
        """Return the action that opens the list for one processor."""
        explained = self._get_explanations()
        wizard = self.create(
            {
                "processor_id": processor.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "clause": clause,
                            "name": processor._fields[clause]._description_string(
                                self.env
                            ),
                            "article": processor._fields[clause]._description_help(
                                self.env
                            ),
                            "explanation": explained[clause],
                            "is_present": processor[clause],
                        }
                    )
                    for clause in CLAUSES
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clauses of the contract"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_explanations(self):
        """Return what to look for in the contract, in plain words."""
        return {
            "has_object": self.env._(
                "Look for: what it does, for how long, why, on which data, on whose."
            ),
            "has_instructions": self.env._(
                "Look for: it does nothing with the data on its own account, transfers "
                "included."
            ),
            "has_confidentiality": self.env._(
                "Look for: its people signed to keep the data secret."
            ),
            "has_security": self.env._(
                "Look for: access, encryption, backups; a security annex is usual."
            ),
            "has_subprocessing": self.env._(
                "Look for: the list of those it works with, your right to refuse a new "
                "one, the same duties for them."
            ),
            "has_rights_help": self.env._(
                "Look for: how and how fast it helps you find, correct or erase data."
            ),
            "has_breach_help": self.env._(
                "Look for: a delay in hours to warn you of a breach. You have 72."
            ),
            "has_end": self.env._(
                "Look for: return or erasure at the end, copies included, and proof."
            ),
            "has_audit": self.env._(
                "Look for: reports, certificates or visits that let you check."
            ),
            "has_alert": self.env._(
                "Look for: it tells you when an instruction seems unlawful."
            ),
        }

    def action_save(self):
        """Note what the contract says, and where, as evidence of the reading."""
        self.ensure_one()
        processor = self.processor_id
        processor.write(
            {line.clause: line.is_present for line in self.line_ids}
            | {"date_clauses": fields.Date.context_today(self)}
        )
        places = [line for line in self.line_ids if line.is_present and line.place]
        if places:
            processor.message_post(
                body=self.env._(
                    "Contract read. %(places)s",
                    places="; ".join(f"{x.name}: {x.place}" for x in places),
                )
            )
        self.env["rgpd.journal"]._record(
            "register.contract_read",
            None,
            {
                "processor": processor.id,
                "missing": [x.clause for x in self.line_ids if not x.is_present],
            },
            company=processor.company_id or None,
        )
        return {"type": "ir.actions.act_window_close"}
