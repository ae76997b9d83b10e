from odoo import models
from odoo.tools import SQL

from ..journal.sql_array import text_array


class RgpdEraserScope(models.AbstractModel):
    """Which names of a batch somebody else in the file has as well."""

    _inherit = "rgpd.eraser.scope"

    def _get_shared_names(self, names, mine):
        """Return the names that more contacts have than these.

        Whoever has the same name nearly always has it in the same spelling, which the
        index of Odoo finds. All names are read for the others alone: that takes as long
        as the file is large, for each batch.

        :param names: in lower case
        :param mine: ids of the contacts of the batch, as SQL
        """
        if not names:
            return set()
        shared = self._get_names_spelt_alike(names, mine)
        left = set(names) - shared
        return shared | (self._get_names_in_any_spelling(left, mine) if left else set())

    def _get_names_spelt_alike(self, names, mine):
        """Return those that another contact has as one of these spells it."""
        # Looked up one by one (OFFSET 0): no table is read for it
        query = SQL(
            """
            SELECT DISTINCT lower(own.name)
              FROM (SELECT name FROM res_partner WHERE id = ANY(%(mine)s)
                     UNION SELECT initcap(unnest(%(names)s))) own
             WHERE lower(own.name) = ANY(%(names)s)
                   AND EXISTS (SELECT FROM res_partner other
                                WHERE other.name = own.name
                                  AND other.id <> ALL(%(mine)s) OFFSET 0)
            """,
            names=text_array(names),
            mine=mine,
        )
        return {row[0] for row in self.env.execute_query(query)}

    def _get_names_in_any_spelling(self, names, mine):
        """Return those that another contact has, in capitals for instance.

        No index knows names in lower case; that of the names is read for it, and not
        the contacts themselves.
        """
        query = SQL(
            """
            SELECT found.name
              FROM (SELECT lower(name) AS name, count(*) AS count FROM res_partner
                     WHERE lower(name) = ANY(%(names)s) GROUP BY 1) found
         LEFT JOIN (SELECT lower(name) AS name, count(*) AS count FROM res_partner
                     WHERE id = ANY(%(mine)s) GROUP BY 1) own USING (name)
             WHERE found.count > COALESCE(own.count, 0)
            """,
            names=text_array(names),
            mine=mine,
        )
        return {row[0] for row in self.env.execute_query(query)}
