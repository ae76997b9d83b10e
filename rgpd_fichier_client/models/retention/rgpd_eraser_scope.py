from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import normalise
from ...core.retention import erasure_plan, erasure_scope


class Scope:
    """Everything one batch of an erasure reaches, found before anything changes."""

    def __init__(self, subjects):
        self.subjects = subjects
        self.anchors = {}  # {(model, id): subject id}, further addresses included
        self.rows = {}  # {model: {action: {ids}}}
        self.authored = {}  # {model: {ids written by the person}}
        self.owners = {}  # {(model, id): {subject ids}}
        self.documents = {}  # {model: kind of document}
        self.identifiers = {}  # {subject id: [Identifier]}
        self.shared = set()  # {(kind, value)} somebody else carries too
        self._partners = None  # {subject id: partners}, see ``persons_of``

    def ids_of(self, model):
        """Anchor rows of this model."""
        return [row_id for name, row_id in self.anchors if name == model]

    def persons_of(self, model, row_id):
        """Return the partners that leave a row: those it belongs to."""
        if self._partners is None:
            self._partners = defaultdict(set)
            for (name, anchor_id), owner in self.anchors.items():
                if name == "res.partner":
                    self._partners[owner].add(anchor_id)
        owners = self.owners.get((model, row_id)) or self._partners
        return set().union(*(self._partners.get(owner, ()) for owner in owners))

    def get_anchor_models(self):
        return {model for model, _row_id in self.anchors}

    def to_redact(self):
        """Identifiers to remove from texts: all but those of somebody else too.

        :return: ``{subject id: [Identifier]}``
        """
        return {
            person: [i for i in identifiers if (i.kind, i.value) not in self.shared]
            for person, identifiers in self.identifiers.items()
        }

    def to_sweep(self, subject_id, kept):
        """Identifiers the sweep must not find any more."""
        return erasure_plan.identifiers_to_sweep(
            self.identifiers.get(subject_id, ()), set(kept), self.shared
        )

    def get_rows_for_ledger(self):
        return [(subject.res_model, subject.res_id) for subject in self.subjects]


