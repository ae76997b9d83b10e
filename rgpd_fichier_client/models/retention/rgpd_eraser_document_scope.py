from collections import defaultdict

from odoo import api, models

from ...core.datamap import discovery
from ...core.retention import erasure_scope
from .document_reach import DocumentScope


class RgpdEraserDocumentScope(models.AbstractModel):
    """Find what hangs on documents, and which persons they name."""

    _name = "rgpd.eraser.document.scope"
    _inherit = "rgpd.eraser.scope"
    _description = "Scope of an Erasure of Documents"

    @api.model
    def _build_documents(self, records):
        """Look everything up before the first value changes.

        :param records: documents of one model and one company
        :rtype: DocumentScope
        """
        path = self.env["rgpd.document"]._get_models()[records._name]
        owners = records.mapped(path)
        subjects = self.env["rgpd.subject"]._of(owners)
        scope = DocumentScope(records, subjects)
        subject_of = {subject.res_id: subject.id for subject in subjects}
        scope.anchors = {
            (records._name, record.id): subject_of[record[path].id]
            for record in records
        }
        links = self._get_links_here()
        partners, scope.persons, scope.natural = self._get_persons(records, links)
        scope.leaving = scope.persons
        scope.household = self._get_household(partners)
        scope.related = self._get_related(records)
        scope.found = self._find_documents(scope, links)
        scope.identifiers = self._get_person_identifiers(scope, links)
        return self._complete(scope, links)

    def _complete(self, scope, links):
        """Tell what is to be done with the rows found, whose they are, what stays."""
        scope.documents = erasure_scope.document_kinds(links)
        pairs = list(self._get_pairs(scope.found, links, scope))
        pairs += self._get_book_pairs(scope)
        for row, documents in scope.related.items():
            pairs += [(row, (documents._name, row_id)) for row_id in documents.ids]
        scope.owners = erasure_scope.propagate(scope.anchors, pairs)
        scope.own = self._get_organisation_records(scope.records)
        scope.natures = self._get_natures(scope, pairs) if scope.own else {}
        self._own_the_rest(scope.found, scope)
        self._find_followers(scope)
        self._add_links_to_persons(scope, links)
        scope.rows, scope.authored = erasure_scope.sort_rows(scope.found, links)
        scope.shared = self._get_shared(scope)
        self._note_books(scope)
        return scope

    def _get_links_here(self):
        return [
            link
            for link in self.env["rgpd.data.map"]._get_links()
            if link.role != "staff" and link.model in self.env
        ]

    # === PERSONS === #

    def _get_persons(self, records, links):
        """Return the partners of documents, the ids of those that are persons, and
        the ids of all who are natural, their commercial contacts included.

        The address of an organisation is no personal datum; the further address of a
        person is.
        """
        partners = self.env["res.partner"].union(
            *(
                records.mapped(link.path)
                for link in self._get_person_links(records, links)
            )
        )
        partners = partners.union(*records._rgpd_get_contacts().values())
        return partners, *self._get_natural(partners)

    def _get_natural(self, partners):
        """Return the ids of those of these partners that are persons, and of all who
        are natural, their commercial contacts included."""
        everybody = partners | partners.commercial_partner_id
        natural = {
            subject.res_id
            for subject in self.env["rgpd.subject"]._of(everybody)
            if subject.is_natural and subject.natural_evidence != "address"
        }
        persons = partners.filtered(
            lambda p: p.id in natural or p.commercial_partner_id.id in natural
        )
        return persons.ids, natural

    def _get_household(self, partners):
        kin = self.env["res.partner"].search(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids)]
        )
        return self.env["rgpd.subject"]._of(kin)

    def _get_person_identifiers(self, scope, links):
        """Return ``{subject id: [Identifier]}``, of all whom their documents name."""
        partners = self.env["res.partner"].browse(scope.persons)
        whose, named = defaultdict(set), defaultdict(set)
        contacts_of = scope.records._rgpd_get_contacts()
        for record in scope.records:
            person = scope.anchors[record._name, record.id]
            for link in self._get_person_links(scope.records, links):
                named[person] |= set(record[link.path]._ids)
            named[person] |= set(contacts_of.get(record.id, partners.browse())._ids)
        for person, ids in named.items():
            for partner_id in ids:
                whose[partner_id].add(person)
        scope.named = {p: ids & set(scope.persons) for p, ids in named.items()}
        result = defaultdict(list)
        found = self.env["rgpd.person.finder"]._get_identifiers(partners)
        own = self._get_organisation_identifiers(scope.subjects)
        for partner_id, identifiers in found.items():
            for person in whose[partner_id]:
                known = {*result[person], *own.get(person, ())}
                result[person] += [i for i in identifiers if i not in known]
        for row_id, identifiers in scope.records._rgpd_get_own_identifiers().items():
            known = result[scope.anchors[scope.records._name, row_id]]
            known += [i for i in identifiers if i not in known]
        return dict(result)

    def _get_organisation_identifiers(self, subjects):
        """Return ``{subject id: identifiers}`` of the organisations among these.

        The street, the switchboard: what they share with whom they name stays.
        """
        ids = [s.res_id for s in subjects if not s.is_natural]
        organisations = self.env["res.partner"].browse(ids)
        finder = self.env["rgpd.person.finder"]
        found = finder._get_identifiers(
            organisations | organisations.commercial_partner_id
        )
        commercial = {p.id: p.commercial_partner_id.id for p in organisations}
        return {
            subject.id: {
                *found.get(subject.res_id, ()),
                *found.get(commercial[subject.res_id], ()),
            }
            for subject in subjects
            if subject.res_id in commercial
        }

    def _get_person_links(self, records, links):
        return [
            link
            for link in links
            if link.model == records._name
            and link.kind == "direct"
            and link.target == "res.partner"
        ]

    def _get_shared(self, scope):
        """Nothing of a living person is spared because somebody shares it."""
        return set()

    # === ROWS === #

    def _find_documents(self, scope, links):
        """Follow the map from the documents, then from what leads on.

        :return: ``{model: {id: [link keys]}}``, accounting documents left out
        """
        finder = self.env["rgpd.person.finder"]
        found, led = defaultdict(dict), defaultdict(set)
        frontier = defaultdict(set)
        name = scope.records._name
        frontier[name] = set(scope.records.ids)
        for model, row_id in scope.related:
            frontier[model].add(row_id)
        for model, ids in frontier.items():
            for row_id in ids:
                found[model][row_id] = ["anchor:id"]
            led[model] |= ids
        filled = finder._get_filled_links()
        for _depth in range(discovery.MAX_DEPTH):
            if not any(frontier.values()):
                break
            frontier = finder._follow(frontier, found, led, filled)
        kinds = erasure_scope.document_kinds(links)
        for model in [m for m, kind in kinds.items() if kind == "accounting"]:
            found.pop(model, None)
        self._find_released_books(scope, found, filled)
        return dict(found)

    def _get_related(self, records):
        """Return ``{(model, id): documents}`` of what no link of the map leads to.

        What also belongs to a document that still names its customer stays.
        """
        related = {}
        for model, name in records._rgpd_get_related_fields().items():
            if model not in self.env or name not in self.env[model]._fields:
                continue
            rows = self.env[model].with_context(active_test=False)
            for row in rows.search([(name, "in", records.ids)]):
                if not self.env["rgpd.document"]._filter_named(row[name] - records):
                    related[model, row.id] = row[name] & records
        return related

    def _find_followers(self, scope):
        """Nobody follows a delivery or an invoice of a document that names nobody."""
        threads = {name: list(rows) for name, rows in scope.found.items()}
        if scope.records._name in scope.get_anchor_models():
            threads[scope.records._name] = scope.records.ids
        for name, ids in threads.items():
            if "message_follower_ids" not in self.env[name]._fields:
                continue
            followers = self.env["mail.followers"].search(
                [
                    ("res_model", "=", name),
                    ("res_id", "in", ids),
                    ("partner_id", "in", scope.persons),
                ]
            )
            self._add_followers(scope, followers)

    def _add_followers(self, scope, followers):
        """Add those whom the own documents of the thread name."""
        for row in followers:
            if row.partner_id.id not in scope.persons_of(row.res_model, row.res_id):
                continue
            scope.found.setdefault("mail.followers", {}).setdefault(row.id, [])
            owners = scope.owners.get((row.res_model, row.res_id), ())
            scope.owners.setdefault((row._name, row.id), set()).update(owners)

    def _add_links_to_persons(self, scope, links):
        """Note how the rows found lead to their persons: written by, sent to."""
        found = scope.found
        for link in links:
            ids = list(found.get(link.model, ()))
            if not ids or link.target != "res.partner":
                continue
            if link.kind not in ("direct", "m2m"):
                continue
            if link.model in scope.get_anchor_models():
                continue
            for row_id, _target, partner_id in self._read_link(link, ids):
                keys = found[link.model][row_id]
                if link.key in keys:
                    continue
                if partner_id in scope.persons_of(link.model, row_id):
                    # The finder keeps one list for many rows
                    found[link.model][row_id] = [*keys, link.key]
