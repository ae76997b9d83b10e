# To the cache that holds what is asked of everybody, see odoo.orm.registry
SIGNAL = "INSERT INTO orm_signaling_default DEFAULT VALUES"
KEY = "rgpd.reload"


class Reload:
    """Have every process read again what it remembers, once the change is saved."""

    def __init__(self, registry):
        self.registry = registry

    def __call__(self):
        self.registry.clear_cache()
        if self.registry.ready:
            self.registry.signal_changes()


def reload_after(env):
    """Have every process read again what it remembers once this transaction is saved.

    Odoo tells the other processes after the commit, in a transaction of its own. One
    that is killed in between has told nobody: they would go on with what was true
    before. What tells them is therefore part of the change as well. It is written at
    the next savepoint or the commit, whichever comes first: Odoo flushes before both.
    A row with a higher number that somebody else saved in between hides this one, so
    after the commit it is said again; only who is killed right then, after others spoke
    in between, is not heard.
    """
    cr, registry = env.cr, env.registry
    before, after = cr.precommit, cr.postcommit
    if registry.ready and not before.data.get(KEY):
        before.data[KEY] = True
        before.add(lambda: cr.execute(SIGNAL))
    if not after.data.get(KEY):
        after.data[KEY] = True
        after.add(Reload(registry))
