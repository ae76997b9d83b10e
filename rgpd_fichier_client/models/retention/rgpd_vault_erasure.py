from contextlib import contextmanager

from odoo import models


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


class RgpdPersonExporter(models.AbstractModel):
    _inherit = "rgpd.person.exporter"

    def _write_bundle(self, records, stream, portability, review):
        """Put archived values into the copy too: it is complete (Art. 15)."""
        vaults = self._get_vaults(records)
        if not vaults:
            return super()._write_bundle(records, stream, portability, review)
        # Nothing may be committed meanwhile: the values are back in their rows
        review.advance = lambda _count: None
        with self._showing_values(vaults):
            return super()._write_bundle(records, stream, portability, review)

    def _scan_records(self, records, portability, review, position):
        """Look at archived values too, in one go: nothing is committed meanwhile."""
        vaults = self._get_vaults(records)
        if not vaults:
            yield from super()._scan_records(records, portability, review, position)
            return
        with self._showing_values(vaults):
            steps = list(super()._scan_records(records, portability, review, None))
        yield from steps

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
