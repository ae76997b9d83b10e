import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..datamap import conflict
from ..datamap.rgpd_subject_refresh import MANY

_logger = logging.getLogger(__name__)

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
        # sudo: rgpd.subject - the side table of everybody
        state = self.env["rgpd.subject"].sudo()._fill_unknown()
        if state == "busy":
            return self._come_back_first()
        if state != "done":
            return False
        left, after, has_time = self._count_unknown(), 0, True
        while left >= MANY and has_time:
            compute = partial(self._refresh_slice, after, left)
            try:
                after, done, has_time = conflict.insist(self.env, compute)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                return self._come_back_first()
            if not done:
                break  # The refresh of everybody gets them their phase, or nothing does
            left -= done
        return bool(has_time)

    @api.model
    def _refresh_slice(self, after, left):
        """Compute the reasons of the next slice; commits.

        :param after: ids up to this one are done
        :param left: how many have no phase
        :return: the last id, how many have a phase now, and whether there is time left
        """
        first, last, count = self._get_unknown(after)
        if not count:
            return after, 0, True
        some = range(first, last + 1)
        self._refresh_subjects(some)
        done = count - self._count_unknown(some)
        # One more: the refresh of everybody comes after
        has_time = self.env["ir.cron"]._commit_progress(done, remaining=left - done + 1)
        # Nobody gained anything: the time is not what they lack
        return last, done, has_time if done else True

    def _come_back_first(self):
        """Have the job called in a moment; return False, as it has not ended."""
        self._get_refresh_cron()._trigger(fields.Datetime.now() + WAIT)
        self.env["ir.cron"]._commit_progress(remaining=0)
        return False

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
    def _is_first_done(self):
        """Tell the night whether it knows most persons; if not, it comes back later.

        Whoever was imported since may be the employer, or live in the household, of
        whoever seems to have no reason left (invariant 13).
        """
        if not self._count_to_compute():
            return True
        _logger.info("retention waits for the first computation of the reasons")
        self._get_refresh_cron()._trigger()
        return False

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
        jobs_sudo = self.env["ir.cron"].sudo()
        name = "rgpd_fichier_client.rgpd_reason_refresh_cron"
        return (self.env.ref(name, raise_if_not_found=False) or jobs_sudo).sudo()

    @api.model
    def _get_unknown_query(self, some=None):
        """Return the query of the ids of those who never had a phase, and can get one.

        Not those of an add-on that was removed, nor of a record deleted since: the
        computation would look for them for ever.

        :param some: a ``range`` of ids; all when None
        """
        builder = self.env["rgpd.reason.builder"]
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT s.id FROM rgpd_subject s JOIN %(anchor)s a ON a.id = s.res_id
                    WHERE s.res_model = %(model)s AND s.phase IS NULL
                      AND s.erased_on IS NULL AND %(scope)s AND %(only)s""",
                anchor=SQL.identifier(self.env[model]._table),
                model=model,
                scope=builder._get_scope_sql(),
                only=builder._get_only(SQL("s.id"), some),
            )
            for model in self.env["rgpd.fact.collector"]._get_anchor_models()
        )

    @api.model
    def _count_unknown(self, some=None):
        self.env.flush_all()
        query = SQL("SELECT count(*) FROM (%s) u", self._get_unknown_query(some))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_unknown(self, after):
        """Return the first and the last id of the next slice, and how many it holds."""
        [row] = self.env.execute_query(
            SQL(
                """SELECT min(id), max(id), count(*) FROM (
                       SELECT id FROM (%s) u WHERE id > %s ORDER BY id LIMIT %s) slice
                """,
                self._get_unknown_query(),
                after,
                SLICE,
            )
        )
        return row
