"""Work that commits, and is done again when it meets another transaction.

In REPEATABLE READ what another transaction saved since the first query is a conflict:
https://www.postgresql.org/docs/current/transaction-iso.html
"""

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Before the job fails, or comes back later
MOST_ATTEMPTS = 5


def insist(env, work):
    """Return what some work returns, done again when it meets a conflict.

    :raise: the last conflict, when it meets one each time
    """
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            return work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            undo(env)
            if attempt == MOST_ATTEMPTS:
                raise


def undo(env):
    """Undo what met a conflict, as Odoo does for a request."""
    env.cr.rollback()
    env.transaction.reset()
    env.registry.reset_changes()
