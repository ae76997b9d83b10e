import time
from contextlib import contextmanager

from odoo import api, models

# Archived values are back in their rows that long at most, then progress is kept
SHOWN_SECONDS = 5


class RgpdEraser(models.AbstractModel):
    _inherit = "rgpd.eraser"

    def _erase_batch(self, subjects, kept, codes, ground, motive):
        """Bring archived values back first: they tell what must be found everywhere.

        The row of the archive goes with them, in the same transaction. What the law
        still keeps of the person is archived again at once.
        """
        vaults = self.env["rgpd.vault"]._of(subjects)
        archived = vaults.subject_id
        vaults._restore("erasure")
        erasures = super()._erase_batch(subjects, kept, codes, ground, motive)
        staying = archived.filtered(lambda s: kept[s.id])
        if staying:
            self.env["rgpd.vault"]._archive(staying.with_env(self.env))
        return erasures


class RgpdPersonFinder(models.AbstractModel):
    _inherit = "rgpd.person.finder"

    @api.model
    def _reads_stored(self):
        """Hide archived values from who may not read the archive."""
        return super()._reads_stored() and not self.env["rgpd.vault"]._is_masking()


class RgpdPersonExporter(models.AbstractModel):
    _inherit = "rgpd.person.exporter"

    def _iterate_bundle(
        self, records, portability, review, step, state=None, max_documents=None
    ):
        """Put archived values into the copy too: it is complete (Art. 15)."""

        def steps(state):
            return super(RgpdPersonExporter, self)._iterate_bundle(
                records, portability, review, step, state, max_documents
            )

        yield from self._iterate_showing(records, steps, state)

    def _scan_records(self, records, portability, review, step, position):
        """Look at archived values too."""

        def steps(reached):
            return super(RgpdPersonExporter, self)._scan_records(
                records, portability, review, step, reached and reached[0] or position
            )

        yield from self._iterate_showing(records, steps, None)

    def _iterate_showing(self, records, steps, state):
        """Go through steps with the archived values back, a moment at a time.

        They are never back when somebody commits: what a moment wrote is told with its
        last step, and the next moment goes on from there.

        :param steps: called with the last step, gives an iterator over the next ones
        :param state: the step to begin after
        """
        vaults = self._get_vaults(records)
        if not vaults:
            yield from steps(state)
            return
        is_over = False
        while not is_over:
            is_first = state is None
            with self._showing_values(vaults):
                end = time.monotonic() + SHOWN_SECONDS
                for count, reached in enumerate(steps(state)):
                    state = reached
                    # The first step may be the one to begin after, told again
                    if is_first or (count and time.monotonic() > end):
                        break
                else:
                    is_over = True
            yield state

    def _get_vaults(self, records):
        return self.env["rgpd.vault"]._of(self.env["rgpd.subject"]._of(records))

    @contextmanager
    def _showing_values(self, vaults):
        """Bring archived values back for a moment: the savepoint is rolled back."""
        savepoint = self.env.cr.savepoint()
        try:
            with self.env["rgpd.vault"]._showing():
                vaults._restore_values()
                yield
        finally:
            self.env.flush_all()
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
