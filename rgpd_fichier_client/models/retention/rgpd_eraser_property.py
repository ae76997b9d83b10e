import json

from odoo import api, models
from odoo.tools import SQL

from ...core.retention import erasure_plan


class RgpdEraserWork(models.AbstractModel):
    """How a person goes from the properties of records that stay."""

    _inherit = "rgpd.eraser.work"

    @api.model
    def _mask_scope(self, scope, kept, codes):
        """Go from the records of other persons too: nothing else of them changes."""
        report = super()._mask_scope(scope, kept, codes)
        work = self._prepare_work(scope, codes, report)
        for model in sorted(scope.get_anchor_models()):
            found = scope.rows.get(model, {}).get(erasure_plan.UNLINK, ())
            others = set(found) - set(scope.ids_of(model))
            for link in self.env["rgpd.data.map"]._get_links(model):
                if link.kind == "property" and others:
                    self._cut(work, link, sorted(others))
        return report

    @api.model
    def _cut(self, work, link, ids):
        """Cut one link; of a property only the value that names the person goes."""
        if link.kind != "property":
            return super()._cut(work, link, ids)
        persons = set(work["scope"].ids_of(link.target))
        finder = self.env["rgpd.person.finder"]
        names = finder._get_property_names(link, link.target)
        if not persons or names is None:
            return None
        [[known]] = self.env.execute_query(names)
        model = self.env[link.model]
        column, table = SQL.identifier(link.path), SQL.identifier(model._table)
        query = SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", column, table, ids)
        for row_id, values in self.env.execute_query(query):
            kept = {
                name: _leave_out(value, persons) if name in (known or ()) else value
                for name, value in (values or {}).items()
            }
            if kept != (values or {}):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s::jsonb WHERE id = %s",
                        table,
                        column,
                        json.dumps(kept),
                        row_id,
                    )
                )
        model.browse(ids).invalidate_recordset([link.path], flush=False)
        return None


def _leave_out(value, persons):
    if isinstance(value, list):
        return [res_id for res_id in value if res_id not in persons]
    return False if value in persons else value
