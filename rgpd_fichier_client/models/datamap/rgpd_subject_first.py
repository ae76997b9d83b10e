from functools import partial

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from . import conflict
from .rgpd_subject_refresh import MANY

# A slice takes some seconds
SLICE = 100000


class RgpdSubject(models.Model):
    """The first rows of a large database are saved slice by slice.

    In one piece a worker that is stopped would keep nothing of them, and begin anew.
    """

    _inherit = "rgpd.subject"

    @api.model
    def _cron_refresh(self):
        """Fill and correct the persons; nightly, and once after the installation."""
        if self._fill_unknown() != "done":
            return 0
        count = self._refresh()
        self.env["ir.cron"]._commit_progress(1, remaining=0)
        return count

    @api.model
    def _fill_unknown(self):
        """Make the rows of anchors that have none; commits after each slice.

        Few of them are left to the refresh of everybody. Stopped at any moment, the
        next call goes on with those that are left. A slice that meets a conflict, since
        a user works with one of its records, is made again.

        :return: ``done``, ``stopped`` (the time of the cron is over) or ``busy``
            (another worker is at it: both would make the same rows; or users are, each
            time)
        """
        models_ = self._get_present_models()
        # What was read so far is of before the lock: begin to look anew
        self.env["ir.cron"]._commit_progress()
        try:
            for model in models_:
                state, last = "more", 0
                while state == "more":
                    fill = partial(self._fill_slice, model, last)
                    state, last = conflict.insist(self.env, fill)
                if state != "done":
                    return state
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            return "busy"
        return "done"

    @api.model
    def _fill_slice(self, model, after):
        """Make the rows of the next slice; commits.

        :return: ``more``, or what :meth:`_fill_unknown` returns; and the last id done
        """
        if not self._take_first():
            return "busy", after
        first, last, count = self._get_unknown_anchors(model, after)
        if count < MANY:
            return "done", after
        self._refresh_model(model, range(first, last + 1))
        # One more: the refresh of everybody comes after
        has_time = self.env["ir.cron"]._commit_progress(count, remaining=1)
        return "more" if has_time else "stopped", last

    @api.model
    def _take_first(self):
        """Tell whether nobody else makes first rows, until the end of the transaction.

        To be asked first: what another one has just saved has to be seen.
        """
        query = "SELECT pg_try_advisory_xact_lock(hashtext(%s))"
        return self.env.execute_query(SQL(query, f"{self._name}: first"))[0][0]

    @api.model
    def _get_present_models(self):
        anchors = self.env["rgpd.data.map"]._get_anchor_models()
        return [model for model in anchors if model in self.env]

    @api.model
    def _get_unknown_anchors(self, model, after=0):
        """Return the first and last id of the next slice without a row, and how many.

        :param int after: ids up to this one are done
        """
        self.env.flush_all()
        [row] = self.env.execute_query(
            SQL(
                """SELECT min(id), max(id), count(*) FROM (
                       SELECT id FROM (%(unknown)s) unknown
                        WHERE id > %(after)s ORDER BY id LIMIT %(slice)s) slice""",
                unknown=self._get_unknown_query(model),
                after=after,
                slice=SLICE,
            )
        )
        return row

    @api.model
    def _count_unknown_anchors(self):
        """Return how many anchors have no row yet."""
        self.env.flush_all()
        return sum(
            self.env.execute_query(
                SQL("SELECT count(*) FROM (%s) unknown", self._get_unknown_query(model))
            )[0][0]
            for model in self._get_present_models()
        )

    def _get_unknown_query(self, model):
        return SQL(
            """SELECT anchor.id FROM (%(anchors)s) anchor
                WHERE NOT EXISTS (SELECT 1 FROM rgpd_subject s
                                   WHERE s.res_model = %(model)s
                                         AND s.res_id = anchor.id)""",
            anchors=self._get_anchor_query(model),
            model=model,
        )
