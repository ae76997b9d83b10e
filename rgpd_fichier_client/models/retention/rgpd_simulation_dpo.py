from odoo import models


class RgpdSimulation(models.Model):
    """Tells the DPO who approved what the night needs them for, and the journal."""

    _inherit = "rgpd.simulation"

    def _get_dpo_user(self):
        """Return whom to tell: who approved, if they are still there, or the DPO."""
        # sudo: res.users - the cron reads the language of whoever decides
        approved_by = self.approved_by.sudo()
        if approved_by.active:
            return approved_by
        return self.company_id.sudo().rgpd_dpo_id.user_ids[:1] or self.env.user

    def _with_dpo_lang(self):
        return self.with_context(lang=self._get_dpo_user().lang)

    def _schedule_for_dpo(self, summary, note):
        """Put a task on the list of the DPO who approved."""
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=self._get_dpo_user().id,
        )

    def _journal(self, kind):
        for simulation in self:
            self.env["rgpd.journal"]._record(
                kind,
                None,
                {
                    "simulation": simulation.id,
                    "erase": simulation.erase_count,
                    "documents": simulation.document_count,
                    "invoices": simulation.invoice_count,
                    "fingerprint": simulation.fingerprint,
                },
                company=simulation.company_id,
            )
