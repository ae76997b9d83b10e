from collections import defaultdict

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
    def _query_links(self, asked, filled):
        """Leave out the properties that name no such record, whatever the row says.

        To plan their queries takes the database longer than all the other links.
        """
        naming = self._get_naming(
            {
                (link, target)
                for link, target, _ids in asked
                if link.kind == "property" and link.model in self.env
                if self._get_link_table(link, target) in filled
            }
        )
        asked = [
            item for item in asked if item[0].kind != "property" or item[:2] in naming
        ]
        return super()._query_links(asked, filled)

    @api.model
    def _get_naming(self, asked):
        """Return those of ``(link, target)`` of which some definition names such.

        The definition may be that of another link: then the link is asked for nothing.
        """
        wanted = defaultdict(set)
        for link, target in asked:
            column = self._get_definition_field(link)
            if column is not None:
                wanted[column, target].add(link)
        questions = []
        for (column, target), links in wanted.items():
            comodels = [comodel for comodel, _column in _get_naming_models(target)]
            query = SQL(
                """SELECT 1 AS id WHERE EXISTS (SELECT 1 FROM (%s) d
                    WHERE d.type IN ('many2one', 'many2many') AND d.comodel = ANY(%s))
                """,
                self._get_definitions(next(iter(links))),
                comodels,
            )
            questions.append((self.env[column.model_name]._table, query, 0))
        answers = self._ask(questions, {table for table, _query, _n in questions})
        return {
            (link, target)
            for ((_column, target), links), found in zip(
                wanted.items(), answers, strict=True
            )
            if found
            for link in links
        }

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
        for comodel, column in _get_naming_models(target):
            if column == "id":
                yield comodel, SQL("%s::text[]", ids)
            else:
                yield (
                    comodel,
                    SQL(
                        "ARRAY(SELECT id::text FROM %s WHERE %s = ANY(%s))",
                        SQL.identifier(self.env[comodel]._table),
                        SQL.identifier(column),
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
            values=self._get_property_values(link, comodel),
            named=named,
        )

    @api.model
    def _get_property_names(self, link, comodel):
        """Return the SQL of the array of the properties that name such records.

        None where there is no table of definitions.
        """
        definitions = self._get_definitions(link)
        return definitions and SQL(
            """SELECT array_agg(DISTINCT d.name) FROM (%s) d
                WHERE d.type IN ('many2one', 'many2many') AND d.comodel = %s""",
            definitions,
            comodel,
        )

    @api.model
    def _get_definitions(self, link):
        """Return the SQL of what each record of definitions says of each property.

        None where there is no table of them.
        """
        column = self._get_definition_field(link)
        if column is None:
            return None
        return SQL(
            """SELECT d.id AS holder, p.value ->> 'name' AS name,
                      p.value ->> 'type' AS type, p.value ->> 'comodel' AS comodel
                 FROM %(table)s d, jsonb_array_elements(
                      CASE jsonb_typeof(d.%(column)s)
                      WHEN 'array' THEN d.%(column)s ELSE '[]' END) p""",
            table=SQL.identifier(self.env[column.model_name]._table),
            column=SQL.identifier(column.name),
        )

    @api.model
    def _get_definition_field(self, link):
        """Return the field of another model that holds the definitions, or None."""
        model = self.env.get(link.model)
        field = None if model is None else model._fields.get(link.path)
        holder = field and model._fields.get(field.definition_record)
        if not holder or holder.comodel_name not in self.env:
            return None
        definitions = self.env[holder.comodel_name]
        column = definitions._fields.get(field.definition_record_field)
        return column if column and column.store else None

    @api.model
    def _get_holder(self, link):
        """Return the SQL of the record that defines the properties of the row ``t``."""
        model = self.env[link.model]
        field = model._fields[link.path]
        holder = model._fields[field.definition_record]
        if holder.store and holder.column_type and not holder.company_dependent:
            return SQL.identifier("t", holder.name)
        if holder.comodel_name == "properties.base.definition":
            # One for all the records of the model
            return SQL(
                """(SELECT b.id FROM properties_base_definition b
                      JOIN ir_model_fields f ON f.id = b.properties_field_id
                     WHERE f.model = %s AND f.name = %s)""",
                link.model,
                link.path,
            )
        return SQL("NULL::int")

    @api.model
    def _get_property_values(self, link, comodel):
        """Return the SQL of the ids that the properties of the row ``t`` name.

        Each with the ``name`` of its property. Of a property that two definitions have,
        with another model each, the definition of the row decides. A JSON null, which
        another tool may have written, has no properties.
        """
        return SQL(
            """SELECT p.key AS name,
                      jsonb_array_elements_text(CASE jsonb_typeof(p.value)
                      WHEN 'array' THEN p.value
                      ELSE jsonb_build_array(p.value) END) AS id
                 FROM jsonb_each(CASE jsonb_typeof(t.%(column)s)
                      WHEN 'object' THEN t.%(column)s END) p
                WHERE p.key = ANY((%(names)s)::text[])
                  AND NOT EXISTS (
                      SELECT 1 FROM (%(definitions)s) d
                       WHERE d.holder = %(holder)s AND d.name = p.key
                         AND d.comodel IS DISTINCT FROM %(comodel)s)""",
            column=SQL.identifier(link.path),
            names=self._get_property_names(link, comodel),
            definitions=self._get_definitions(link),
            holder=self._get_holder(link),
            comodel=comodel,
        )

    @api.model
    def _read_property_link(self, link, ids):
        """Return ``[(id of the row, id of the record it names)]``."""
        pairs = []
        for comodel, column in _get_naming_models(link.target):
            if self._get_property_names(link, comodel) is None:
                continue
            # A property of that name may have been a text before
            number = SQL("CASE WHEN v.id ~ '^[0-9]{1,18}$' THEN v.id::bigint END")
            query = SQL(
                """SELECT t.id, p.%s FROM %s t, LATERAL (%s) v JOIN %s p ON p.id = %s
                    WHERE t.id = ANY(%s)""",
                SQL.identifier(column),
                SQL.identifier(self.env[link.model]._table),
                self._get_property_values(link, comodel),
                SQL.identifier(self.env[comodel]._table),
                number,
                int_array(ids),
            )
            pairs += self.env.execute_query(query)
        return pairs


def _get_naming_models(target):
    """Yield the models whose records name a person, and their column that says whom."""
    yield target, "id"
    if target == "res.partner":
        yield "res.users", "partner_id"
