"""A savepoint that leaves the work of the end of a transaction to its end."""

from contextlib import contextmanager


@contextmanager
def savepoint(env):
    """Undo what goes wrong inside, and nothing else.

    Odoo's own savepoint runs, before it starts, all that waits for the commit: a change
    of a contact is then told in two messages where Odoo alone makes one. Here only rows
    are written before.

    :param env: environment whose rows are written before and after
    :raise Exception: what was raised inside, once it is undone
    """
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            yield
            env.flush_all()
    except Exception:
        # Nothing waited when it began: what is in memory was made inside
        env.transaction.clear()
        raise
