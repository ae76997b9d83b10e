import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

from ...core.retention import night
from .rgpd_eraser import is_out_of_time
from .rgpd_retention_night import PERSONS_PER_BATCH

_logger = logging.getLogger(__name__)
DAYS_BEFORE_RETRY = 7


class RgpdReason(models.Model):
    """The night moves persons to the intermediate archive, and back."""

    _inherit = "rgpd.reason"

    # === WHO === #

    @api.model
    def _get_due_archive(self, company, limit=1000, approved=None):
        """Return the persons of a company whom nothing keeps in daily use any more.

        As `_get_due`: locked rows are skipped, two workers begin at the two ends, and
        who concerns a company that decided nothing yet waits.

        :rtype: rgpd.subject
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id FROM rgpd_subject s
                 WHERE %(due)s
                 ORDER BY COALESCE(s.retention_retry, '-infinity') %(direction)s,
                          s.id %(direction)s
                 LIMIT %(limit)s
                   FOR UPDATE OF s SKIP LOCKED
                """,
                direction=self._get_direction_sql(company),
                due=self._get_company_archive_sql(company, approved or company),
                limit=limit,
            )
        )
        return self.env["rgpd.subject"].browse(row[0] for row in rows)

    @api.model
    def _count_left(self, run, companies):
        """Those to archive count as well: the job comes back while there are any."""
        archived = self._count_due_archive(run.company_id, companies)
        return super()._count_left(run, companies) + archived

    @api.model
    def _count_due_archive(self, company, companies, limit=None):
        """Return how many persons a company may archive now; so many at most."""
        query = SQL(
            "SELECT count(*) FROM (SELECT FROM rgpd_subject s WHERE %s LIMIT %s) due",
            self._get_company_archive_sql(company, companies),
            limit,
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _get_company_archive_sql(self, company, approved):
        """Return the condition on subject ``s``: this company may archive them now."""
        return SQL(
            """
            %(due)s
            AND (s.retention_company_id = %(company)s OR EXISTS (
                SELECT 1 FROM rgpd_reason r
                 WHERE r.subject_id = s.id AND r.company_id = %(company)s))
            AND s.retention_company_id IN %(approved)s
            AND NOT EXISTS (
                SELECT 1 FROM rgpd_reason r
                 WHERE r.subject_id = s.id AND r.company_id NOT IN %(approved)s)
            """,
            due=self._get_due_archive_sql(),
            company=company.id,
            approved=tuple(approved.ids),
        )

    @api.model
    def _get_due_archive_sql(self):
        """Return the condition on subject ``s``: archived by the law, not yet here."""
        return SQL(
            """s.phase = 'archive' AND s.active AND s.is_archived IS NOT TRUE
               AND s.date_next IS NOT NULL
               AND COALESCE(s.retention_retry, '-infinity') <= %(today)s
               AND NOT EXISTS (SELECT 1 FROM rgpd_vault v WHERE v.subject_id = s.id)
               AND NOT EXISTS (
                   SELECT 1 FROM rgpd_reason r
                    WHERE r.subject_id = s.id
                      AND (r.date_active_end IS NULL
                           OR r.date_active_end >= %(today)s))
               AND NOT %(request)s""",
            today=self._get_today(),
            request=self._get_open_request_sql(),
        )

    # === THE NIGHT === #

    @api.model
    def _cron_refresh(self):
        """Look who came back as well."""
        is_done = super()._cron_refresh()
        if is_done:
            self._restore_returned()
        return is_done

    @api.model
    def _restore_returned(self):
        """Take out of the archive who is in contact again."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT v.id FROM rgpd_subject s
                     JOIN rgpd_vault v ON v.subject_id = s.id
                    WHERE s.is_archived AND s.phase = 'active' ORDER BY v.id"""
            )
        )
        # sudo: rgpd.vault - the engine alone moves persons
        vaults = self.env["rgpd.vault"].sudo()
        back = vaults.browse(row[0] for row in rows)
        for vault in back:
            try:
                with self.env.cr.savepoint():
                    vault._restore("back")
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                vaults._forget()
                if is_out_of_time(error):
                    raise
                _logger.warning(
                    "archive %s cannot be restored: %s", vault.id, type(error).__name__
                )

    def _run(self, run, companies):
        """Archive before erasing: the same night, the same approval."""
        self._insist(self._bring_back)
        if not self._run_archive(run, companies):
            return False
        return super()._run(run, companies)

    def _bring_back(self):
        self._restore_returned()
        self.env["ir.cron"]._commit_progress(0)

    def _run_archive(self, run, companies):
        """Archive batch by batch; return False when the time of the cron is over."""
        outcome = self._work_off(
            run,
            lambda limit: self._get_due_archive(run.company_id, limit, companies),
            lambda due: self._treat_archive(run, due),
            waiting=self._get_parts_behind_archive,
            count=lambda limit: self._count_due_archive(
                run.company_id, companies, limit
            ),
        )
        if outcome == "stopped":
            return False
        vaults = self.env["rgpd.vault"]._search_to_end(run.company_id)
        if vaults and not self._is_first_done():
            self._leave_for_later()
            return False
        for some in split_every(PERSONS_PER_BATCH, vaults.ids, vaults.browse):
            if not self._insist(lambda some=some: self._end_archived(run, some)):
                return False
        return True

    def _end_archived(self, run, vaults):
        """Destroy what ended of some archives; commits."""
        self._take_turn(run)
        run.ended_count += vaults._end_categories()
        return self.env["ir.cron"]._commit_progress(0)

    def _get_parts_behind_archive(self, run):
        """Those to erase, and their documents, find their part of the day left."""
        part = night.get_part(run.company_id.rgpd_night_cap, "person")
        count = max(run.due_count - run.erased_count, 0)
        return [*self._get_waiting_parts(run), (count, part)]

    def _treat_archive(self, run, due):
        """Archive the persons of a batch, those who came back meanwhile left out."""
        due = self._lock_anchors(due)
        # A new order a minute ago is a reason: look again at these persons
        self._refresh_subjects(due)
        due = self._leave_newer(due).filtered(lambda s: s.phase == "archive")
        done = self._archive_safely(due)
        # Nothing may turn the loop for ever
        self._postpone(due - done)
        run.archived_count += len(done)
        run._count_persons(len(done))

    def _archive_safely(self, subjects):
        """The batch first, then one by one behind savepoints."""
        if not subjects:
            return subjects
        try:
            with self.env.cr.savepoint():
                vaults = self.env["rgpd.vault"]._archive(subjects)
                subjects.write({"retention_error": False, "retention_retry": False})
                return vaults.subject_id.with_env(self.env)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env["rgpd.vault"]._forget()
            if is_out_of_time(error):
                raise
            if len(subjects) == 1:
                subjects.retention_error = self.env["rgpd.eraser"]._get_cause(error)
                return subjects.browse()
        done = subjects.browse()
        for subject in subjects:
            done |= self._archive_safely(subject)
        return done


