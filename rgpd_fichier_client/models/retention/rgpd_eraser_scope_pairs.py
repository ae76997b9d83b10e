from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...core.datamap import normalise
from ..journal.sql_array import Ids, int_array

ADDRESSES = ("email", "phone")


class RgpdEraserScope(models.AbstractModel):
    """What each row hangs on, read back from the rows: once for all their links."""

    _inherit = "rgpd.eraser.scope"

    def _get_pairs(self, found, links, scope):
        """Yield (row, row it hangs on) for every link that was followed."""
        ids_of = {model: Ids(rows) for model, rows in found.items() if rows}
        together = defaultdict(list)
        for link in links:
            if link.model not in ids_of or link.kind == "anchor":
                continue
            if self._get_link_columns(link):
                together[link.model].append(link)
                continue
            for child_id, target, parent_id in self._read_link(
                link, ids_of[link.model]
            ):
                yield (link.model, child_id), (target, parent_id)
        for model, some in together.items():
            yield from self._read_together(model, some, ids_of[model], scope)

    def _get_link_columns(self, link):
        """Return the columns of its row that a link is; none when it is elsewhere."""
        if link.kind in ADDRESSES:
            return [link.path]
        if link.kind in ("m2m", "property"):
            return []
        fields = self.env[link.model]._fields
        names = link.path.split(",")
        is_here = all(
            name in fields
            and fields[name].store
            and fields[name].column_type
            and not fields[name].company_dependent
            for name in names
        )
        return names if is_here else []

    def _read_together(self, model, links, ids, scope):
        """Yield the pairs of links that are columns of their rows."""
        names = [*dict.fromkeys(n for x in links for n in self._get_link_columns(x))]
        place = {name: number for number, name in enumerate(names, 1)}
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(self.env[model]._table),
                int_array(ids),
            )
        )
        for link in links:
            places = [place[name] for name in self._get_link_columns(link)]
            if link.kind in ADDRESSES:
                yield from self._get_address_pairs(link, rows, places[0], scope)
                continue
            for row in rows:
                if row[places[-1]]:
                    yield (model, row[0]), _get_parent(link, row, places)

    def _get_address_pairs(self, link, rows, place, scope):
        """Rows that know the person by an address: matched on the value."""
        anchor_of = {person: row for row, person in scope.anchors.items()}
        whose = defaultdict(set)
        for person, identifiers in scope.identifiers.items():
            for identifier in identifiers:
                if identifier.kind == link.kind:
                    whose[identifier.value].add(person)
        for row in rows:
            value = row[place]
            if not value:
                continue
            values = (
                normalise.emails(value)
                if link.kind == "email"
                else [normalise.phone(value)]
            )
            for person in {p for v in values for p in whose.get(v, ())}:
                yield (link.model, row[0]), anchor_of[person]

    def _read_link(self, link, ids):
        """Return ``(child id, parent model, parent id)`` read from the link itself."""
        model = self.env[link.model]
        table = SQL.identifier(model._table)
        if link.kind == "m2m":
            return self._read_m2m(link, ids)
        if link.kind == "property":
            rows = self.env["rgpd.person.finder"]._read_property_link(link, ids)
            return [(row_id, link.target, named) for row_id, named in rows]
        if link.kind == "polymorphic":
            query, *columns = self.env["rgpd.person.finder"]._get_pair(link)
            row_id = SQL.identifier(model._table, "id")
            query.add_where(SQL("%s = ANY(%s)", row_id, int_array(ids)))
            rows = self.env.execute_query(query.select(row_id, *columns))
            return [row for row in rows if row[2]]
        if model._fields[link.path].company_dependent:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(link.path),
                table,
                int_array(ids),
            )
        )
        if link.kind == "reference":
            parts = [(row[0], *row[1].split(",")) for row in rows if row[1]]
            return [(row[0], row[1], int(row[2])) for row in parts]
        return [(row[0], link.target, row[1]) for row in rows if row[1]]

    def _read_m2m(self, link, ids):
        inverse = link.path.startswith("<")
        owner = self.env[link.target if inverse else link.model]
        field = owner._fields[link.path.lstrip("<")]
        here, there = field.column1, field.column2
        if inverse:
            here, there = there, here
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(here),
                SQL.identifier(there),
                SQL.identifier(field.relation),
                SQL.identifier(here),
                int_array(ids),
            )
        )
        return [(row[0], link.target, row[1]) for row in rows]


def _get_parent(link, row, places):
    """Return the row that a link leads to: its model and its number."""
    value = row[places[0]]
    if link.kind == "polymorphic":
        return value, row[places[1]]
    if link.kind == "reference":
        target, number = value.split(",")
        return target, int(number)
    return link.target, value
