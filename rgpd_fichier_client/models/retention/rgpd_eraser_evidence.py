from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..journal.sql_array import int_array


class RgpdEraser(models.AbstractModel):
    """What an erasure leaves as evidence: rows, lines, sealed identifiers, journal."""

    _inherit = "rgpd.eraser"

    def _record_failure(self, subject, ground, motive, cause):
        """Show a failure with its cause; the same row is used for each new attempt."""
        Erasure = self.env["rgpd.erasure"]._writable()
        failed = Erasure.search(
            [("subject_uid", "=", subject.uid), ("state", "=", "failed")], limit=1
        )
        vals = {"error": cause, "erased_on": fields.Datetime.now(), "ground": ground}
        if failed:
            failed.write({**vals, "attempt_count": failed.attempt_count + 1})
        else:
            failed = Erasure.create(
                {
                    **vals,
                    **self._prepare_erasure(subject, ground, motive),
                    "state": "failed",
                }
            )
        return self.env["rgpd.erasure"].browse(failed.ids)

    def _prepare_erasure(self, subject, ground, motive):
        return {
            "subject_uid": subject.uid,
            "ground": ground,
            "motive": motive,
            "company_id": (subject.company_id or self.env.company).id,
            "actor": self.env.uid,
        }

    def _record_success(self, scope, kept, report, ground, motive):
        """Write the evidence of a batch: rows, lines, sealed identifiers, journal."""
        Erasure = self.env["rgpd.erasure"]._writable()
        now = fields.Datetime.now()
        subjects = scope.subjects
        failed = Erasure.search(
            [("subject_uid", "in", subjects.mapped("uid")), ("state", "=", "failed")]
        ).grouped("subject_uid")
        to_create, to_update, lines, identifiers = [], {}, {}, {}
        for subject in subjects:
            uid = subject.uid
            lines[uid] = report.lines_of(subject.id)
            identifiers[uid] = scope.to_sweep(subject.id, kept[subject.id])
            vals = {
                **self._prepare_erasure(subject, ground, motive),
                **report.totals_of(subject.id, lines[uid]),
                "state": "masked",
                "erased_on": now,
                "error": False,
            }
            if uid in failed:
                to_update[failed[uid][:1]] = vals
            else:
                to_create.append(vals)
        erasures = Erasure._insert(to_create, identifiers)
        vals_of = dict(zip(erasures.ids, to_create, strict=True))
        for erasure, vals in to_update.items():
            erasure.write({**vals, "attempt_count": erasure.attempt_count + 1})
            erasure._seal_identifiers(identifiers)
            vals_of[erasure.id] = vals
        self._insert_lines(
            Erasure, {row_id: lines[v["subject_uid"]] for row_id, v in vals_of.items()}
        )
        self.env["rgpd.erasure.outbox"]._put(scope.get_rows_for_ledger(), "erased", now)
        self._mark_subjects(subjects, kept, now)
        self._journal(vals_of)
        return self.env["rgpd.erasure"].browse(vals_of)

    def _insert_lines(self, writable, lines_of):
        """Write the lines of certificates.

        :param writable: model of certificates that may be written
        :param lines_of: ``{id of the certificate: [values]}``
        """
        self.env["rgpd.erasure.line"].with_context(**writable.env.context)._insert(
            [
                {**line, "erasure_id": erasure_id}
                for erasure_id, lines in lines_of.items()
                for line in lines
            ]
        )

    def _mark_subjects(self, subjects, kept, now):
        """Note on the side table that the erasure took place, in one statement."""
        subjects.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE rgpd_subject
                   SET erased_on = %(now)s, write_uid = %(uid)s,
                       write_date = %(moment)s,
                       phase = CASE WHEN id = ANY(%(whole)s) THEN NULL ELSE phase END,
                       date_next = CASE WHEN id = ANY(%(whole)s) THEN NULL
                                        ELSE date_next END
                 WHERE id = ANY(%(ids)s)
                """,
                now=now,
                uid=self.env.uid,
                moment=self.env.cr.now(),
                whole=int_array(i for i in subjects.ids if not kept[i]),
                ids=int_array(subjects.ids),
            )
        )
        subjects.invalidate_recordset(flush=False)

    def _journal(self, vals_of):
        """Append the entries of certificates, from the values that were written."""
        entries = defaultdict(list)
        for erasure_id, vals in vals_of.items():
            payload = {
                "erasure": erasure_id,
                "ground": vals["ground"],
                "erased": vals["erased_count"],
                "kept": vals["kept_count"],
            }
            entries[vals["company_id"]].append((vals["subject_uid"], payload))
        for company_id, items in entries.items():
            self.env["rgpd.journal"]._record_many("erasure.masked", items, company_id)
