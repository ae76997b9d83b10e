from odoo import models
from odoo.tools import SQL

from ..journal.sql_array import Ids, int_array
from .rgpd_reason_builder import FACTS

# A table somebody is altering is not waited for: the batch is tried again
LOCK_TIMEOUT = "5s"


class RgpdReason(models.Model):
    """Looks behind the locks of the night: who ordered just before them stays.

    A transaction sees the database as it was at its first query (REPEATABLE READ,
    https://www.postgresql.org/docs/current/transaction-iso.html). An order saved
    between that moment and the lock on its customer only shared the lock: it is no
    conflict, and cannot be seen. From the lock on, the next order waits for us.
    """

    _inherit = "rgpd.reason"

    def _leave_newer(self, subjects):
        """Postpone whom something happened to since the snapshot; return the others.

        To be called behind the locks, when the reasons have just been computed: their
        facts are those of the snapshot. Read with a transaction of its own, that writes
        nothing (it would wait for this one) and can only hold persons back.
        """
        if not subjects:
            return subjects
        with self.env.registry.cursor() as cr:
            self._set_up_look(cr)
            newer = subjects & self._get_newer(self.env(cr=cr), subjects)
        self._postpone(newer, days=1)
        return subjects - newer

    def _set_up_look(self, cr):
        """Let a second transaction wait for nobody, nor for its statements.

        To compile them takes PostgreSQL seconds, to run them milliseconds.
        """
        cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
        self._set_up_planner(cr)

    def _get_newer(self, fresh, subjects):
        """Return those with a fact, a request or a hold this transaction cannot see.

        :param fresh: environment of a newer transaction
        """
        anchors = {
            model: set(some.mapped("res_id"))
            for model, some in subjects.grouped("res_model").items()
        }
        partners = anchors.get("res.partner", set())
        households = dict(
            fresh.execute_query(
                SQL(
                    """SELECT id, commercial_partner_id FROM res_partner
                        WHERE commercial_partner_id IN (
                            SELECT commercial_partner_id FROM res_partner
                             WHERE id = ANY(%s))""",
                    int_array(partners),
                )
            )
        )
        persons = {**anchors, "res.partner": partners | set(households)}
        persons = {model: Ids(ids) for model, ids in persons.items()}
        queries = self.env["rgpd.fact.collector"]._get_queries(persons)
        known = set(self.env.execute_query(SQL("SELECT * FROM %s", FACTS)))
        touched = {
            (
                row[0],
                households.get(row[1], row[1]) if row[0] == "res.partner" else row[1],
            )
            for query in queries
            for row in fresh.execute_query(query)
            if row not in known
        }
        waiting = fresh["rgpd.reason"]._get_waiting(subjects.with_env(fresh))

        def is_newer(subject):
            key = subject.res_id
            if subject.res_model == "res.partner":
                key = households.get(key, key)
            return subject.id in waiting or (subject.res_model, key) in touched

        return subjects.filtered(is_newer)

    def _get_waiting(self, subjects):
        """Return the ids of those who wait for an answer, or are under a hold."""
        asked = self.env.execute_query(
            SQL(
                "SELECT s.id FROM rgpd_subject s WHERE s.id = ANY(%s) AND %s",
                int_array(subjects.ids),
                self._get_open_request_sql(),
            )
        )
        held = self.env["rgpd.eraser"].sudo()._get_held(subjects)
        return {row[0] for row in asked} | {subject.id for subject in held}