class RgpdEraserScope(models.AbstractModel):
    """Find what an erasure reaches and whose each row is."""

    _name = "rgpd.eraser.scope"
    _description = "Scope of an Erasure"

    @api.model
    def _build(self, subjects):
        """Look everything up before the first value changes.

        :rtype: Scope
        """
        scope = Scope(subjects)
        scope.anchors = self._get_anchors(subjects)
        links = [
            link
            for link in self.env["rgpd.data.map"]._get_links()
            if link.role != "staff" and link.model in self.env
        ]
        of_anchors = self._read_identifiers(scope)
        found = self._find(scope, of_anchors)
        scope.rows, scope.authored = erasure_scope.sort_rows(found, links)
        scope.documents = erasure_scope.document_kinds(links)
        scope.identifiers = self._gather_identifiers(scope, of_anchors)
        pairs = self._get_pairs(found, links, scope)
        scope.owners = erasure_scope.propagate(scope.anchors, pairs)
        self._spare_others(scope, found, links)
        self._own_the_rest(found, scope)
        scope.shared = self._get_shared(scope)
        return scope

    # === ANCHORS === #

    def _get_anchors(self, subjects):
        """The record of each subject, and the further addresses that belong to it."""
        anchors = {(s.res_model, s.res_id): s.id for s in subjects}
        parents = {
            row_id: person
            for (model, row_id), person in anchors.items()
            if model == "res.partner"
        }
        while parents:
            children = self.env["res.partner"].search(
                [("parent_id", "in", list(parents))]
            )
            subject_of = self.env["rgpd.subject"]._of(children).grouped("res_id")
            found = {}
            for child in children:
                subject = subject_of.get(child.id)
                if ("res.partner", child.id) in anchors or not self._is_part(
                    child, subject
                ):
                    continue
                found[child.id] = parents[child.parent_id.id]
                anchors["res.partner", child.id] = found[child.id]
            parents = found
        return anchors

    def _is_part(self, child, subject):
        """A further address goes with the person; a contact is somebody else."""
        evidence = subject.natural_evidence if subject else "address"
        if evidence in ("staff", "technical", "own_company"):
            return False
        return child.type not in (False, "contact") or evidence == "address"

    def _find(self, scope, identifiers):
        """Return what the finder finds, from the anchors and what tells who they are.

        :param identifiers: see ``_read_identifiers``
        """
        finder = self.env["rgpd.person.finder"]
        found = defaultdict(dict)
        for model in sorted(scope.get_anchor_models()):
            records = self.env[model].browse(scope.ids_of(model))
            for name, rows in finder._find(
                records, identifiers=identifiers[model]
            ).items():
                if name not in found:
                    found[name] = rows
                    continue
                for row_id, paths in rows.items():
                    # Many rows share one list
                    known = found[name].get(row_id, ())
                    new = [path for path in paths if path not in known]
                    found[name][row_id] = [*known, *new]
        return dict(found)

    # === WHOSE === #

    def _get_pairs(self, found, links, scope):
        """Yield (row, row it hangs on) for every link that was followed."""
        for link in links:
            ids = list(found.get(link.model, ()))
            if not ids or link.kind == "anchor":
                continue
            if link.kind in ("email", "phone"):
                yield from self._get_address_pairs(link, ids, scope)
                continue
            for child_id, target, parent_id in self._read_link(link, ids):
                yield (link.model, child_id), (target, parent_id)

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
            query.add_where(SQL("%s = ANY(%s)", row_id, ids))
            rows = self.env.execute_query(query.select(row_id, *columns))
            return [row for row in rows if row[2]]
        if model._fields[link.path].company_dependent:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(link.path),
                table,
                ids,
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
                ids,
            )
        )
        return [(row[0], link.target, row[1]) for row in rows]

    def _get_address_pairs(self, link, ids, scope):
        """Rows that know the person by an address: matched on the value."""
        anchor_of = {person: row for row, person in scope.anchors.items()}
        whose = defaultdict(set)
        for person, identifiers in scope.identifiers.items():
            for identifier in identifiers:
                if identifier.kind == link.kind:
                    whose[identifier.value].add(person)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(link.path),
                SQL.identifier(self.env[link.model]._table),
                ids,
            )
        )
        for row_id, value in rows:
            values = (
                normalise.emails(value)
                if link.kind == "email"
                else [normalise.phone(value)]
            )
            for person in {p for v in values for p in whose.get(v, ())}:
                yield (link.model, row_id), anchor_of[person]

    def _own_the_rest(self, found, scope):
        """A row whose path cannot be read back belongs to the whole batch."""
        everybody = set(scope.subjects.ids)
        for model, rows in found.items():
            for row_id in rows:
                scope.owners.setdefault((model, row_id), everybody)

    # === IDENTIFIERS === #

    def _read_identifiers(self, scope):
        """Return ``{model: {id: [Identifier]}}`` of the anchors."""
        finder = self.env["rgpd.person.finder"]
        return {
            model: finder._get_identifiers(self.env[model].browse(scope.ids_of(model)))
            for model in scope.get_anchor_models()
        }

    def _gather_identifiers(self, scope, of_anchors):
        """Return ``{subject id: [Identifier]}``, those of further addresses included.

        :param of_anchors: see ``_read_identifiers``
        """
        result = defaultdict(list)
        for model, identifiers_of in of_anchors.items():
            for row_id, identifiers in identifiers_of.items():
                known = result[scope.anchors[model, row_id]]
                known += [i for i in identifiers if i not in known]
        return dict(result)

    def _get_shared(self, scope):
        """Identifiers another person of the file carries as well.

        A phone shared by a couple, the switchboard of a company, its VAT number on a
        contact: finding them later says nothing about the person who left.
        """
        mine = tuple(scope.ids_of("res.partner")) or (0,)
        values = defaultdict(set)
        for identifiers in scope.identifiers.values():
            for identifier in identifiers:
                values[identifier.kind].add(identifier.value)
        shared = set()
        for kind, column in (
            ("email", SQL("email_normalized")),
            ("phone", SQL("phone_sanitized")),
            ("vat", SQL("vat")),
            ("name", SQL("lower(name)")),
        ):
            if values[kind]:
                wanted = {v.lower(): v for v in values[kind]}
                wanted.update({v: v for v in values[kind]})
                rows = self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT %(column)s FROM res_partner"
                        " WHERE %(column)s = ANY(%(values)s) AND id NOT IN %(mine)s",
                        column=column,
                        values=list(wanted),
                        mine=mine,
                    )
                )
                shared |= {(kind, wanted[row[0]]) for row in rows}
        return shared | self._get_shared_addresses(scope)

    def _get_shared_addresses(self, scope):
        """Addresses of a household or of the company are not one person's own."""
        partners = self.env["res.partner"].browse(scope.ids_of("res.partner"))
        others = partners.parent_id - partners
        streets = [street for street in partners.mapped("street") if street]
        if streets:
            others |= self.env["res.partner"].search(
                [
                    ("street", "in", streets),
                    ("zip", "in", partners.mapped("zip")),
                    ("id", "not in", partners.ids),
                ]
            )
        found = self.env["rgpd.person.finder"]._get_identifiers(others)
        mine = {
            (identifier.kind, identifier.value)
            for identifiers in scope.identifiers.values()
            for identifier in identifiers
        }
        return mine & {
            (identifier.kind, identifier.value)
            for identifiers in found.values()
            for identifier in identifiers
        }
