from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import discovery
from ...core.retention import erasure_scope
from ...core.retention.erasure_plan import Kept
from .rgpd_eraser_scope import Scope

ARTICLE_OF_BOOKS = "L123-22 C. com."


class DocumentScope(Scope):
    """What the erasure of documents reaches; the persons they name stay."""

    def __init__(self, records, subjects):
        super().__init__(subjects)
        self.records = records
        self.persons = []  # partners whose names leave the documents
        self.household = subjects  # whose reasons may count from the documents
        self.found = {}  # {model: {id: [link keys]}}
        self.kept = {}  # {subject id: {category: Kept}}

    def ids_of(self, model):
        """Persons of the documents, as the links to them are cut."""
        return self.persons if model == "res.partner" else super().ids_of(model)

    def get_rows_for_ledger(self):
        return [(self.records._name, row_id) for row_id in self.records.ids]


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
        partners, scope.persons = self._get_persons(records, links)
        scope.household = self._get_household(partners)
        scope.found = self._find_documents(scope, links)
        scope.rows, scope.authored = erasure_scope.sort_rows(scope.found, links)
        scope.documents = erasure_scope.document_kinds(links)
        scope.identifiers = self._get_person_identifiers(scope, links)
        pairs = self._get_pairs(scope.found, links, scope)
        scope.owners = erasure_scope.propagate(scope.anchors, pairs)
        self._own_the_rest(scope.found, scope)
        scope.shared = self._get_shared(scope)
        scope.kept = self._get_kept_moves(scope)
        return scope

    def _get_links_here(self):
        return [
            link
            for link in self.env["rgpd.data.map"]._get_links()
            if link.role != "staff" and link.model in self.env
        ]

    # === PERSONS === #

    def _get_persons(self, records, links):
        """Return the partners of documents, and the ids of those that are persons.

        The address of an organisation is no personal datum; the further address of a
        person is.
        """
        partners = self.env["res.partner"].union(
            *(
                records.mapped(link.path)
                for link in self._get_person_links(records, links)
            )
        )
        everybody = partners | partners.commercial_partner_id
        natural = {
            subject.res_id
            for subject in self.env["rgpd.subject"]._of(everybody)
            if subject.is_natural and subject.natural_evidence != "address"
        }
        persons = partners.filtered(
            lambda p: p.id in natural or p.commercial_partner_id.id in natural
        )
        return partners, persons.ids

    def _get_household(self, partners):
        kin = self.env["res.partner"].search(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids)]
        )
        return self.env["rgpd.subject"]._of(kin)

    def _get_person_identifiers(self, scope, links):
        """Return ``{subject id: [Identifier]}``, of all whom their documents name."""
        partners = self.env["res.partner"].browse(scope.persons)
        whose = defaultdict(set)
        for link in self._get_person_links(scope.records, links):
            for record in scope.records:
                person = scope.anchors[record._name, record.id]
                for partner in record[link.path]:
                    whose[partner.id].add(person)
        result = defaultdict(list)
        found = self.env["rgpd.person.finder"]._get_identifiers(partners)
        for partner_id, identifiers in found.items():
            for person in whose[partner_id]:
                result[person] += [i for i in identifiers if i not in result[person]]
        return dict(result)

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
        for model in ("payment.transaction",):
            if model in self.env:
                domain = scope.records._rgpd_get_related_domain(model)
                frontier[model] |= set(self.env[model].search(domain).ids)
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
        self._find_followers(scope, found)
        self._add_links_to_persons(scope, found, links)
        return dict(found)

    def _find_followers(self, scope, found):
        followers = self.env["mail.followers"].search(
            [
                ("res_model", "=", scope.records._name),
                ("res_id", "in", scope.records.ids),
                ("partner_id", "in", scope.persons),
            ]
        )
        for row_id in followers.ids:
            found["mail.followers"][row_id] = []

    def _add_links_to_persons(self, scope, found, links):
        """Note how the rows found lead to the persons: written by, sent to."""
        persons = set(scope.persons)
        for link in links:
            ids = list(found.get(link.model, ()))
            if not ids or link.target != "res.partner":
                continue
            if link.kind not in ("direct", "m2m") or link.model == scope.records._name:
                continue
            for row_id, _target, partner_id in self._read_link(link, ids):
                keys = found[link.model][row_id]
                if partner_id in persons and link.key not in keys:
                    keys.append(link.key)

    # === WHAT STAYS === #

    def _get_kept_moves(self, scope):
        """Return how long accounting keeps what was made from the documents."""
        books = self.env["rgpd.eraser.accounting"]
        years = books._get_years()
        kept = {subject.id: {} for subject in scope.subjects}
        for record in scope.records:
            person = scope.anchors[record._name, record.id]
            for move in record._rgpd_get_moves():
                scope.owners.setdefault((move._name, move.id), set()).add(person)
                if move.date:
                    end = books._get_end(move, years)
                    known = kept[person].get("invoice")
                    longest = max(end, known.end) if known else end
                    kept[person]["invoice"] = Kept(
                        "invoice", ARTICLE_OF_BOOKS, longest, "invoice"
                    )
        return kept


