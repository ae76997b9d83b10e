from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import discovery_unknown
from ...core.retention import erasure_others, erasure_scope


class RgpdEraserScope(models.AbstractModel):
    """Leave the records of somebody else that name the person whole."""

    _inherit = "rgpd.eraser.scope"

    @api.model
    def _spare_others(self, scope, found, links):
        """Take the rows of somebody else, and what hangs on them, out of the masking.

        :param found: ``{model: {id: [link keys]}}``
        """
        main = discovery_unknown.find_main(links)
        doubtful = erasure_others.find_doubtful(found, links, main)
        foreign = {
            (model, row_id)
            for model, ids in doubtful.items()
            for row_id in self._get_with_person(main[model], ids)
        }
        if foreign:
            # Read again, as it is rare: many pairs are not kept for it
            pairs = self._get_pairs(found, links, scope)
            reached = erasure_scope.propagate(
                scope.anchors, (pair for pair in pairs if pair[1] not in foreign)
            )
            hanging = erasure_others.find_hanging(scope.owners, reached, foreign)
            scope.rows = erasure_others.spare(scope.rows, foreign, hanging)

    def _get_with_person(self, link, ids):
        """Return those of the rows whose main link leads to somebody."""
        field = self.env[link.model]._fields[link.path]
        if field.company_dependent or not field.store:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND %s IS NOT NULL",
                SQL.identifier(self.env[link.model]._table),
                sorted(ids),
                SQL.identifier(link.path),
            )
        )
        return [row_id for (row_id,) in rows]
