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

    def _write_bundle(self, records, stream, portability):
        """Put archived values into the copy too: it is complete (Art. 15).

        They come back for the time of the copy only: the savepoint is rolled back.
        """
        archive = self.env["rgpd.vault"]
        vaults = archive._of(self.env["rgpd.subject"]._of(records))
        if not vaults:
            return super()._write_bundle(records, stream, portability)
        savepoint = self.env.cr.savepoint()
        try:
            with archive._showing():
                vaults._restore_values()
                return super()._write_bundle(records, stream, portability)
        finally:
            self.env.flush_all()
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
