"""The review of a copy, between the exporter and the lines an officer decides on."""

from odoo.tools import format_date

from ..datamap.export_review import DecidedReview

LONGEST_TITLE = 120


class ScanReview(DecidedReview):
    """Collects what the rules hide; `flush` writes it as lines, batch by batch.

    :param copy: `rgpd.request.copy` in sudo, in the language of the officer
    """

    def __init__(self, copy):
        super().__init__()
        self._copy = copy
        self._found = {}
        self._large = []
        self._places = {}

    def note_large(self, record, field):
        """Keep where a text stands that stays out of the copy."""
        place = self._get_place(record._name, field)
        self._large.append(f"{place} · {self.get_title(record)}")
        return super().note_large(record, field)

    def note(self, record, field, passages):
        """Keep each passage once, with words for where it stands."""
        for passage in passages:
            place = (record._name, record.id, field, passage.key)
            if place not in self._found:
                self._found[place] = self._prepare(record, field, passage)

    def flush(self):
        """Write what was found since the last time."""
        found, self._found = self._found, {}
        if found:
            self._copy.line_ids.browse()._store(self._copy, found)
        large, self._large = self._large, []
        if large:
            self._copy.large_places = [*(self._copy.large_places or []), *large]

    def _prepare(self, record, field, passage):
        return {
            "kind": passage.kind,
            "doubt": passage.doubt,
            "before": passage.before,
            "after": passage.after,
            "place": self._get_place(record._name, field),
            "title": self.get_title(record),
        }

    def _get_place(self, model, field):
        key = (model, field)
        if key not in self._places:
            env = self._copy.env
            label = env["ir.model"]._get(model).name or model
            if field:
                names = env[model].fields_get([field], ["string"])
                label = f"{label} · {names[field]['string']}"
            self._places[key] = label
        return self._places[key]

    def get_title(self, record):
        """Return words for a record, in the language of the officer."""
        title = record.display_name or ""
        if record._name == "mail.message" and record.date:
            day = format_date(self._copy.env, record.date)
            title = " · ".join(filter(None, (day, title)))
        return title[:LONGEST_TITLE]


class StoredReview(DecidedReview):
    """Applies the decisions of the officer while the copy is made.

    :param copy: `rgpd.request.copy` in sudo; without one nothing was decided, and all
        that is doubtful stays out
    """

    def __init__(self, copy):
        super().__init__()
        self._copy = copy
        self._roots = None
        self._withheld = None
        self._files = None
        self._undecided_files = None

    def get_withheld_roots(self):
        """Return the records decided to stay out."""
        if self._roots is None:
            self._roots = self._copy._get_withheld_roots()
        return self._roots

    def get_withheld_records(self):
        """Return these with everything that hangs on them, as decided now."""
        if self._withheld is None:
            self._withheld = self._copy._get_withheld_records()
        return self._withheld

    def get_withheld_files(self):
        """Return the files of kept records among them, as decided now."""
        if self._files is None:
            self._files = self._copy._get_withheld_files(self.get_withheld_records())
        return self._files

    def _load_decisions(self, model, ids):
        return self._copy.line_ids.browse()._load(self._copy, model, ids)

    def is_withheld_file(self, attachment):
        """Tell whether a file is doubtful, and nobody decided on it."""
        if self._undecided_files is None:
            lines = self._copy.line_ids.browse()
            self._undecided_files = lines._get_undecided_files(self._copy)
        return attachment.id in self._undecided_files
