"""What a human decided about the passages of a copy (used by the exporter)."""

from collections import Counter

from ...core.datamap import bundle_review


class Review:
    """The rules alone: nobody looked, nothing is kept; the request topic extends it.

    :ivar Counter withheld: records left out by ground, told in the bundle
    """

    is_active = False

    def __init__(self):
        self.withheld = Counter()

    def load(self, model, ids):
        """Make the decisions about the next records known."""

    def note(self, record, field, passages):
        """Take note of what the rules hide in one field, or in a whole record."""

    def note_large(self, record, field):
        """Take note of a value too large to be masked: it stays out."""
        self.withheld["large"] += 1

    def get_shown(self, record, field):
        """Return the keys of the passages that leave unmasked."""
        return ()

    def get_withheld_roots(self):
        """Return what was decided to stay out as a whole: `{(model, id): ground}`."""
        return {}

    def get_withheld_records(self):
        """Return these with everything that hangs on them: `{(model, id): ground}`.

        Whoever writes a part of the bundle asks it.
        """
        return {}

    def get_withheld_files(self):
        """Return the files of kept records that stay out with another one.

        Unlike the rest of what hangs on a record, each of them is told apart.

        :rtype: dict[tuple[str, int], str]
        """
        return {}

    def get_unchecked(self, record):
        """Return `unchecked` when a whole record is doubtful and undecided, or None."""
        return None

    def is_withheld_file(self, attachment):
        """Tell whether the name of a file stays out wherever it is linked."""
        return False


class DecidedReview(Review):
    """Applies decisions; what is doubtful and was not decided stays out.

    The decisions are loaded batch by batch: memory does not grow with the person.
    """

    is_active = True

    def __init__(self):
        super().__init__()
        self._decisions = {}
        self._unchecked = set()

    def load(self, model, ids):
        """Forget the batch before and load this one."""
        self._unchecked = set()
        self._decisions = self._load_decisions(model, ids)

    def _load_decisions(self, model, ids):
        """Return ``{res_id: {(field, key): (decision, ground)}}``; to be extended."""
        return {}

    def note(self, record, field, passages):
        """Keep out a whole record that is doubtful and undecided."""
        known = self._decisions.get(record.id, {})
        for passage in passages:
            decision = known.get((field, passage.key), (None,))[0]
            if passage.doubt and not decision and passage.key in bundle_review.WHOLE:
                self._unchecked.add(record.id)

    def get_shown(self, record, field):
        """Return the keys of what the officer decided to show there."""
        return {
            key
            for (name, key), (decision, _ground) in self._decisions.get(
                record.id, {}
            ).items()
            if name == field and decision == bundle_review.SHOW
        }

    def get_unchecked(self, record):
        """Tell it of a record that nobody decided on."""
        return "unchecked" if record.id in self._unchecked else None
