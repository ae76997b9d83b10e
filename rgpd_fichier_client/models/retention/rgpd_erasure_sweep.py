import json
import logging
from collections import Counter

import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...core.datamap.redaction import redactor
from ...core.retention import certificate

_logger = logging.getLogger(__name__)

# Between two commits: no longer does a snapshot keep old rows from being cleaned away
SECONDS_PER_STEP = 60
CERTIFICATES_PER_BATCH = 100
CANNOT_BE_REDACTED = (
    psycopg2.IntegrityError,
    psycopg2.DataError,
    psycopg2.errors.OutOfMemory,
    psycopg2.errors.ProgramLimitExceeded,
    MemoryError,
)
NOTE_OF_RESIDUE = {
    certificate.RESIDUE_OTHER_PERSON: "other_person",
    certificate.RESIDUE_ACCOUNTING: "accounting",
    certificate.RESIDUE_EVIDENCE: "evidence",
    certificate.RESIDUE_DOUBTFUL: "unknown",
}


class RgpdErasure(models.Model):
    """The sweep that closes certificates: nothing of the person is left, or why."""

    _inherit = "rgpd.erasure"

    @api.model
    def _cron_sweep(self):
        """Sweep for everybody masked since, and close their certificates; commits.

        A sweep that the server interrupts, or that takes longer than the cron may
        run, goes on where it was.
        """
        cron = self.env["ir.cron"]
        # The file of a deleted attachment leaves the disk with this collection
        self.env["rgpd.eraser.file"]._collect_garbage()
        # sudo: rgpd.sweep.run - nobody has a right on the sweep but its cron
        runs = self.env["rgpd.sweep.run"].sudo()
        domain = [("state", "=", "masked"), ("scope", "!=", "documents")]
        masked = self.sudo().search(domain, order="id")
        cron._commit_progress(remaining=len(masked))
        tried = self.browse()
        while run := runs._get_current(masked - tried):
            tried |= run._get_erasures()
            while not run._step(SECONDS_PER_STEP):
                if not cron._commit_progress(0, remaining=len(masked - tried) + 1):
                    return
            if not cron._commit_progress(remaining=len(masked - tried)):
                return
        self._close_documents()

    @api.model
    def _close_documents(self):
        """Close the certificates of documents: their rows were verified at once.

        The persons are alive, and lawfully found everywhere else. Commits after each
        batch, until the time of the cron is over; one that fails stops no other.
        """
        cron = self.env["ir.cron"]
        domain = [("state", "=", "masked"), ("scope", "=", "documents")]
        # sudo: rgpd.erasure - nobody has the right to write evidence but the engine
        masked = self.sudo().search(domain, order="id")
        left = len(masked)
        for batch in split_every(CERTIFICATES_PER_BATCH, masked.ids, masked.browse):
            for erasure in batch:
                erasure._close_document_safely()
            left -= len(batch)
            if not cron._commit_progress(len(batch), remaining=left):
                return

    def _close_document_safely(self):
        try:
            with self.env.cr.savepoint():
                self._close([])
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning(
                "certificate %s cannot be closed: %s", self.id, type(error).__name__
            )

    def _sweep_and_close(self):
        """Look for the identifiers of these erasures everywhere, then close them.

        What is found in a text is removed; what stays lawfully is listed; anything
        else keeps the certificate open, with where it was seen, for the DPO.
        """
        # sudo: rgpd.sweep.run - nobody has a right on the sweep but the engine
        self.env["rgpd.sweep.run"].sudo()._start(self)._step(float("inf"))

    def _settle_residues(self, hits, identifiers):
        """Remove what can be, and say what each residue is.

        :param hits: list of ``rgpd.sweep``; each gets a ``decision``
        :param identifiers: those looked for
        """
        if not hits:
            return
        anchors = {
            self.env[model]._table
            for model in self.env["rgpd.data.map"]._get_anchor_models()
            if model in self.env
        }
        for hit in hits:
            hit["decision"] = self._decide(hit, anchors)
        self._redact_hits([h for h in hits if h["decision"] == "redact"], identifiers)
        # Files nobody names go with the next collection, which waits for whoever is
        # writing one at this moment; the certificate closes after it
        for hit in hits:
            if hit["table"] == "filestore" and hit["strength"] != "weak":
                self.env["ir.attachment"]._mark_for_gc(hit["fname"])

    def _decide(self, hit, anchors):
        if hit["strength"] == "weak":
            return certificate.RESIDUE_DOUBTFUL
        if not hit["identifier"] or hit["table"] == "filestore":
            return certificate.RESIDUE_UNKNOWN
        if hit["table"] == "ir_attachment" and hit["column"] == "datas":
            return self._decide_file(hit)
        kind = {"_text": "text", "_varchar": "varchar"}.get(hit["type"], hit["type"])
        decision = certificate.decide_residue(
            hit["table"],
            kind,
            anchor_tables=anchors,
            protected=self._is_protected(hit),
            program=self._is_program(hit),
        )
        if decision == certificate.RESIDUE_REDACT and not hit["id"]:
            return certificate.RESIDUE_UNKNOWN
        return decision

    def _is_program(self, hit):
        """None: as the table says. The name of an imported record is no program."""
        if hit["table"] != "ir_model_data" or not hit["id"]:
            return None
        # sudo: ir.model.data - the external id of a record of any model
        row = self.env["ir.model.data"].sudo().browse(hit["id"])
        return row.module not in ("__import__", "__export__")

    def _decide_file(self, hit):
        """A file of an accounting document stays; another one is for the DPO."""
        file = self.env["ir.attachment"].sudo().browse(hit["id"])
        if self.env["rgpd.eraser.file"]._get_protected(file):
            return certificate.RESIDUE_ACCOUNTING
        return certificate.RESIDUE_UNKNOWN

    def _is_protected(self, hit):
        """True for what the audit trail of accounting keeps as it was written."""
        if hit["table"] == "mail_tracking_value" and hit["id"]:
            value = self.env["mail.tracking.value"].sudo().browse(hit["id"])
            message = value.mail_message_id
        elif hit["table"] == "mail_message" and hit["id"]:
            message = self.env["mail.message"].sudo().browse(hit["id"])
        else:
            return False
        return bool(
            "account_audit_log_restricted" in message._fields
            and message.account_audit_log_restricted
        )

    def _redact_hits(self, hits, identifiers):
        """Remove the identifiers from the texts where the sweep saw them.

        A text that a rule of its table does not let change (two rows would become the
        same), or too large to be changed, is left for the DPO and stops nothing else.
        """
        if not hits:
            return
        redact = redactor([i for i in identifiers if i.strength == "strong"])
        rows = self.env["rgpd.eraser.rows"]
        models_of = {
            model._table: model
            for model in self.env.values()
            if model._auto and not model._abstract
        }
        for hit in hits:
            model = models_of.get(hit["table"])
            try:
                with self.env.cr.savepoint(flush=False):
                    if model is not None and hit["column"] in model._fields:
                        rows._redact(
                            model._name,
                            [hit["id"]],
                            [hit["column"]],
                            lambda _id: redact,
                        )
                    else:
                        rows._redact_column(
                            hit["table"], hit["column"], hit["id"], redact
                        )
            except CANNOT_BE_REDACTED as error:
                code = getattr(error, "pgcode", "out of memory")
                _logger.warning(
                    "a text of %s cannot be redacted: %s", hit["table"], code
                )
                hit["decision"] = certificate.RESIDUE_UNKNOWN

    # === CLOSING === #

    def _close(self, hits):
        """Write the residues and, when all are explained, close the certificate."""
        self.ensure_one()
        unknown = [h for h in hits if h["decision"] == certificate.RESIDUE_UNKNOWN]
        writable = self._writable()
        if unknown:
            places = Counter(f"{h['table']}.{h['column'] or '?'}" for h in unknown)
            first = not self.error
            writable.write(
                {
                    "residue_count": len(unknown),
                    "error": self.env._(
                        "The sweep still finds the person there: %(places)s",
                        places=", ".join(f"{k} ({n})" for k, n in places.items()),
                    ),
                }
            )
            if first:
                self._warn_dpo()
            return False
        self._create_residue_lines(hits)
        writable.write(
            {
                "state": "closed",
                "closed_on": fields.Datetime.now(),
                "residue_count": 0,
                "error": False,
                "identifiers_sealed": False,
                "has_identifiers": False,
                "certificate_digest": False,
            }
            | self._prepare_digest()
        )
        self.env["rgpd.journal"]._record_many(
            "erasure.closed",
            [
                (
                    self.subject_uid,
                    {"erasure": self.id, "certificate": self.certificate_digest},
                )
            ],
            self.company_id,
        )
        return True

    def _prepare_digest(self):
        """Digest of the certificate as it will read once closed."""
        content = self._get_certificate() | {
            "closed_on": fields.Datetime.to_string(fields.Datetime.now())
        }
        content = json.loads(json.dumps(content, default=str))
        return {"certificate_digest": certificate.digest(content)}

    def _create_residue_lines(self, hits):
        """Evidence tables hold no identity; their hits would be our own doing."""
        lines = Counter()
        for hit in hits:
            note = NOTE_OF_RESIDUE.get(hit["decision"], "redacted")
            model = self._get_model_of_table(hit["table"])
            lines[model, note] += 1
        self.env["rgpd.erasure.line"].with_context(
            **self._writable().env.context
        ).sudo().create(
            [
                {
                    "erasure_id": self.id,
                    "kind": "residue",
                    "model": model,
                    "count": count,
                    "note": note,
                }
                for (model, note), count in sorted(lines.items())
            ]
        )

    def _get_model_of_table(self, table):
        for model in self.env.values():
            if model._table == table and model._auto:
                return model._name
        return table

    def _warn_dpo(self):
        """Ask the DPO to look at what the sweep could not settle."""
        group = self.env.ref("rgpd_fichier_client.group_rgpd_dpo")
        users = group.all_user_ids.filtered(
            lambda user: not self.company_id or self.company_id in user.company_ids
        )
        self.env["mail.thread"].message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.env._("Erasure %s: something is left", self.reference),
            body=self.env._(
                "The sweep found identifiers of an erased person in places it may not "
                "change by itself. The certificate stays open until they are gone: "
                "see the erasure for the places."
            ),
            model=self._name,
            res_id=self.id,
        )
