import logging

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...core.retention import erasure_plan
from .rgpd_erasure import GROUNDS

_logger = logging.getLogger(__name__)

BATCH_SIZE = 2000
# In the context: reasons were computed in this transaction, after the records were
# locked; nothing newer can be seen before its end. Cannot come through RPC.
FRESH = object()
# Nothing the erasure does may leave a trace of what it removes, nor wake up mail.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
    "active_test": False,
    "rgpd_erasing": True,
}


def is_out_of_time(error):
    """Tell whether Odoo ends the worker: no fault of the person it is at.

    The handler of the limit of the processor raises a bare ``Exception``, wherever the
    worker is (``odoo.service.server``, ``Worker.signal_time_expired_handler``).
    """
    return str(error).startswith("CPU time limit exceeded")


class RgpdEraser(models.AbstractModel):
    """The one eraser: nightly purge, Art. 17, effects of objection and withdrawal.

    Driven by the data map: every row that leads to the person is masked, redacted or
    deleted, except what a live reason keeps (invariants 2 and 5). One transaction per
    call; the engine never commits.
    """

    _name = "rgpd.eraser"
    _description = "Eraser"

    # === ENTRY POINT === #

    @api.model
    def _erase(self, records, ground, motive=None):
        """Erase persons: Art. 17, or Art. 5.1 e at the end of a period.

        A whole batch is tried first; when it fails, each half of it, down to a person
        alone, behind savepoints, so that one failure stops nobody else. Who was erased
        already, and is not back, gets nothing twice.

        :param records: recordset of any anchor model, or ``rgpd.subject``
        :param str ground: retention, request, objection, withdrawal, replay or drill
        :param str motive: why, in words without any name (by hand only)
        :return: ``rgpd.erasure`` records, one per subject, ``masked`` or ``failed``
            (with the cause); a person another transaction is erasing right now is
            left to it and has no record here
        :raise UserError: when the keys are missing, the ledger cannot be written or a
            source of facts cannot be read: nothing is erased then
        """
        if ground not in dict(GROUNDS):
            raise ValueError(f"unknown ground of erasure: {ground!r}")
        # sudo: every model of the map - callers (DPO action, nightly cron) were
        # checked; the erasure must reach what the caller alone may not see
        eraser = self.sudo().with_context(**QUIET)
        subjects = eraser.env["rgpd.subject"]._of(records)
        if not subjects:
            return eraser.env["rgpd.erasure"]
        # No key, no proof: better not to begin (invariant 5)
        eraser.env["rgpd.key"]._get("vault")
        eraser.env["rgpd.erasure.outbox"]._check_ready()
        if ground != "retention":
            # The night looked already: its approval lapses with a source
            eraser.env["rgpd.fact.collector"]._check_sources()
        subjects = subjects.sorted("id").try_lock_for_update(allow_referencing=True)
        return eraser._erase_locked(subjects, ground, motive)

    def _erase_locked(self, subjects, ground, motive):
        Erasure = self.env["rgpd.erasure"]
        refusals = self._get_refusals(subjects)
        erasures = Erasure
        for subject, cause in refusals.items():
            erasures |= self._record_failure(subject, ground, motive, cause)
        candidates = subjects.filtered(lambda s: s not in refusals)
        kept = self._get_kept(candidates, ground)
        done = self._get_done(candidates, kept)
        for erasure in done.values():
            erasures |= erasure
        todo = candidates.filtered(lambda s: s not in done)
        groups = erasure_plan.group_by_kept({s.id: kept[s.id] for s in todo})
        for codes, ids in groups.items():
            for chunk in split_every(BATCH_SIZE, ids, todo.browse):
                batch = {s.id: kept[s.id] for s in chunk}
                erasures |= self._erase_safely(chunk, batch, codes, ground, motive)
        return erasures

    def _erase_safely(self, subjects, kept, codes, ground, motive):
        """The batch first, then each half behind a savepoint, down to one person.

        Whoever fails is found in a few steps, and the others go on together.
        """
        try:
            with self.env.cr.savepoint():
                return self._erase_batch(subjects, kept, codes, ground, motive)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if is_out_of_time(error):
                raise
            if len(subjects) == 1:
                cause = self._get_cause(error)
                _logger.warning(
                    "erasure of subject %s failed: %s",
                    subjects.id,
                    type(error).__name__,
                )
                return self._record_failure(subjects, ground, motive, cause)
        erasures = self.env["rgpd.erasure"]
        middle = len(subjects) // 2
        for half in (subjects[:middle], subjects[middle:]):
            of_half = {subject_id: kept[subject_id] for subject_id in half.ids}
            erasures |= self._erase_safely(half, of_half, codes, ground, motive)
        return erasures

    def _get_cause(self, error):
        """What to show: messages for users as they are, the rest by its nature.

        The text of a database error quotes values, hence personal data.
        """
        if isinstance(error, UserError | ValidationError):
            return str(error)
        if isinstance(error, OSError):
            # The only files an erasure touches, to mark those that are to go
            return str(self.env["rgpd.erasure.outbox"]._get_store_error(error))
        diagnosis = getattr(error, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None)
        where = constraint or getattr(diagnosis, "table_name", None)
        return f"{type(error).__name__} ({where})" if where else type(error).__name__

    # === ONE BATCH === #

    def _erase_batch(self, subjects, kept, codes, ground, motive):
        """Erase persons who share what stays, in one go."""
        scope = self.env["rgpd.eraser.scope"]._build(subjects)
        books = self.env["rgpd.eraser.accounting"]
        # Flushes in this environment, where tracking is off: a later one may not be
        with books._keep_stamps(scope.ids_of("res.partner")):
            report = self.env["rgpd.eraser.work"]._mask_scope(scope, kept, codes)
        self._after_erase(scope, codes)
        erasures = self._record_success(scope, kept, report, ground, motive)
        # Writes the evidence, then forgets what the cache still knows of the person
        self.env.invalidate_all()
        return erasures

    def _after_erase(self, scope, codes):
        """Do what the map does not know; hook for glue add-ons."""

    # === WHO === #

    @api.model
    def _get_refusals(self, subjects):
        """Persons who are not to be erased, with the cause in words.

        :return: ``{subject: text}``
        """
        subjects = subjects.sudo()
        labels = self._get_refusal_labels()
        refusals = {}
        existing = self._get_existing(subjects)
        for subject in subjects:
            code = self._get_refusal_code(subject, existing)
            if code:
                refusals[subject] = labels[code]
        for subject in self._get_known_strangers(subjects):
            refusals.setdefault(subject, labels["known"])
        for subject, cause in self._get_held(subjects).items():
            refusals.setdefault(subject, cause)
        return refusals

    @api.model
    def _get_known_strangers(self, subjects):
        """Return those for whom a contact, lead or mailing contact stands by now."""
        known = subjects.browse()
        models_ = self.env["rgpd.data.map"]._get_stranger_models()
        for model, some in subjects.grouped("res_model").items():
            if model in models_:
                self.env.flush_all()
                alone = some._filter_strangers(model, some.mapped("res_id"))
                known |= some.filtered(lambda s, alone=alone: s.res_id not in alone)
        return known

    def _get_existing(self, subjects):
        """Return the records that are still there: ``{(model, id)}``."""
        existing = set()
        for model, some in subjects.grouped("res_model").items():
            if model in self.env:
                records = self.env[model].browse(some.mapped("res_id")).exists()
                existing |= {(model, row_id) for row_id in records.ids}
        return existing

    def _get_refusal_code(self, subject, existing):
        if subject.merged_into_id:
            return "merged"
        if subject.natural_evidence in ("staff", "technical", "own_company", "address"):
            return subject.natural_evidence
        if not subject.is_natural:
            return "company"
        if (subject.res_model, subject.res_id) not in existing:
            return "gone"
        return None

    def _get_refusal_labels(self):
        return {
            "company": self.env._(
                "This is an organisation: the law protects natural persons. Erase its "
                "contact persons, or say on the record that it is a sole trader."
            ),
            "staff": self.env._(
                "This contact is an internal user: data about staff are not part of "
                "the customer file."
            ),
            "technical": self.env._("Odoo needs this contact to work."),
            "own_company": self.env._("This contact is your own company."),
            "address": self.env._(
                "This is a further address: it goes with the person it belongs to."
            ),
            "merged": self.env._(
                "This record was merged into another one: erase that one."
            ),
            "gone": self.env._("The record has already been deleted."),
            "known": self.env._(
                "Somebody with this address is in the file: erase that contact, and "
                "this goes with it."
            ),
        }

    @api.model
    def _get_held(self, subjects):
        """Persons under a hold (dispute, inspection), with the explanation.

        :return: ``{subject: text}``
        """
        if "rgpd.hold" not in self.env:
            return {}
        # sudo: rgpd.hold - a hold of any company suspends the erasure
        holds = self.env["rgpd.hold"].sudo()._get_active(subjects)
        return {
            subject: self.env._(
                "A hold suspends the erasure (Art. 17.3 e): lift it first. Hold "
                "number %(hold)s.",
                hold=", ".join(str(hold) for hold in holds[subject.id]),
            )
            for subject in subjects
            if holds.get(subject.id)
        }

    @api.model
    def _get_kept(self, subjects, ground):
        """What stays for each subject: ``{subject id: {category: Kept}}``.

        Reasons are computed again first: an invoice posted a minute ago counts.
        """
        if not subjects:
            return {}
        Reason = self.env["rgpd.reason"].sudo()
        if self.env.context.get("rgpd_reasons") is not FRESH:
            for records in subjects._records().values():
                Reason._refresh(records)
        raw = Reason._get_kept(subjects)
        # sudo: rgpd.purpose - the basis of a purpose decides whether it yields
        purposes = self.env["rgpd.purpose"].sudo().with_context(active_test=False)
        basis_of = {p.code: p.legal_basis for p in purposes.search([])}
        return {
            subject.id: erasure_plan.live_kept(
                raw.get(subject.id, {}), ground, basis_of
            )
            for subject in subjects
        }

    def _get_done(self, subjects, kept):
        """Erasures that need not be done again: ``{subject: erasure}``.

        Done means: an erasure took place, nothing more may go than went then, and no
        strong identifier has come back since.
        """
        done = {}
        latest = {}
        for erasure in self.env["rgpd.erasure"].search(
            [
                ("subject_uid", "in", subjects.mapped("uid")),
                ("state", "in", ("masked", "closed")),
                ("scope", "=", "person"),
            ],
            order="id",
        ):
            latest[erasure.subject_uid] = erasure
        for subject in subjects:
            erasure = latest.get(subject.uid)
            if (
                erasure
                and erasure._get_kept_categories() <= set(kept[subject.id])
                and not self._is_back(subject, kept[subject.id])
            ):
                done[subject] = erasure
        return done

    def _is_back(self, subject, kept):
        """True when an erased record holds identifiers again."""
        record = self.env[subject.res_model].browse(subject.res_id)
        identifiers = self.env["rgpd.person.finder"]._get_identifiers(record)
        found = erasure_plan.identifiers_to_sweep(
            identifiers.get(record.id, ()), set(kept)
        )
        return any(not _is_masked(identifier.value) for identifier in found)


def _is_masked(value):
    """True for what the eraser itself wrote."""
    return value.lower().startswith(("erased-", "personne effacée", "[effacé]"))
