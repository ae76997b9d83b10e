from odoo import api, fields, models

from ...core.retention import documents, night
from .rgpd_eraser_document import DAYS_BEFORE_RETRY
from .rgpd_simulation_compute import MARGIN_COUNT, MARGIN_RATIO
from .rgpd_simulation_screen import SAMPLE_SIZE

DOCUMENT_DECISIONS = [
    (documents.ERASE, "To erase"),
    (documents.REVIEW, "To review by hand"),
    (documents.REQUEST, "Held back: open request, restricted use or hold"),
    (documents.COUNTED, "Held back: a reason of the person counts from it"),
    (documents.DRAFT, "Held back: an invoice of it is not finished"),
    (documents.KEEP, "Kept"),
]


class RgpdSimulationDocument(models.Model):
    """How many documents of persons who stay leave, month by month."""

    _name = "rgpd.simulation.document"
    _description = "Documents of a Retention Simulation"
    _order = "simulation_id desc, res_model, month, decision"
    _rec_name = "res_model"
    _log_access = False

    simulation_id = fields.Many2one(
        "rgpd.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="simulation_id.company_id", store=True, index=True
    )
    res_model = fields.Char(string="Model", readonly=True)
    model_name = fields.Char(string="Documents", compute="_compute_model_name")
    month = fields.Date(string="Month of the end", readonly=True)
    decision = fields.Selection(DOCUMENT_DECISIONS, readonly=True)
    count = fields.Integer(readonly=True)

    @api.depends("res_model")
    @api.depends_context("lang")
    def _compute_model_name(self):
        # sudo: ir.model - the name of a model, in the language of the user
        names = self.env["ir.model"].sudo()
        for line in self:
            is_known = line.res_model in self.env
            line.model_name = (
                names._get(line.res_model).name if is_known else line.res_model
            )


