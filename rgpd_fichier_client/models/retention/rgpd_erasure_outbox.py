import logging
import os
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config, split_every

from ...core.retention import ledger
from ..journal.sql_array import text_array

_logger = logging.getLogger(__name__)

LINES_PER_COMMIT = 1000
RECORDS_PER_DIGEST = 20000
# Bytes that must be free before an erasure begins: its evidence needs them after it.
ROOM = 16 * 1024 * 1024
# What the database knows of its ledger: how long it was, and of which database it is.
SIZE_PARAMETER = "rgpd.ledger_size"
UUID_PARAMETER = "rgpd.ledger_uuid"


class RgpdErasureOutbox(models.Model):
    """Erasures on their way to the ledger outside the database (invariant 7).

    A row is written in the transaction of the erasure, so that the ledger can never
    name an erasure that was rolled back; after the commit a cron appends it to the
    file. A crash between the two writes the line twice, which changes nothing.

    The file is named after ``database.uuid`` in the folder of the environment
    variable ``RGPD_LEDGER_DIR``, else of the option ``rgpd_ledger_dir`` of odoo.conf,
    else ``rgpd_ledger`` in the data directory. Keep it out of the backups of the
    database: it must be newer than any of them. A second place, on another disk, is
    the variable ``RGPD_LEDGER_COPY_DIR`` or the option ``rgpd_ledger_copy_dir``.
    """

    _name = "rgpd.erasure.outbox"
    _description = "Erasures to Write in the Ledger"
    _log_access = False

    digest = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)

    # === ENTRY POINTS === #

    @api.model
    def _put(self, rows, kind, moment=None):
        """Note records for the ledger.

        :param rows: ``[(model name, record id)]``
        :param str kind: ``erased`` or ``deleted``
        :param moment: when it happened, now by default
        """
        digests = self._get_digests(rows)
        now = moment or fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_erasure_outbox (digest, moment, kind)
                SELECT item.digest, %s, %s
                  FROM unnest(%s) WITH ORDINALITY AS item (digest, rank)
                 ORDER BY item.rank
                """,
                now,
                kind,
                text_array(digests),
            )
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
    def _get_copy_path(self):
        """Return the path of the second place, None when there is none."""
        folder = os.environ.get("RGPD_LEDGER_COPY_DIR") or config.get(
            "rgpd_ledger_copy_dir"
        )
        return Path(folder) / self._get_path().name if folder else None

    @api.model
    def _check_ready(self):
        """Refuse to erase when the evidence could not be written afterwards.

        :raise UserError: the ledger cannot be written, or a disk is full
        """
        try:
            ledger.check(self._get_path(), ROOM)
        except OSError as error:
            raise self._get_write_error(error) from error
        # Odoo notes there which files are to leave the disk
        store = Path(config.filestore(self.env.cr.dbname))
        try:
            if store.exists():
                ledger.check_room(store, ROOM)
        except OSError as error:
            raise self._get_store_error(error) from error

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
    def _get_missing(self):
        """Return ``{model: {id: moment}}`` the ledger says erased and that are not.

        Only a restored backup makes any.
        """
        lines = list(ledger.read_all(filter(None, self._get_read_paths())))
        if not lines:
            return {}
        wanted = {line["digest"] for line in lines}
        # sudo: rgpd.subject - the side table of everybody
        subjects = self.env["rgpd.subject"].sudo()
        present, erased = {}, {}
        for chunk in split_every(
            RECORDS_PER_DIGEST,
            subjects.search([("active", "=", True)]).ids,
            subjects.browse,
        ):
            keys = [(subject.res_model, subject.res_id) for subject in chunk]
            digests = self._get_digests(keys, self._get_ledger_uuid())
            for subject, key, digest in zip(chunk, keys, digests, strict=True):
                if digest in wanted:
                    present[digest] = key
                    erased[key] = self._to_text(subject.erased_on)
            chunk.invalidate_recordset()
        created = self._get_creations(present.values())
        known = {digest: key for digest, key in present.items() if key in created}
        result = {}
        missing = ledger.missing(lines, known, created, erased)
        for (model, res_id), moment in missing.items():
            result.setdefault(model, {})[res_id] = fields.Datetime.to_datetime(moment)
        return result

    def _get_creations(self, keys):
        """Return ``{(model, id): moment of creation}`` of the records that exist."""
        created = {}
        for model, res_id in keys:
            if model not in self.env:
                continue
            # sudo: any anchor - when it was made
            record = self.env[model].sudo().browse(res_id).exists()
            if record:
                created[model, res_id] = self._to_text(record.create_date)
        return created

    def _to_text(self, moment):
        return fields.Datetime.to_string(moment) if moment else ""

    def _get_read_paths(self):
        """Return where the ledger of this database, or of its original, may be."""
        name = f"{self._get_ledger_uuid()}.jsonl"
        paths = (self._get_path(), self._get_copy_path())
        return [path.with_name(name) for path in paths if path]

    # === A RESTORED BACKUP === #

    @api.model
    def _is_older(self):
        """Tell whether the ledger holds more than this database ever wrote.

        One look at the size of the file: cheap enough for each start.
        """
        # sudo: ir.config_parameter - a number, for the engine alone
        known = self.env["ir.config_parameter"].sudo().get_param(SIZE_PARAMETER)
        sizes = [ledger.size(path) for path in self._get_read_paths()]
        return max(sizes) > int(known or 0)

    @api.model
    def _is_copy(self):
        """Tell whether this is a copy of the database the ledger is about.

        A test copy has another ``database.uuid``, or was neutralised by Odoo: nothing
        is asked of anybody there.
        """
        # sudo: ir.config_parameter - technical values
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(
            self._get_ledger_uuid() != self._get_database_uuid()
            or parameters.get_param("database.is_neutralized")
        )

    def _register_hook(self):
        """At each start: have a database compared that is older than its ledger."""
        result = super()._register_hook()
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_erasure_replay_cron", raise_if_not_found=False
        )
        if cron and self._is_older():
            # sudo: ir.cron - the comparison itself is for the job
            cron.sudo()._trigger()
        return result

    # === THE FILE === #

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
            raise self._get_write_error(error) from error
        self._copy()
        self._save_position()

    def _copy(self):
        """Bring the second place up to date; it catches up later when it cannot."""
        copy = self._get_copy_path()
        if not copy:
            return
        try:
            ledger.copy_tail(self._get_path(), copy)
        except OSError as error:
            _logger.error(
                "the copy of the ledger of erasures cannot be written: %s",
                error.strerror or type(error).__name__,
            )

    def _save_position(self):
        # sudo: ir.config_parameter - what tells a restored backup from the present
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(SIZE_PARAMETER, str(ledger.size(self._get_path())))
        parameters.set_param(UUID_PARAMETER, self._get_database_uuid())

    def _get_write_error(self, error):
        return UserError(
            self.env._(
                "The ledger of erasures cannot be written (%(cause)s): nothing is "
                "erased. Make room on the disk, give the account that runs Odoo the "
                "right to write in its folder, or name another one in odoo.conf "
                "(rgpd_ledger_dir).",
                cause=error.strerror or type(error).__name__,
            )
        )

    def _get_store_error(self, error):
        return UserError(
            self.env._(
                "The folder of the files (filestore) cannot be written (%(cause)s): "
                "nothing is erased. Make room on its disk, or give the account that "
                "runs Odoo the right to write there: Odoo notes in it which files are "
                "to be deleted.",
                cause=error.strerror or type(error).__name__,
            )
        )

    def _get_digests(self, rows, uuid=None):
        uuid = uuid or self._get_database_uuid()
        return self.env["rgpd.key"]._digest_many(
            "ledger", [ledger.message(uuid, model, res_id) for model, res_id in rows]
        )

    def _get_database_uuid(self):
        # sudo: ir.config_parameter - the identifier of the database is no secret
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _get_ledger_uuid(self):
        """Return the identifier of the database that wrote the ledger."""
        # sudo: ir.config_parameter - the identifier of a database is no secret
        known = self.env["ir.config_parameter"].sudo().get_param(UUID_PARAMETER)
        return known or self._get_database_uuid()
