import os
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, split_every

from ...core.retention import ledger

LINES_PER_COMMIT = 1000
RECORDS_PER_DIGEST = 20000


class RgpdErasureOutbox(models.Model):
    """Erasures on their way to the ledger outside the database (invariant 7).

    A row is written in the transaction of the erasure, so that the ledger can never
    name an erasure that was rolled back; after the commit a cron appends it to the
    file. A crash between the two writes the line twice, which changes nothing.

    The file is named after ``database.uuid`` in the folder of the environment
    variable ``RGPD_LEDGER_DIR``, else of the option ``rgpd_ledger_dir`` of odoo.conf,
    else ``rgpd_ledger`` in the data directory. Keep it out of the backups of the
    database: it must be newer than any of them.
    """

    _name = "rgpd.erasure.outbox"
    _description = "Erasures to Write in the Ledger"
    _log_access = False

    digest = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)

    # === ENTRY POINTS === #

    @api.model
    def _put(self, rows, kind):
        """Note records for the ledger.

        :param rows: ``[(model name, record id)]``
        :param str kind: ``erased`` or ``deleted``
        """
        digests = self._get_digests(rows)
        now = fields.Datetime.now()
        # sudo: rgpd.erasure.outbox - nobody has a right on it, the eraser writes
        self.sudo().create(
            [{"digest": digest, "moment": now, "kind": kind} for digest in digests]
        )
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_erasure_ledger_cron", raise_if_not_found=False
        )
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _get_path(self):
        """Return the path of the ledger of this database."""
        folder = (
            os.environ.get("RGPD_LEDGER_DIR")
            or config.get("rgpd_ledger_dir")
            or os.path.join(config["data_dir"], "rgpd_ledger")
        )
        return Path(folder) / f"{self._get_database_uuid()}.jsonl"

    @api.model
    def _cron_flush(self):
        """Append what waits to the ledger, then forget it; commits.

        :raise UserError: when the file cannot be written: nothing is forgotten
        """
        rows = self.sudo().search([], limit=LINES_PER_COMMIT, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.sudo().search_count([]))
        while rows:
            self._append(rows)
            count = len(rows)
            rows.unlink()
            if not cron._commit_progress(count):
                return
            rows = self.sudo().search([], limit=LINES_PER_COMMIT, order="id")

    @api.model
    def _cron_replay(self):
        """Erase again who came back with a restored backup; commits.

        The ledger names the records; one made after the moment of the erasure is
        another person's.
        """
        missing = self._get_missing()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(map(len, missing.values())))
        for model, ids in missing.items():
            for chunk in split_every(100, ids, self.env[model].browse):
                self.env["rgpd.eraser"]._erase(chunk, "replay")
                if not cron._commit_progress(len(chunk)):
                    return

    # === BUSINESS METHODS === #

    @api.model
    def _get_missing(self):
        """Return ``{model: [ids]}`` the ledger says erased and that are not.

        :rtype: dict[str, list[int]]
        """
        lines = list(ledger.read(self._get_path()))
        if not lines:
            return {}
        wanted = {line["digest"] for line in lines}
        subjects = self.env["rgpd.subject"].sudo()
        present, created = {}, {}
        todo = subjects.search([("erased_on", "=", False)])
        for chunk in split_every(RECORDS_PER_DIGEST, todo.ids, subjects.browse):
            keys = [(subject.res_model, subject.res_id) for subject in chunk]
            for key, digest in zip(keys, self._get_digests(keys), strict=True):
                if digest in wanted:
                    present[digest] = key
        for model, res_id in present.values():
            record = self.env[model].sudo().browse(res_id).exists()
            if record:
                created[model, res_id] = fields.Datetime.to_string(record.create_date)
        known = {digest: key for digest, key in present.items() if key in created}
        result = {}
        for model, res_id in ledger.missing(lines, known, created):
            result.setdefault(model, []).append(res_id)
        return result

    def _append(self, rows):
        path = self._get_path()
        texts = [
            ledger.line(row.digest, fields.Datetime.to_string(row.moment), row.kind)
            for row in rows
        ]
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            ledger.append(path, texts)
        except OSError as error:
            raise UserError(
                self.env._(
                    "The ledger of erasures cannot be written (%(cause)s). Give the "
                    "account that runs Odoo the right to write in its folder, or name "
                    "another one in odoo.conf (rgpd_ledger_dir).",
                    cause=error.strerror or type(error).__name__,
                )
            ) from error

    def _get_digests(self, rows):
        uuid = self._get_database_uuid()
        return self.env["rgpd.key"]._digest_many(
            "ledger", [ledger.message(uuid, model, res_id) for model, res_id in rows]
        )

    def _get_database_uuid(self):
        # sudo: ir.config_parameter - the identifier of the database is no secret
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")