class RgpdSimulation(models.Model):
    _inherit = "rgpd.simulation"

    document_count = fields.Integer(
        string="Documents to erase",
        readonly=True,
        copy=False,
        help="Orders, quotations, leads and invoices whose own last reason has ended "
        "while the person stays: the names leave them, amounts, dates and products "
        "stay.",
    )
    document_held_count = fields.Integer(
        string="Documents held back", readonly=True, copy=False
    )
    document_ids = fields.One2many(
        "rgpd.simulation.document", "simulation_id", readonly=True
    )

    @api.model
    def _get_steps(self):
        steps = super()._get_steps()
        return [*steps[:-1], "_refresh_documents", steps[-1]]

    def _refresh_documents(self):
        # sudo: rgpd.document - computed from the documents, no one chooses the result
        self.env["rgpd.document"].sudo()._refresh()

    def _fill_lines(self):
        """Count the documents of those who stay as well."""
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        counts = table._count_by_decision(self.company_id, SAMPLE_SIZE)
        # sudo: rgpd.simulation.document - filled by the computation alone
        lines = self.env["rgpd.simulation.document"].sudo()
        lines.search([("simulation_id", "=", self.id)]).unlink()
        lines.create(
            [
                {
                    "simulation_id": self.id,
                    "res_model": model,
                    "month": month,
                    "decision": decision,
                    "count": count,
                    "sample": sample,
                }
                for (model, month, decision), (count, sample) in counts.items()
            ]
        )
        totals = dict.fromkeys(documents.DECISIONS, 0)
        for (_model, _month, decision), (count, _sample) in counts.items():
            totals[decision] += count
        self._decide(
            {
                "document_count": totals[documents.ERASE],
                "document_held_count": sum(
                    totals[code]
                    for code in (
                        documents.REQUEST,
                        documents.REVIEW,
                        documents.COUNTED,
                        documents.DRAFT,
                    )
                ),
            }
        )
        return super()._fill_lines()

    def _get_most_documents(self):
        """Return how many documents a night may erase under this approval at most.

        Those that were due, those that have become so since, and a margin.
        """
        self.ensure_one()
        today = self.env["rgpd.reason"]._get_today()
        expected = sum(
            line.count
            for line in self.document_ids
            # An invoice leaves with the order it was made from
            if not line.rule
            and (
                line.decision != documents.KEEP or (line.month and line.month <= today)
            )
        )
        return documents.most(expected, MARGIN_RATIO, MARGIN_COUNT)

    def action_open_documents(self):
        """Show the documents that leave, month by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_simulation_document_action"
        )
        return action | {"domain": [("simulation_id", "=", self.id)]}


class RgpdRetentionRun(models.Model):
    _inherit = "rgpd.retention.run"

    document_count = fields.Integer(
        string="Documents erased",
        readonly=True,
        help="Orders, quotations, leads and invoices whose own reasons had ended, of "
        "persons who stay.",
    )
    document_failed_count = fields.Integer(string="Documents failed", readonly=True)


class RgpdReason(models.Model):
    """The night erases documents whose own reasons have ended."""

    _inherit = "rgpd.reason"

    @api.model
    def _cron_refresh(self):
        """Compute the ends of documents again as well."""
        is_done = super()._cron_refresh()
        if is_done:
            # sudo: rgpd.document - the side table of all documents
            self.env["rgpd.document"].sudo()._refresh()
        return is_done

    def _start_run(self, simulation, simulations):
        """Too many documents stop the night as too many persons do.

        Looked at once a day for each run: a call that only goes on with the work of
        the last one computes nothing again.
        """
        run = super()._start_run(simulation, simulations)
        if run.day == self._get_today():
            return run
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        table._refresh_passed()
        due = table._count_due(simulation.company_id)
        if not due or run.state != "running":
            return run
        if due > simulation._get_most_documents():
            run.write({"state": "stopped", "date_end": fields.Datetime.now()})
            self._warn_stopped_documents(simulation, due)
        return run

    def _warn_stopped_documents(self, simulation, due):
        simulation = simulation._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention stopped: compute a new simulation"),
            simulation.env._(
                "%(due)s documents are due, many more than the approved simulation "
                "showed. Nothing was erased. Look at a new simulation and approve it "
                "if it is right.",
                due=due,
            ),
        )

    @api.model
    def _count_left(self, run, companies):
        """Documents count as well: the job comes back while there are any."""
        due = self.env["rgpd.document"].sudo()._count_due(run.company_id)
        return super()._count_left(run, companies) + due

    def _end_run(self, run):
        """Erase documents before the run ends: the same night, the same approval."""
        outcome = self._run_documents(run)
        if outcome != "done":
            return outcome == "paused" and self._pause(run)
        return super()._end_run(run)

    def _run_others(self, run):
        """Documents have their part of the number of the day: none waits for ever."""
        outcome = self._run_documents(run)
        return super()._run_others(run) if outcome == "done" else outcome

    def _run_documents(self, run):
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        return self._work_off(
            run,
            lambda limit: table._get_due(run.company_id, limit),
            lambda due: self._treat_documents(run, due),
            lambda due, days: due._postpone(days),
        )

    def _get_waiting_parts(self, run):
        cap, day = run.company_id.rgpd_night_cap, self._get_today().toordinal()
        part = night.get_part(cap, "document", day)
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        count = table._count_due(run.company_id, part) if part else 0
        count += table._count_books_due(run.company_id, part) if part else 0
        return [*super()._get_waiting_parts(run), (count, part)]

    def _treat_documents(self, run, due):
        """Erase the documents of a batch that nothing keeps and nobody works on."""
        records = due._records()
        free = records.try_lock_for_update()
        busy = due.filtered(lambda row: row.res_id not in free._ids)
        busy._postpone(days=1)
        due -= busy
        # An invoice or a hold of a minute ago is a reason: look again
        due._refresh_passed(only=due)
        due = due.exists()
        today = self._get_today()
        due = due.filtered(lambda row: row.date_next and row.date_next < today)
        records = records.browse(due.mapped("res_id"))
        erasures, newer = due._erase_unless_newer(
            lambda: self.env["rgpd.eraser"]._erase_documents(records),
            due._get_watched(),
            lambda fresh: due._get_kept_by_now(fresh, run.company_id),
        )
        if newer:
            newer._postpone(days=1)
            return
        done = due.filtered(lambda row: row.erasure_id in erasures)
        # Nothing may turn the loop for ever
        failed = due - done
        failed._postpone(DAYS_BEFORE_RETRY)
        run._count_persons(len(done))
        run.write(
            {
                "document_count": run.document_count + len(done),
                "document_failed_count": run.document_failed_count + len(failed),
            }
        )
        run._add_erasures(erasures)

    def _warn_done(self, run):
        """Documents that failed are told as well."""
        result = super()._warn_done(run)
        if run.document_failed_count:
            simulation = run.simulation_id._with_dpo_lang()
            simulation._schedule_for_dpo(
                simulation.env._("Retention: documents to look at"),
                simulation.env._(
                    "%(failed)s documents could not be erased: the list “Documents "
                    "that end alone” says why. They are tried again in %(days)s days.",
                    failed=run.document_failed_count,
                    days=DAYS_BEFORE_RETRY,
                ),
            )
        return result
