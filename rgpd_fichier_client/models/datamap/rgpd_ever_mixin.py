from odoo import api, models
from odoo.tools import SQL, ormcache

# The tables of which the transaction knows that they hold a row.
MEMO = "rgpd.ever.mixin"


class _NeverError(Exception):
    """Nobody may remember that a table is empty longer than its transaction."""


class RgpdEverMixin(models.AbstractModel):
    """A table of which each process knows whether it ever held a row.

    Everyday work asks such tables about each contact, and most companies never put
    anything in them. Only "it did" is remembered from one transaction to the next: it
    never becomes wrong. "Never" would, in a process that nobody told of the first row;
    each transaction that has to know asks for itself, once for all such tables.
    """

    _name = "rgpd.ever.mixin"
    _description = "Table That May Never Have Held a Row"

    @api.model
    def _has_ever_held(self):
        """Tell whether the table may hold a row; False when this transaction sees none.

        At most one statement in a transaction.
        """
        holding = self.env.cr.cache.get(MEMO)
        if holding is not None:
            return self._name in holding
        try:
            return self._is_known_to_hold()
        except _NeverError:
            return False

    @api.model
    @ormcache()
    def _is_known_to_hold(self):
        """Remember that the table holds a row.

        :raise _NeverError: it does not, which is not to be remembered
        """
        if self._name not in self._get_holding():
            raise _NeverError
        return True

    @api.model
    def _get_holding(self):
        """Return the names of the models with a row, as this transaction sees them."""
        cache = self.env.cr.cache
        if MEMO not in cache:
            # An abstract model among them has no table
            names = [
                name
                for name in sorted(self.pool.descendants([MEMO], "_inherit"))
                if not self.pool[name]._abstract
            ]
            tables = [SQL.identifier(self.pool[name]._table) for name in names]
            exist = [SQL("EXISTS (SELECT 1 FROM %s)", table) for table in tables]
            rows = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(exist)))
            cache[MEMO] = {
                name for name, holds in zip(names, rows[0], strict=True) if holds
            }
        return cache[MEMO]

    @api.model
    def _ask_again(self):
        """Forget what this transaction knows: it puts a row in the table."""
        self.env.cr.cache.pop(MEMO, None)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._ask_again()
        return records
