import logging
import tempfile
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...core.datamap import bundle_parts
from .copy_parts import SealedParts
from .copy_review import StoredReview

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
PART = 16 * 1024 * 1024
SPOOL = 8 * 1024 * 1024
FILE_DAYS = 30
# What a killed worker does again at most
PART_SECONDS = 3
PART_SIZE = 4 * 1024 * 1024
MAX_DOCUMENTS = 500  # printed one by one, nobody waits in front of a screen


class RgpdRequestCopy(models.Model):
    """Big copies: read and made in the background, with progress, memory flat.

    Both go on where they stopped, whatever stopped them: what is written so far is kept
    in sealed parts. The file appears as a whole, sealed by a password that the database
    alone does not give, or not at all.
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
    part_ids = fields.Many2many(
        "ir.attachment",
        "rgpd_request_copy_part_rel",
        string="Sealed parts",
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What is written so far, until the file is made of it.",
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
        self._drop_file()
        self._start("build")

    def action_retry(self):
        """Go on with what failed, from where it stopped."""
        self.ensure_one()
        self.request_id.check_access("write")
        if self.state == "failed":
            self.sudo().user_id = self.env.uid  # sudo: as below
            self._start(self.failed_state)

    def _start(self, state):
        is_begun = state == "scan" or self.sudo().part_ids
        # sudo: rgpd.request.copy - written by its methods alone
        self.sudo().write(
            {
                "state": state,
                "attempts": 0,
                "failure": False,
                "record_done": self.record_done if is_begun else 0,
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
                # At once: Odoo itself would look again in a minute
                self._trigger()
                cron._commit_progress()
                return

    def _work(self):
        """Do what is waiting; return the seconds left to the cron."""
        self.ensure_one()
        cron = self.env["ir.cron"]
        try:
            self._count_attempt()
            left = self._scan_on() if self.state == "scan" else self._make()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # An officer decided meanwhile; what was kept so far is there
            self.env.cr.rollback()
            left = cron._commit_progress()
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
            self._note_step(position, done or self.record_done)
            self.sudo().write({"record_total": total, "attempts": 0})
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
        """Write part after part until the end; the next time, the file of them.

        :return: the seconds left to the cron; 0 when it goes on later
        """
        cron = self.env["ir.cron"]
        copy = self.with_context(allowed_company_ids=self.company_id.ids)
        parts = SealedParts(copy.sudo())
        state = parts.get_state()
        if not state or not state["is_written"]:
            return copy._write_parts(parts, state)
        with (
            tempfile.SpooledTemporaryFile(max_size=SPOOL) as sealed,
            bundle_parts.Spool() as spool,
        ):
            parts.pour(spool)
            manifest = copy._seal(sealed, spool, parts.get_state())
            if not self._is_to_make():
                return cron._commit_progress(1)
            self._keep(sealed, manifest)
        self._tell(self.env._("The copy is ready."))
        return cron._commit_progress(1)

    def _is_to_make(self):
        """Tell in a new transaction whether nothing was decided meanwhile."""
        self.env["ir.cron"]._commit_progress()
        return (
            bool(self.try_lock_for_update())
            and self.state == "build"
            and not self.todo_count
        )

    def _write_parts(self, parts, state):
        """Write what is left; every few seconds what there is becomes a part, for good.

        :return: the seconds left to the cron; 0 when it goes on later
        """
        cron = self.env["ir.cron"]
        # sudo: rgpd.request.copy.line - decisions are applied whoever fetches
        steps = self.env["rgpd.person.exporter"]._export_steps(
            self._get_persons(),
            self.right == "portability",
            StoredReview(self.sudo()),
            parts.step,
            state=state,
            max_documents=MAX_DOCUMENTS,
        )
        since = time.monotonic()
        for state in steps:
            is_full = parts.size > PART_SIZE
            if not is_full and time.monotonic() - since < PART_SECONDS:
                continue
            left = self._keep_part(parts, state)
            if not left or not self._is_to_make():
                return left and cron._commit_progress(1)
            since = time.monotonic()
        return self._keep_part(parts, {**state, "is_written": True})

    def _keep_part(self, parts, state):
        """Keep a part and commit; return the seconds left to the cron."""
        parts.keep({"is_written": False, **state})
        count = state["done"] - self.record_done
        self.sudo().write(
            {
                "record_done": state["done"],
                "record_total": state["total"],
                "attempts": 0,
            }
        )
        return self.env["ir.cron"]._commit_progress(
            max(count, 1), remaining=state["total"] - state["done"] + 1
        )

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
        self._drop_parts()
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

    def _seal(self, stream, spool, state):
        """Write the sealed copy into a stream; return what to keep of its manifest."""
        exporter = self.env["rgpd.person.exporter"]

        def write(plain):
            return exporter._export_end(
                self._get_persons(), self.right == "portability", spool, state, plain
            )

        return self.env["rgpd.request.delivery"]._seal_bundle(
            write,
            stream,
            self.request_id._get_bundle_name(self.right),
            self._get_password(),
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
        """Delete the file and its parts: not right any more, or nobody needs them."""
        # sudo: ir.attachment - nobody else may touch it
        self.sudo().file_ids.unlink()
        self._drop_parts()

    def _drop_parts(self):
        """Delete what was written on the way to the file."""
        self.sudo().part_ids.unlink()  # sudo: ir.attachment - as above

    @api.autovacuum
    def _gc_files(self):
        """Delete the files that were made long ago and that no link waits for.

        The parts of what failed and was left, and what a deleted request leaves, too.
        """
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=FILE_DAYS)
        old = self.search([("state", "=", "ready"), ("date_made", "<", limit)])
        for copy in old:
            if not self.env["rgpd.request.delivery"]._get_open(
                copy.request_id, copy.right
            ):
                copy._drop_file()
                copy.sudo().state = "review"
        failed = self.search([("state", "=", "failed"), ("write_date", "<", limit)])
        failed._drop_parts()
        # sudo: ir.attachment - of copies that are gone nobody has rights on them
        files = self.env["ir.attachment"].sudo()
        files = files.search([("res_model", "=", self._name)])
        known = set(self.sudo().browse(files.mapped("res_id")).exists().ids)
        files.filtered(lambda file: file.res_id not in known).unlink()
