"""Which rows an erasure reaches, whose they are, and what was done to them."""

from collections import Counter, defaultdict

from ..datamap import redaction
from . import erasure_plan

# Documents whose rows are never written to: the law keeps them (L123-22 C. com.) and
# the inalterability hash of accounting covers them.
ACCOUNTING = "accounting"
CATEGORY_OF_DOCUMENT = {
    "accounting": "invoice",
    "invoice": "invoice",
    "payment": "payment",
    "order": "order",
    "quotation": "order",
    "delivery": "order",
}


def propagate(anchors, pairs):
    """Tell whose each row is, from the anchors down.

    :param anchors: ``{(model, id): person}``
    :param pairs: iterable of ``(child, parent)``, both ``(model, id)``
    :return: ``{(model, id): {persons}}``
    """
    children = defaultdict(set)
    for child, parent in pairs:
        children[parent].add(child)
    owners = {row: {person} for row, person in anchors.items()}
    frontier = set(anchors)
    while frontier:
        reached = set()
        for parent in frontier:
            for child in children.get(parent, ()):
                known = owners.setdefault(child, set())
                if not owners[parent] <= known:
                    known |= owners[parent]
                    reached.add(child)
        frontier = reached
    return owners


def sort_rows(found, links):
    """Sort what the finder found by what is to be done.

    :param found: ``{model: {id: [link keys]}}``
    :param links: links of the data map
    :return: ``({model: {action: {ids}}}, {model: {authored ids}})``
    """
    by_key = defaultdict(list)
    for link in links:
        by_key[link.model, link.key].append(link)
    rows, authored = {}, defaultdict(set)
    for model, paths_of in found.items():
        alike = defaultdict(list)
        for row_id, paths in paths_of.items():
            alike[tuple(paths)].append(row_id)
        actions = defaultdict(set)
        for paths, ids in alike.items():
            hit = [link for path in paths for link in by_key[model, path]]
            hit = [link for link in hit if link.role != "staff"]
            if any(link.role == "author" for link in hit):
                authored[model].update(ids)
            if hit:
                action = erasure_plan.strongest(link.on_erase for link in hit)
                actions[action].update(ids)
        rows[model] = dict(actions)
    return rows, dict(authored)


def document_kinds(links):
    """Models that are documents, parts of a document included: ``{model: kind}``."""
    kinds = {link.model: link.document_kind for link in links if link.document_kind}
    moved = True
    while moved:
        moved = False
        for link in links:
            kind = kinds.get(link.target) if link.kind == "owned" else None
            if kind and link.model not in kinds:
                kinds[link.model] = kind
                moved = True
    return kinds


class RowRedactor:
    """Remove from the texts of a row the identifiers of the persons it belongs to.

    Not those of the whole batch: each text would be compared with everybody, and in
    the archive a name would come back from the vault of somebody else. Where a text
    names a person it does not belong to, the sweep finds it.
    """

    def __init__(self, identifiers, owners, mark=redaction.MARK, loose=True):
        """
        :param identifiers: ``{person: [Identifier]}``
        :param owners: ``{(model, id): {persons}}``; a row that is not there belongs to
            everybody
        :param str mark: what takes the place of an identifier
        :param bool loose: as for :func:`redaction.redactor`
        """
        self._identifiers = identifiers
        self._owners = owners
        self._mark = mark
        self._loose = loose
        self._redactors = {}

    def of_row(self, model, row_id):
        """Return the function that cleans the texts of a row."""
        persons = frozenset(self._owners.get((model, row_id)) or self._identifiers)
        redact = self._redactors.get(persons)
        if redact is None:
            redact = self._redactors[persons] = self._make(persons)
        return redact

    def of_model(self, model):
        """Return the function from a row of a model to what cleans its texts."""
        return lambda row_id: self.of_row(model, row_id)

    def _make(self, persons):
        redact = redaction.redactor(
            [
                i
                for person in sorted(persons)
                for i in self._identifiers.get(person, ())
            ],
            loose=self._loose,
        )
        if self._mark == redaction.MARK:
            return redact

        def redact_and_mark(text):
            cleaned = redact(text)
            if cleaned == text:
                return text
            return cleaned.replace(redaction.MARK, self._mark)

        redact_and_mark.may_change = redact.may_change
        return redact_and_mark


class Report:
    """What was done to which rows; turned into the lines of each person."""

    def __init__(self, owners, kept):
        self.owners = owners
        self.kept = kept
        self.entries = defaultdict(set)
        self._counts = None

    def add(self, kind, model, categories, ids, note="", category_kept=""):
        """Note that rows were erased or kept.

        :param category_kept: category whose live reason explains a kept row
        """
        if ids:
            key = (kind, model, tuple(sorted(categories)), note, category_kept)
            self.entries[key] |= set(ids)
            self._counts = None

    def lines_of(self, person):
        """Certificate lines of one person, in a fixed order."""
        if self._counts is None:
            self._counts = self._count()
        lines = []
        for key, count in sorted(self._counts.get(person, {}).items()):
            kind, model, categories, note, category_kept = key
            lines.append(
                {
                    "kind": kind,
                    "model": model,
                    "category": ",".join(categories),
                    "count": count,
                    "note": note or False,
                    **self._why(person, kind, categories, category_kept),
                }
            )
        return lines

    def _count(self):
        """Return ``{person: {entry: number of rows}}``, every row read once."""
        counts = defaultdict(Counter)
        for key, ids in self.entries.items():
            for row_id in ids:
                for person in self.owners.get((key[1], row_id), ()):
                    counts[person][key] += 1
        return counts

    def _why(self, person, kind, categories, category_kept):
        if kind != "kept":
            return {"article": False, "end_date": False}
        wanted = [category_kept] if category_kept else list(categories)
        reasons = [
            self.kept[person][code] for code in wanted if code in self.kept[person]
        ]
        if not reasons:
            return {"article": False, "end_date": False}
        longest = max(reasons, key=erasure_plan.end_key)
        return {"article": longest.article, "end_date": longest.end or False}

    def totals_of(self, person, lines=None):
        """Counts and the last date for the erasure of one person.

        :param lines: those of ``lines_of``, when they are known already
        """
        lines = self.lines_of(person) if lines is None else lines
        kept = [line for line in lines if line["kind"] == "kept"]
        ends = [reason.end for reason in self.kept[person].values()]
        return {
            "erased_count": sum(x["count"] for x in lines if x["kind"] == "erased"),
            "kept_count": sum(line["count"] for line in kept),
            "is_partial": bool(self.kept[person]),
            "kept_until": max(ends) if ends and None not in ends else False,
        }
