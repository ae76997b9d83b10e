from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...core.retention import erasure_plan, erasure_scope
from ..journal.sql_array import int_array, text_array


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
        mine = int_array(scope.ids_of("res.partner"))
        values = defaultdict(set)
        for identifiers in scope.identifiers.values():
            for identifier in identifiers:
                values[identifier.kind].add(identifier.value)
        shared = set()
        for kind, column in (
            ("email", SQL("email_normalized")),
            ("phone", SQL("phone_sanitized")),
            ("vat", SQL("vat")),
        ):
            if values[kind]:
                wanted = _get_spellings(values[kind])
                rows = self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT %(column)s FROM res_partner"
                        " WHERE %(column)s = ANY(%(values)s) AND id <> ALL(%(mine)s)",
                        column=column,
                        values=text_array(wanted),
                        mine=mine,
                    )
                )
                shared |= {(kind, wanted[row[0]]) for row in rows}
        names = _get_spellings(values["name"])
        shared |= {("name", names[n]) for n in self._get_shared_names(names, mine)}
        return shared | self._get_shared_addresses(scope)

    def _get_shared_addresses(self, scope):
        """Addresses of a household or of the company are not one person's own."""
        others = self._get_neighbours(scope.ids_of("res.partner"))
        if not others:
            return set()
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

    def _get_neighbours(self, ids):
        """Return the employers of contacts, and who lives at the address of one."""
        partners = self.env["res.partner"]
        partners.flush_model(["parent_id", "street", "zip"])
        mine = int_array(ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT parent_id, NULLIF(street, '') FROM res_partner
                    WHERE id = ANY(%s)
                          AND (parent_id IS NOT NULL OR street <> '')""",
                mine,
            )
        )
        others = {parent_id for parent_id, _street in rows if parent_id}
        streets = {street for _parent, street in rows if street}
        if streets:
            query = SQL(
                """SELECT id FROM res_partner
                    WHERE street = ANY(%s) AND COALESCE(zip, '') IN (
                        SELECT COALESCE(zip, '') FROM res_partner
                         WHERE id = ANY(%s))""",
                text_array(streets),
                mine,
            )
            others.update(row[0] for row in self.env.execute_query(query))
        return partners.browse(sorted(others.difference(ids)))


def _get_spellings(values):
    """Return ``{as a column may have it: value}``."""
    return {value.lower(): value for value in values} | {v: v for v in values}
