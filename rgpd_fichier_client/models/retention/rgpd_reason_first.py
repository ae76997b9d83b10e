from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..datamap.rgpd_subject import MANY

# A slice takes some seconds
SLICE = 100000
# After which the job looks again whether the persons are listed
WAIT = timedelta(minutes=1)


class RgpdReason(models.Model):
    """The first computation: most rows are written, so it is saved slice by slice.

    In one piece it would hold all of them until its end, and begin again from nothing
    when the worker is stopped.
    """

    _inherit = "rgpd.reason"

    @api.model
    def _refresh_unknown(self):
        """Compute the reasons of those who have none yet; commits after each slice.

        Few of them are left to the refresh of everybody. Each slice reads the facts of
        its own moment. Stopped at any moment, the next call goes on with who is left.

        :return: False when the job has to come back: its time is over, or another one
            is listing the persons
        """
        cron = self.env["ir.cron"]
        # sudo: rgpd.subject - the side table of everybody
        state = self.env["rgpd.subject"].sudo()._fill_unknown()
        if state == "busy":
            self._get_refresh_cron()._trigger(fields.Datetime.now() + WAIT)
            cron._commit_progress(remaining=0)
        if state != "done":
            return False
        left, after, has_time = self._count_unknown(), 0, True
        while left >= MANY and has_time:
            first, last = self._get_unknown(after)
            if first is None:
                break
            self._refresh_subjects(range(first, last + 1))
            done, after, left = left, last, self._count_unknown()
            # One more: the refresh of everybody comes after
            has_time = cron._commit_progress(max(done - left, 0), remaining=left + 1)
        return bool(has_time)

    @api.model
    def _count_to_compute(self):
        """Return how many persons are left to the first computation; 0 when it is done.

        Few are computed at once by whoever asks. More are left to the job: the request
        of a user would be stopped before the end.
        """
        # sudo: rgpd.subject - the side table of everybody
        anchors = self.env["rgpd.subject"].sudo()._count_unknown_anchors()
        count = anchors + self._count_unknown()
        return count if count >= MANY else 0

    @api.model
    def _check_first(self):
        """Refuse to decide what may go while most persons are unknown.

        :raise UserError: the first computation is not done
        """
        if count := self._count_to_compute():
            raise UserError(self._get_first_text(count))

    @api.model
    def _get_first_text(self, count):
        return self.env._(
            "The reasons to keep are being computed for the first time: %(count)s "
            "persons are left. It goes on in the background: come back in some "
            "minutes.",
            count=count,
        )

    @api.model
    def _go_on_first(self, count):
        """Have the job go on at once; return the action that tells the user."""
        self._get_refresh_cron()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self._get_first_text(count)},
        }

    def _get_refresh_cron(self):
        # sudo: ir.cron - the job that is at it, whoever waits for it
        return self.env.ref("rgpd_fichier_client.rgpd_reason_refresh_cron").sudo()

    def _get_unknown_sql(self):
        """Return the condition on subjects ``s`` who never had a phase."""
        scope = self.env["rgpd.reason.builder"]._get_scope_sql()
        return SQL("%s AND s.phase IS NULL AND s.erased_on IS NULL", scope)

    @api.model
    def _count_unknown(self):
        self.env.flush_all()
        query = "SELECT count(*) FROM rgpd_subject s WHERE %s"
        return self.env.execute_query(SQL(query, self._get_unknown_sql()))[0][0]

    @api.model
    def _get_unknown(self, after):
        """Return the first and the last id of the next slice; None when it is empty."""
        [row] = self.env.execute_query(
            SQL(
                """SELECT min(id), max(id) FROM (
                       SELECT s.id FROM rgpd_subject s WHERE %s AND s.id > %s
                        ORDER BY s.id LIMIT %s) slice""",
                self._get_unknown_sql(),
                after,
                SLICE,
            )
        )
        return row
