import logging
import tempfile

from odoo import api, fields, models
from odoo.exceptions import UserError

from .copy_review import StoredReview

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
PART = 16 * 1024 * 1024
SPOOL = 8 * 1024 * 1024
FILE_DAYS = 30


class RgpdRequestCopy(models.Model):
    """Big copies: read and made in the background, with progress, memory flat.

    Reading goes on where it stopped. Making begins again: the file appears as a whole,
    sealed by a password that the database alone does not give, or not at all.
    """

    _inherit = "rgpd.request.copy"

    attempts = fields.Integer(readonly=True)
    failure = fields.Char(readonly=True)
    failed_state = fields.Char(readonly=True)
    date_made = fields.Datetime(string="Made on", readonly=True)
    manifest = fields.Json(readonly=True)
    file_ids = fields.Many2many(
        "ir.attachment",
        "rgpd_request_copy_file_rel",
        string="Sealed file",
        readonly=True,
        groups=fields.NO_ACCESS,
    )

    # === ACTION METHODS === #

    def action_make(self):
        """Make the file of a big copy in the background."""
        self.ensure_one()
        self.request_id.check_access("write")
        if self.todo_count or self.state != "review":
            self._check_can_leave()
            return
        self.sudo().user_id = self.env.uid  # sudo: as below
        self._start("build")

    def action_retry(self):
        """Begin again what failed."""
        self.ensure_one()
        self.request_id.check_access("write")
        if self.state == "failed":
            self.sudo().user_id = self.env.uid  # sudo: as below
            self._start(self.failed_state)

    def _start(self, state):
        # sudo: rgpd.request.copy - written by its methods alone
        self.sudo().write(
            {
                "state": state,
                "attempts": 0,
                "failure": False,
                "record_done": 0 if state == "build" else self.record_done,
            }
        )
        self._trigger()

    def _trigger(self):
        cron = self.env.ref("rgpd_fichier_client.rgpd_request_copy_cron")
        cron.sudo()._trigger()  # sudo: ir.cron - so that it begins at once

    # === CRON METHODS === #

    @api.model
    def _cron_prepare(self):
        """Read and make the big copies that wait; commits batch by batch.

        Safe to trigger at any time, and to kill at any point.
        """
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "in", ("scan", "build"))], order="id")
        left = cron._commit_progress(remaining=len(waiting))
        for copy in waiting:
            # What is read without any doubt is made at once
            while left and copy.state in ("scan", "build"):
                if not copy.try_lock_for_update():
                    break
                left = copy._work()
            if not left:
                return

    def _work(self):
        """Do what is waiting; return the seconds left to the cron."""
        self.ensure_one()
        cron = self.env["ir.cron"]
        try:
            self._count_attempt()
            left = self._scan_on() if self.state == "scan" else self._make()
        except Exception as error:  # noqa: BLE001 - told to the officer, who may retry
            self.env.cr.rollback()
            _logger.warning("copy %s failed: %s", self.id, type(error).__name__)
            self._fail(error)
            left = cron._commit_progress(1)
        return left

    def _count_attempt(self):
        """Count how often it began without getting on: a server may stop it each time.

        :raise UserError: too often
        """
        if self.attempts >= MAX_ATTEMPTS:
            raise UserError(
                self.env._(
                    "The server stopped the work %(count)s times before its end: allow "
                    "scheduled actions more time (limit_time_real_cron).",
                    count=MAX_ATTEMPTS,
                )
            )
        self.attempts += 1
        self.env["ir.cron"]._commit_progress()

    def _scan_on(self):
        """Go on reading until the end, or until the time of the cron is over."""
        cron = self.env["ir.cron"]
        left = 1
        for position, done, total in self._iterate():
            self.write(
                {
                    "record_total": total,
                    "position": position,
                    "record_done": done or self.record_done,
                    "attempts": 0,
                }
            )
            left = cron._commit_progress(bool(done), remaining=total - done + 1)
            if not left and 0 < done < total:
                return 0
        self._end_scan()
        if self.todo_count:
            self._tell(self.env._("The copy is read: passages wait for your decision."))
        else:
            self._start("build")
        return cron._commit_progress(1)

    def _make(self):
        """Make the sealed file in one go, then keep it."""
        self.record_done = 0
        cron = self.env["ir.cron"]

        def advance(count):
            self.record_done += count
            cron._commit_progress(count, remaining=1)

        copy = self.with_context(allowed_company_ids=self.company_id.ids)
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as sealed:
            manifest = copy._seal(sealed, self._get_password(), advance)
            # A new transaction, in which the decisions are looked at once more
            cron._commit_progress()
            if self.state != "build" or self.todo_count:
                return cron._commit_progress(1)
            self._keep(sealed, manifest)
        self._tell(self.env._("The copy is ready."))
        return cron._commit_progress(1)

    def _keep(self, sealed, manifest):
        """Keep the sealed file, in parts so that memory stays flat."""
        sealed.seek(0)
        files = self.env["ir.attachment"].sudo()
        name = self.request_id._get_bundle_name(self.right)
        for number in range(1, 1 + -(-manifest["sealed_size"] // PART)):
            files += files.create(
                {
                    "name": f"{name}.{number:03}",
                    "raw": sealed.read(PART),
                    "mimetype": "application/octet-stream",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        self.sudo().write(
            {
                "file_ids": [fields.Command.set(files.ids)],
                "manifest": manifest,
                "state": "ready",
                "attempts": 0,
                "record_done": self.record_total,
                "date_made": fields.Datetime.now(),
            }
        )
        self.request_id._journal(
            "copy_made", right=self.right, sha256=manifest["sha256"]
        )

    def _fail(self, error):
        """Show the cause; an unexpected one by its kind: its text may tell data."""
        text = (
            str(error)
            if isinstance(error, UserError)
            else self.env._(
                "Unexpected error: %(kind)s. Try again; if it comes back, tell the "
                "administrator.",
                kind=type(error).__name__,
            )
        )
        self.write({"failed_state": self.state, "state": "failed", "failure": text})
        self._tell(self.env._("The copy could not be prepared."))

    def _tell(self, text):
        """Tell the officer, on the request and on their screen."""
        request = self.request_id.with_context(lang=self.user_id.lang)
        request.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"{self.request_id.name}: {text}",
            user_id=self.user_id.id,
        )
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "danger" if self.state == "failed" else "success",
                "sticky": True,
                "title": self.request_id.name,
                "message": text,
            },
        )

    # === FILE === #

    def _get_password(self):
        """Return the password of the file; the database alone does not give it."""
        self.ensure_one()
        return self.env["rgpd.request.delivery"]._derive_password(
            f"rgpd.copy|{self.id}|{self.request_id.id}|{self.create_date}"
        )

    def _seal(self, stream, password, advance=None):
        """Write the sealed copy into a stream; return what to keep of its manifest."""
        return self.env["rgpd.request.delivery"]._write_sealed(
            stream,
            self._get_persons(),
            self.right,
            self.request_id._get_bundle_name(self.right),
            password,
            # sudo: rgpd.request.copy.line - decisions are applied whoever fetches
            StoredReview(self.sudo(), advance),
        )

    def _open_file(self):
        """Return the sealed file as a stream that deletes itself, and its size."""
        self.ensure_one()
        stream = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        for file in self.sudo().file_ids.sorted("name"):
            stream.write(file.raw)
            file.invalidate_recordset()
        size = stream.tell()
        stream.seek(0)
        return stream, size

    def _drop_file(self):
        """Delete the file: it is not right any more, or nobody needs it."""
        # sudo: ir.attachment - nobody else may touch it
        self.sudo().file_ids.unlink()

    @api.autovacuum
    def _gc_files(self):
        """Delete the files that were made long ago and that no link waits for."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=FILE_DAYS)
        old = self.search([("state", "=", "ready"), ("date_made", "<", limit)])
        for copy in old:
            if not self.env["rgpd.request.delivery"]._get_open(
                copy.request_id, copy.right
            ):
                copy._drop_file()
                copy.sudo().state = "review"
