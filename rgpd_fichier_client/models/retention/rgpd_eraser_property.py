import json
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...core.retention import erasure_plan
from ..journal.sql_array import int_array


class RgpdEraserWork(models.AbstractModel):
    """How a person goes from the properties of records that stay."""

    _inherit = "rgpd.eraser.work"

    @api.model
    def _mask_scope(self, scope, kept, codes):
        """Go from the properties of all that was reached, whatever else goes there.

        Of the records of other persons nothing else changes.
        """
        report = super()._mask_scope(scope, kept, codes)
        work = self._prepare_work(scope, codes, report)
        for link in self.env["rgpd.data.map"]._get_links():
            if link.kind == "property" and link.model in self.env:
                ids = set(scope.ids_of(link.model)).union(
                    *(
                        found
                        for action, found in scope.rows.get(link.model, {}).items()
                        if action != erasure_plan.KEEP
                    )
                )
                if ids:
                    self._cut(work, link, sorted(ids))
                self._forget_defaults(scope, link)
        return report

    @api.model
    def _cut(self, work, link, ids):
        """Cut one link; of a property only the value that names the person goes."""
        if link.kind != "property":
            return super()._cut(work, link, ids)
        gone = self._get_gone(work["scope"], link, ids)
        model = self.env[link.model]
        query = SQL(
            "SELECT id, %s FROM %s WHERE id = ANY(%s)",
            SQL.identifier(link.path),
            SQL.identifier(model._table),
            int_array(sorted(gone)),
        )
        for row_id, values in self.env.execute_query(query) if gone else ():
            left = {
                name: _leave_out(value, gone[row_id].get(name, ()))
                for name, value in values.items()
            }
            self._write_json(model, link.path, row_id, values, left)
        return None

    @api.model
    def _get_gone(self, scope, link, ids):
        """Return ``{id of the row: {name: ids of records}}`` of what is to go."""
        finder = self.env["rgpd.person.finder"]
        gone = defaultdict(lambda: defaultdict(set))
        for comodel, leaving in self._get_leaving(scope, link).items():
            names = finder._get_property_names(link, comodel)
            if names is None or self.env.execute_query(names) == [(None,)]:
                continue
            rows = self.env.execute_query(
                SQL(
                    """SELECT t.id, v.name, v.id FROM %s t, LATERAL (%s) v
                        WHERE t.id = ANY(%s) AND v.id = ANY(%s)""",
                    SQL.identifier(self.env[link.model]._table),
                    finder._get_property_values(link, comodel),
                    ids,
                    [str(res_id) for res_id in leaving],
                )
            )
            for row_id, name, res_id in rows:
                gone[row_id][name].add(int(res_id))
        return gone

    @api.model
    def _get_leaving(self, scope, link):
        """Return ``{model: ids}`` of what names those who leave: accounts as well."""
        persons = scope.ids_of(link.target)
        if not persons:
            return {}
        if link.target != "res.partner":
            return {link.target: set(persons)}
        users = self.env.execute_query(
            SQL(
                "SELECT id FROM res_users WHERE partner_id = ANY(%s)",
                int_array(persons),
            )
        )
        leaving = {link.target: set(persons), "res.users": {row[0] for row in users}}
        return {model: ids for model, ids in leaving.items() if ids}

    @api.model
    def _forget_defaults(self, scope, link):
        """No record that is made later gets the person: a default names nobody gone."""
        leaving = self._get_leaving(scope, link)
        field = self.env["rgpd.person.finder"]._get_definition_field(link)
        if not leaving or field is None:
            return
        definitions, name = self.env[field.model_name], field.name
        column = SQL.identifier(name)
        query = SQL(
            "SELECT id, %s FROM %s WHERE jsonb_path_exists(%s, '$[*].default')",
            column,
            SQL.identifier(definitions._table),
            column,
        )
        for row_id, properties in self.env.execute_query(query):
            left = [
                {**one, "default": _leave_out(one["default"], gone)}
                if one.get("type") in ("many2one", "many2many")
                and one.get("default")
                and (gone := leaving.get(one.get("comodel")))
                else one
                for one in properties
            ]
            self._write_json(definitions, name, row_id, properties, left)

    @api.model
    def _write_json(self, model, name, row_id, before, after):
        if after != before:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s::jsonb WHERE id = %s",
                    SQL.identifier(model._table),
                    SQL.identifier(name),
                    json.dumps(after),
                    row_id,
                )
            )
            model.browse(row_id).invalidate_recordset([name], flush=False)


def _leave_out(value, gone):
    if isinstance(value, list):
        return [res_id for res_id in value if res_id not in gone]
    return False if value in gone else value