class RgpdEraserDocumentWork(models.AbstractModel):
    """Carry out an erasure on documents: the figures stay, the persons leave."""

    _name = "rgpd.eraser.document.work"
    _inherit = "rgpd.eraser.work"
    _description = "Work of the Eraser on Documents"

    @api.model
    def _mask_documents(self, scope):
        """Mask, redact and delete what hangs on the documents, then cut the links.

        :rtype: odoo.addons.rgpd_fichier_client.core.retention.erasure_scope.Report
        """
        records = scope.records
        report = self._mask_scope(scope, scope.kept, ())
        self._point_at_stand_ins(scope, report)
        self._cut_anchors(records)
        report.add("kept", records._name, ("order",), records.ids, "aggregate")
        moves = records._rgpd_get_moves()
        report.add(
            "kept", moves._name, ("invoice",), moves.ids, "accounting", "invoice"
        )
        return report

    def _archive(self, model, ids):
        """A document without a person stays where it is: it is a figure."""

    # === LINKS === #

    def _point_at_stand_ins(self, scope, report):
        """Let every link of these rows to a person lead to a contact that is nobody.

        In SQL: a changed customer would give the document another salesperson, other
        prices and other taxes.
        """
        targets = self._get_targets(scope)
        if not targets:
            return
        rows = {name: list(ids) for name, ids in scope.found.items()}
        rows[scope.records._name] = scope.records.ids
        for link in self.env["rgpd.data.map"]._get_links():
            ids = rows.get(link.model)
            if not ids or link.target != "res.partner" or link.role == "staff":
                continue
            if link.kind == "m2m":
                self._cut({"scope": scope}, link, ids)
            elif link.kind == "direct":
                changed = self._point(self.env[link.model], link.path, ids, targets)
                report.add("erased", link.model, ("identity",), changed)

    def _get_targets(self, scope):
        """Return ``{person: contact to name instead}``.

        Who bought for an organisation leaves the organisation there: it is no person.
        """
        stand_ins = self.env["rgpd.stand.in"]
        company = scope.records.company_id[:1]
        buyers = {s.res_id for s in scope.subjects}
        targets = {}
        for person in self.env["res.partner"].browse(scope.persons):
            household = person.commercial_partner_id
            if household.is_company and household.id not in scope.persons:
                targets[person.id] = household.id
                continue
            # The turnover is counted by the country of the buyer, unknown or not
            country = person.country_id
            if person.id not in buyers:
                country = country or household.country_id
            targets[person.id] = stand_ins._get(company, country).id
        return targets

    def _point(self, model, name, ids, targets):
        """Replace persons in one column; return the ids of the rows that changed."""
        column = SQL.identifier(name)
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s AS t SET %(column)s = v.target
                     FROM unnest(%(old)s::int[], %(new)s::int[]) AS v (person, target)
                    WHERE t.id = ANY(%(ids)s) AND t.%(column)s = v.person
                RETURNING t.id""",
                table=SQL.identifier(model._table),
                column=column,
                old=list(targets),
                new=list(targets.values()),
                ids=ids,
            )
        )
        model.browse(ids).invalidate_recordset([name], flush=False)
        return {row[0] for row in rows}

    def _cut_anchors(self, records):
        """Cut what leads to another record that stands for a person (a lead)."""
        anchors = set(self.env["rgpd.data.map"]._get_anchor_models()) - {"res.partner"}
        for name, field in records._fields.items():
            if field.comodel_name not in anchors or field.required:
                continue
            if field.type == "many2one" and field.store and field.column_type:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = NULL WHERE id = ANY(%s)",
                        SQL.identifier(records._table),
                        SQL.identifier(name),
                        records.ids,
                    )
                )
                records.invalidate_recordset([name], flush=False)