class RgpdVault(models.Model):
    """Each person knows whether they are archived: the night reads no vault for it."""

    _inherit = "rgpd.vault"

    def init(self):
        """Note it of those who were archived before it was noted."""
        result = super().init()
        self.env.cr.execute(
            """UPDATE rgpd_subject s SET is_archived = TRUE FROM rgpd_vault v
                WHERE v.subject_id = s.id AND s.is_archived IS NOT TRUE"""
        )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        vaults = super().create(vals_list)
        vaults.subject_id.is_archived = True
        return vaults

    def unlink(self):
        self.subject_id.is_archived = False
        return super().unlink()

    @api.model
    def _search_to_end(self, company):
        """Return the archives with a part that no live reason covers, in one query.

        Most nights there is none: nobody else's reasons are read. What is destroyed
        is decided by :meth:`_end_categories`, which asks once more.
        """
        reasons = self.env["rgpd.reason"]
        relations = {
            "purpose": self.env["rgpd.purpose"]._fields["data_category_ids"],
            "rule": self.env["rgpd.retention.rule"]._fields["data_category_ids"],
        }
        covered = SQL(" OR ").join(
            SQL(
                """%(reason)s AND EXISTS (
                       SELECT 1 FROM %(table)s k
                         JOIN rgpd_data_category c ON c.id = %(category)s
                        WHERE %(owner)s = %(owner_id)s AND c.code = p.category)""",
                # A rule of its own covers what it says, and not what the purpose does
                reason=SQL(
                    "r.rule_id IS %s NULL", SQL("" if name == "purpose" else "NOT")
                ),
                table=SQL.identifier(field.relation),
                category=SQL.identifier("k", field.column2),
                owner=SQL.identifier("k", field.column1),
                owner_id=SQL.identifier("r", f"{name}_id"),
            )
            for name, field in relations.items()
        )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT v.id
                  FROM rgpd_vault v
                  JOIN rgpd_vault_part p ON p.vault_id = v.id
                 WHERE v.company_id = %(company)s
                   AND NOT EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = v.subject_id
                          AND (r.date_archive_end IS NULL
                               OR r.date_archive_end >= %(today)s)
                          AND (r.hold_id IS NOT NULL OR %(covered)s))
                """,
                company=company.id,
                today=reasons._get_today(),
                covered=covered,
            )
        )
        return self.browse(row[0] for row in rows)
