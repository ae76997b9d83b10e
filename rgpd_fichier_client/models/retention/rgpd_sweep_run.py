import time
from itertools import chain

from odoo import api, fields, models

from ...core.datamap.schema import Identifier

ERASURES_PER_SWEEP = 200
TABLES, FILES, ORPHANS = "tables", "files", "orphans"


class RgpdSweepRun(models.Model):
    """A sweep under way: how far it has come and what it found.

    One reading of the whole database for many erasures, in steps that each commit.
    Nothing identifies anybody here: identifiers stay sealed in their erasures, and of
    what was found only the places are kept.
    """

    _name = "rgpd.sweep.run"
    _description = "Sweep under Way"
    _log_access = False
    _rec_name = "part"

    erasures = fields.Json(readonly=True, help="Numbers of the erasures swept for.")
    part = fields.Selection(
        [(TABLES, "Tables"), (FILES, "Files"), (ORPHANS, "Files without attachment")],
        default=TABLES,
        required=True,
        readonly=True,
    )
    place = fields.Char(
        default="", readonly=True, help="Last table or file that was read whole."
    )
    found = fields.Json(
        readonly=True, help="Per erasure, tables and columns with what became of them."
    )

    @api.model
    def _get_current(self, masked):
        """Return the sweep to go on with, a new one, or none with nothing to do.

        :param masked: erasures that wait for their sweep
        """
        return self.search([], order="id", limit=1) or self._start(
            masked[:ERASURES_PER_SWEEP]
        )

    @api.model
    def _start(self, erasures):
        """Return a new sweep for these erasures, none without any."""
        wanted = erasures.filtered(lambda e: e.has_identifiers or e.state == "masked")
        if not wanted:
            return self.browse()
        self.env["rgpd.file.text"]._forget()
        return self.create({"erasures": wanted.ids, "found": {}})

    def _get_erasures(self):
        """Return the erasures swept for, those closed meanwhile left out."""
        erasures = self.env["rgpd.erasure"].sudo().browse(self.erasures).exists()
        return erasures.filtered(lambda erasure: erasure.state == "masked")

    def _step(self, seconds):
        """Read on for a while; close the certificates once everything was read.

        :param float seconds: how long about; one table or one file at least
        :return: True when it was the last step, and the sweep is gone
        """
        if not self:
            return True
        end = time.monotonic() + seconds
        wanted = {
            erasure.id: [Identifier(*pair) for pair in erasure._open_identifiers()]
            for erasure in self._get_erasures()
        }
        identifiers = list(chain.from_iterable(wanted.values()))
        for part, place, hits in self._read_on(identifiers):
            self.env["rgpd.erasure"]._settle_residues(hits, identifiers)
            self.write({"part": part, "place": place, "found": self._add(hits, wanted)})
            if time.monotonic() > end:
                return False
        self._close()
        return True

    def _read_on(self, identifiers):
        """Yield ``(part, place, hits)`` of what was not read yet."""
        sweep = self.env["rgpd.sweep"]
        if self.part == TABLES:
            for place, hits in sweep._sweep_by_table(identifiers, self.place):
                yield TABLES, place, hits
        if self.part in (TABLES, FILES):
            after = self.place if self.part == FILES else ""
            for place, hits in sweep._sweep_by_file(identifiers, after):
                yield FILES, place, hits
        if self.part != ORPHANS:
            yield ORPHANS, "", sweep._sweep_orphans(identifiers)

    def _add(self, hits, wanted):
        """Return what was found so far, with these; those unread are for everybody."""
        found = dict(self.found or {})
        for hit in hits:
            place = [hit["table"], hit["column"], hit["decision"]]
            for erasure_id, identifiers in wanted.items():
                if hit["identifier"] in (None, *identifiers):
                    found[str(erasure_id)] = [*found.get(str(erasure_id), ()), place]
        return found

    def _close(self):
        found = self.found or {}
        for erasure in self._get_erasures():
            erasure._close(
                [
                    {"table": table, "column": column, "decision": decision}
                    for table, column, decision in found.get(str(erasure.id), ())
                ]
            )
        self.unlink()
