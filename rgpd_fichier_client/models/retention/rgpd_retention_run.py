from odoo import api, fields, models
from odoo.tools import SQL, format_date

PERSONS_PER_BATCH = 100
DAYS_BEFORE_RETRY = 7


class RgpdRetentionRun(models.Model):
    """What one night of retention did for a company."""

    _name = "rgpd.retention.run"
    _description = "Retention Run"
    _order = "id desc"
    _rec_name = "date_start"

    simulation_id = fields.Many2one(
        "rgpd.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="simulation_id.company_id", store=True, string="Controller"
    )
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped by the safety limit"),
            ("lapsed", "Stopped: the approval is no longer valid"),
        ],
        default="running",
        required=True,
        readonly=True,
    )
    date_start = fields.Datetime(
        string="Started on", default=fields.Datetime.now, readonly=True
    )
    date_end = fields.Datetime(string="Ended on", readonly=True)
    due_count = fields.Integer(string="Due", readonly=True)
    erased_count = fields.Integer(string="Erased", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    review_count = fields.Integer(string="To review", readonly=True)
    kept_count = fields.Integer(
        string="Kept",
        readonly=True,
        help="Persons of the company whom a reason still keeps, with each reason on "
        "their record.",
    )
    archived_count = fields.Integer(
        string="Archived",
        readonly=True,
        help="Persons moved to the intermediate archive: only the law or a possible "
        "dispute still needs their data.",
    )
    ended_count = fields.Integer(
        string="Categories ended",
        readonly=True,
        help="Categories of archived data destroyed because their last reason ended, "
        "while another one keeps the rest.",
    )
    erasure_ids = fields.Many2many(
        "rgpd.erasure", string="Certificates", readonly=True, copy=False
    )

    @api.depends("date_start")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Night of %(date)s",
                date=format_date(
                    self.env, fields.Date.context_today(run, run.date_start)
                ),
            )

    def action_open_erasures(self):
        """Show the certificates of this run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_erasure_action"
        )
        action["domain"] = [("id", "in", self.erasure_ids.ids)]
        return action


class RgpdReason(models.Model):
    _inherit = "rgpd.reason"

    # === CRONS === #

    @api.model
    def _cron_refresh(self):
        """Compute the reasons of everybody again; nightly, before the retention."""
        self._refresh()

    @api.model
    def _cron_retention(self):
        """Erase those whom nothing keeps any more; commits after each batch.

        Only for companies whose DPO approved a simulation, as long as the rules are
        those of the simulation (invariant 3). Killed at any point, the next call goes
        on: what is done is committed, and a person is masked wholly or not at all.
        """
        self._refresh()
        simulations = self.env["rgpd.simulation"]._get_valid()
        self._close_lapsed(simulations)
        cron = self.env["ir.cron"]
        runs = [(sim, self._start_run(sim, simulations)) for sim in simulations]
        cron._commit_progress(
            remaining=sum(run.due_count for _sim, run in runs if run.state == "running")
        )
        for _simulation, run in runs:
            if run.state == "running" and not self._run(run, simulations.company_id):
                return

    def _start_run(self, simulation, simulations):
        """Open the run of a company, or go on with the one a kill left open."""
        company = simulation.company_id
        run = self.env["rgpd.retention.run"].search(
            [("simulation_id", "=", simulation.id), ("state", "=", "running")], limit=1
        )
        due = self._count_due(company, simulations.company_id)
        kept = self.env["rgpd.subject"].search_count(
            [
                ("retention_company_id", "=", company.id),
                ("phase", "in", ("active", "archive")),
            ]
        )
        if not run:
            run = run.create({"simulation_id": simulation.id})
        run.write({"due_count": run.erased_count + due, "kept_count": kept})
        if due > simulation._get_most():
            run.write({"state": "stopped", "date_end": fields.Datetime.now()})
            self._warn_stopped(run, simulation)
        return run

    def _run(self, run, companies):
        """Erase batch by batch; return False when the time of the cron is over."""
        cron = self.env["ir.cron"]
        while True:
            # Locked from here to the commit: another worker takes others
            due = self._get_due(run.company_id, PERSONS_PER_BATCH, companies)
            if not due:
                break
            count = len(due)
            due = self._lock_anchors(due)
            # A new order a minute ago is a reason: look again at these persons
            self._refresh_subjects(due)
            due = due.filtered(lambda s: s.phase == "expired")
            review = due.filtered(
                lambda s: s.last_purpose_id.end_action in ("review", "archive")
            )
            self._ask_review(run, review)
            self._erase_due(run, due - review)
            if not cron._commit_progress(count):
                return False
        run.write({"state": "done", "date_end": fields.Datetime.now()})
        self._warn_done(run)
        self.env["rgpd.journal"]._record(
            "retention.run",
            None,
            {
                "run": run.id,
                "erased": run.erased_count,
                "failed": run.failed_count,
                "review": run.review_count,
                "kept": run.kept_count,
                "archived": run.archived_count,
                "ended": run.ended_count,
            },
            company=run.company_id,
        )
        return bool(cron._commit_progress(0))

    def _lock_anchors(self, subjects):
        """Lock the records of these persons; return those nobody is working on.

        Who inserts an order or a message for a person holds a share lock on the record
        until its commit: such a person waits for the next night instead of being erased
        under the salesperson's hands. From here on such an insert waits for our commit.
        """
        free = subjects.browse()
        for model, some in subjects.grouped("res_model").items():
            # sudo: any anchor - the cron locks records it may not read by a rule
            records = self.env[model].sudo().browse(some.mapped("res_id"))
            locked = set(records.try_lock_for_update().ids)
            free |= some.filtered(lambda s, locked=locked: s.res_id in locked)
        self._postpone(subjects - free, days=1)
        return free

    def _erase_due(self, run, subjects):
        """Erase one batch; who fails is tried again later and stops nobody else."""
        if not subjects:
            return
        erasures = self.env["rgpd.eraser"]._erase(subjects, "retention")
        failed = erasures.filtered(lambda e: e.state == "failed")
        failed_uids = set(failed.mapped("subject_uid"))
        self._postpone(subjects.filtered(lambda s: s.uid in failed_uids))
        for erasure in failed:
            subject = subjects.filtered(lambda s, e=erasure: s.uid == e.subject_uid)
            subject.retention_error = erasure.error
        done = subjects.filtered(lambda s: s.uid not in failed_uids)
        done.write({"retention_error": False, "retention_retry": False})
        # sudo: side tables of persons, written by the engine alone
        self._refresh_subjects(done.sudo())
        still_due = done.filtered(lambda s: s.phase == "expired")
        # Nothing may turn the loop for ever
        self._postpone(still_due)
        run.write(
            {
                "erased_count": run.erased_count + len(erasures - failed),
                "failed_count": run.failed_count + len(failed),
                "erasure_ids": [fields.Command.link(e.id) for e in erasures - failed],
            }
        )

    def _postpone(self, subjects, days=DAYS_BEFORE_RETRY):
        if subjects:
            retry = fields.Date.add(self._get_today(), days=days)
            subjects.write({"retention_retry": retry})

    def _ask_review(self, run, subjects):
        """Persons whose rule ends in a review wait for a human decision."""
        if subjects:
            self._postpone(subjects)
            run.review_count += len(subjects)

    def _close_lapsed(self, valid):
        """Tell each DPO, once, that changed rules suspended what they had approved."""
        approved = self.env["rgpd.simulation"].search([("state", "=", "approved")])
        (approved & valid).filtered("date_lapsed")._decide({"date_lapsed": False})
        for simulation in approved - valid:
            simulation.run_ids.filtered(lambda run: run.state == "running").write(
                {"state": "lapsed", "date_end": fields.Datetime.now()}
            )
            if not simulation.date_lapsed:
                simulation._decide({"date_lapsed": fields.Datetime.now()})
                simulation._journal("retention.lapsed")
                self._warn_lapsed(simulation._with_dpo_lang())

    def _warn_lapsed(self, simulation):
        simulation._schedule_for_dpo(
            simulation.env._("Retention waits: the rules have changed"),
            simulation.env._(
                "A period, a basis or a masking has changed since you approved this "
                "simulation. Nothing is erased at night until you approve a new one."
            ),
        )

    def _warn_stopped(self, run, simulation):
        simulation = simulation._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention stopped: compute a new simulation"),
            simulation.env._(
                "%(due)s persons are due, many more than the approved simulation "
                "showed. Nothing was erased. Look at a new simulation and approve it "
                "if it is right.",
                due=run.due_count,
            ),
        )

    def _warn_done(self, run):
        """Tell the DPO whom the night left to a human: failures and reviews."""
        if not run.failed_count and not run.review_count:
            return
        simulation = run.simulation_id._with_dpo_lang()
        simulation._schedule_for_dpo(
            simulation.env._("Retention: persons to look at"),
            simulation.env._(
                "%(failed)s erasures failed, %(review)s persons wait for your review. "
                "They are tried again in %(days)s days.",
                failed=run.failed_count,
                review=run.review_count,
                days=DAYS_BEFORE_RETRY,
            ),
        )

    # === PARTS OF QUERIES === #

    @api.model
    def _count_due(self, company, companies):
        return self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM rgpd_subject s
                 WHERE %(due)s AND s.retention_company_id = %(company)s
                   AND NOT EXISTS (
                       SELECT 1 FROM rgpd_reason r
                        WHERE r.subject_id = s.id
                          AND r.company_id NOT IN %(approved)s)
                """,
                due=self._get_due_sql(),
                company=company.id,
                approved=tuple(companies.ids),
            )
        )[0][0]

    @api.model
    def _get_open_request_sql(self):
        """Return whether subject ``s`` waits for the answer to a request.

        Erasing somebody who asked to see their data would answer the request wrongly
        (Art. 15); a request for erasure is handled by whoever received it.
        """
        return SQL(
            """
            (s.res_model = 'res.partner' AND EXISTS (
                SELECT 1 FROM rgpd_request q
                 WHERE q.partner_id = s.res_id AND q.is_done IS NOT TRUE))
            """
        )

    @api.model
    def _get_due_sql(self, today=None):
        return SQL(
            "%s AND NOT %s", super()._get_due_sql(today), self._get_open_request_sql()
        )
