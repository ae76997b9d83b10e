from odoo import models

TASK = "mail.mail_activity_data_todo"


class RgpdTaskMixin(models.AbstractModel):
    """Tasks that crons make once, for whoever answers for personal data."""

    _name = "rgpd.task.mixin"
    _description = "Tasks about the register"

    def _schedule_once(self, get_text, deadline=None):
        """Add a task, unless it waits already, in the language of whoever gets it.

        :param get_text: gives the text of the task for the record
        :param deadline: the day it is due; today when there is none
        """
        for record in self:
            user = record._get_task_user()
            summary = get_text(record.with_context(lang=user.lang))
            if user and summary not in record.activity_ids.mapped("summary"):
                record.activity_schedule(
                    TASK, date_deadline=deadline, summary=summary, user_id=user.id
                )

    def _get_task_user(self):
        """Return who gets the tasks of the record."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company._get_rgpd_dpo_user()
