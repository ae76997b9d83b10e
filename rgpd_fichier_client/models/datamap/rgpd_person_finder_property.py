from odoo import api, models
from odoo.tools import SQL

from ..journal.sql_array import int_array


class RgpdPersonFinder(models.AbstractModel):
    """How a person is found in the properties of records that name them.

    A property is a value in the json of its record; what kind of value it is stands in
    the definition, a record of another table: of properties that name no person, which
    is nearly always so, no row is read.
    """

    _inherit = "rgpd.person.finder"

    @api.model
    def _find_own(self, records):
        """Return what ``_find`` does, without the records of others that name these.

        The record of a member names their sponsor in a property: it is not one of the
        sponsor, who is told nothing of it (Art. 15.4). An erasure cuts it there.
        """
        found = self._find(records)
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            rows = {
                row_id: paths
                for row_id, paths in found.pop(model, {}).items()
                if not all(path.startswith("property:") for path in paths)
            }
            if rows:
                found[model] = rows
        return found

    @api.model
    def _get_link_query(self, link, target, ids):
        if link.kind != "property":
            return super()._get_link_query(link, target, ids)
        queries = [
            query
            for comodel, named in self._get_named(target, ids)
            if (query := self._get_naming_query(link, comodel, named))
        ]
        return SQL(" UNION ALL ").join(queries) if queries else None

    @api.model
    def _get_named(self, target, ids):
        """Yield a model and the SQL of the ids, as texts, that name these records.

        Who names an account names the person whose it is.
        """
        ids = int_array(ids)
        yield target, SQL("%s::text[]", ids)
        if target == "res.partner":
            yield (
                "res.users",
                SQL(
                    "ARRAY(SELECT id::text FROM res_users WHERE partner_id = ANY(%s))",
                    ids,
                ),
            )

    @api.model
    def _get_naming_query(self, link, comodel, named):
        """Return the query of the rows that name one of some records of a model."""
        names = self._get_property_names(link, comodel)
        if names is None:
            return None
        model = self.env[link.model]
        # Each by itself: where no property names such a record, no row is read
        return SQL(
            """SELECT t.id FROM %(table)s t
                WHERE %(names)s IS NOT NULL AND t.%(column)s ?| %(names)s
                  AND EXISTS (
                      SELECT 1 FROM (%(values)s) v WHERE v.id = ANY(%(named)s))""",
            table=SQL.identifier(model._table),
            column=SQL.identifier(link.path),
            names=SQL("(%s)::text[]", names),
            values=self._get_property_values(link, names),
            named=named,
        )

    @api.model
    def _get_property_names(self, link, target):
        """Return the SQL of the array of the properties that name such records.

        None where there is no table of definitions.
        """
        model = self.env.get(link.model)
        field = None if model is None else model._fields.get(link.path)
        holder = field and model._fields.get(field.definition_record)
        if not holder or holder.comodel_name not in self.env:
            return None
        definitions = self.env[holder.comodel_name]
        column = definitions._fields.get(field.definition_record_field)
        if not column or not column.store:
            return None
        return SQL(
            """SELECT array_agg(DISTINCT p.value ->> 'name')
                 FROM %s d, jsonb_array_elements(
                      CASE jsonb_typeof(d.%s) WHEN 'array' THEN d.%s ELSE '[]' END) p
                WHERE p.value ->> 'type' IN ('many2one', 'many2many')
                  AND p.value ->> 'comodel' = %s""",
            SQL.identifier(definitions._table),
            SQL.identifier(column.name),
            SQL.identifier(column.name),
            target,
        )

    @api.model
    def _get_property_values(self, link, names):
        """Return the SQL of the ids that the properties of the row ``t`` name."""
        return SQL(
            """SELECT jsonb_array_elements_text(CASE jsonb_typeof(p.value)
                      WHEN 'array' THEN p.value
                      ELSE jsonb_build_array(p.value) END) AS id
                 FROM jsonb_each(t.%s) p WHERE p.key = ANY(%s)""",
            SQL.identifier(link.path),
            SQL("(%s)::text[]", names),
        )

    @api.model
    def _read_property_link(self, link, ids):
        """Return ``[(id of the row, id of the record it names)]``."""
        pairs = []
        for comodel in (link.target, "res.users"):
            names = self._get_property_names(link, comodel)
            if names is None:
                continue
            # A property of that name may have been a text before
            number = SQL("CASE WHEN v.id ~ '^[0-9]{1,18}$' THEN v.id::bigint END")
            column = "id" if comodel == link.target else "partner_id"
            query = SQL(
                """SELECT t.id, p.%s FROM %s t, LATERAL (%s) v JOIN %s p ON p.id = %s
                    WHERE t.id = ANY(%s)""",
                SQL.identifier(column),
                SQL.identifier(self.env[link.model]._table),
                self._get_property_values(link, names),
                SQL.identifier(self.env[comodel]._table),
                number,
                int_array(ids),
            )
            pairs += self.env.execute_query(query)
        return pairs
