from odoo import models

TASK = "mail.mail_activity_data_todo"


class RgpdTaskMixin(models.AbstractModel):
    """Tasks that crons make once, for whoever answers for personal data."""

    _name = "rgpd.task.mixin"
    _description = "Tasks about the register"

    def _schedule_once(self, summary, deadline=None):
        """Add a task with this text, unless it waits already.

        :param deadline: the day it is due; today when there is none
        """
        for record in self:
            waiting = record.activity_ids.mapped("summary")
            user = record._get_task_user()
            if summary not in waiting and user:
                record.activity_schedule(
                    TASK, date_deadline=deadline, summary=summary, user_id=user.id
                )

    def _get_task_user(self):
        """Return who gets the tasks of the record."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company._get_rgpd_dpo_user()
