import logging
from functools import partial

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# The form is read again at each button and each return: one row for all of that
MINUTES_TOGETHER = 10


class RgpdAccessLog(models.Model):
    """Who opened the form of a person, and when (Art. 15, 32 GDPR; CJEU C-579/21).

    Off until the company switches it on. Only forms are logged: lists and searches
    write nothing. The row is written after the reading, in a transaction of its own:
    nothing that goes wrong here keeps anybody from reading.
    """

    _name = "rgpd.access.log"
    _description = "Opening of a Person's Record"
    _order = "id desc"
    _rec_name = "moment"
    # No foreign key to users or persons: deleting either must still work.
    _log_access = False

    moment = fields.Datetime(required=True, readonly=True, index=True)
    actor = fields.Integer(string="User number", required=True, readonly=True)
    actor_name = fields.Char(string="Opened by", compute="_compute_actor_name")
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(string="Record number", required=True, readonly=True)
    person_name = fields.Char(string="Person", compute="_compute_person_name")
    company_id = fields.Many2one(
        "res.company",
        string="Controller",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    _record_idx = models.Index("(model, res_id, moment)")

    # === COMPUTE METHODS === #

    @api.depends("actor")
    @api.depends_context("lang")
    def _compute_actor_name(self):
        # sudo: res.users - the name of a colleague, for who reads the log
        users = self.env["res.users"].sudo().with_context(active_test=False)
        found = users.browse(set(self.mapped("actor"))).exists()
        names = {user.id: user.name for user in found}
        for opening in self:
            opening.actor_name = names.get(opening.actor) or self.env._(
                "User %(number)s", number=opening.actor
            )

    @api.depends("model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_person_name(self):
        for model, openings in self.grouped("model").items():
            names = {}
            if model in self.env:
                records = self.env[model].with_context(active_test=False)
                found = records.browse(set(openings.mapped("res_id"))).exists()
                # With the rights of who reads the log
                names = {
                    record.id: record.display_name
                    for record in found._filtered_access("read")
                }
            for opening in openings:
                opening.person_name = names.get(opening.res_id, "")

    # === BUSINESS METHODS === #

    @api.model
    def _note_opening(self, record):
        """Have the opening of a form written, when the company wants it.

        :param record: one record that was just read
        """
        if not self._is_opening(record):
            return
        if record._name not in self.env["rgpd.data.map"]._get_anchor_models():
            return
        company = self._get_controller(record)
        if not company.rgpd_log_openings:
            return
        self._schedule(
            {
                "moment": fields.Datetime.now(),
                "actor": self.env.uid,
                "model": record._name,
                "res_id": record.id,
                "company_id": company.id,
            }
        )

    @api.model
    def _get_controller(self, record):
        """Return the company that answers for a record, wherever the reader works."""
        # sudo: whose record it is, and a setting; the user may read the record
        record = record.sudo()
        field = record._fields.get("company_id")
        is_own = field and field.comodel_name == "res.company"
        return (is_own and record.company_id) or self.env.company.sudo()

    @api.model
    def _is_opening(self, record):
        """Tell whether a browser of the staff opens a form, or reads anything else.

        A list, a search and what a form saves read records too, by other calls. The
        pager saves the form that is left and reads the next one by the same call.
        """
        # What stands in for a request in a script or a test may know no parameters
        params = getattr(request, "params", None) or {} if request else {}
        if params.get("model") != record._name or not self.env.user._is_internal():
            return False
        if params.get("method") == "web_save":
            saved = (params.get("args") or [()])[0]
            following = (params.get("kwargs") or {}).get("next_id")
            return following == record.id and following not in (saved or ())
        return params.get("method") == "web_read"

    @api.model
    def _schedule(self, values):
        """Write after the transaction of the reading has ended."""
        self.env.cr.postcommit.add(partial(self._insert, self.env.registry, values))

    @staticmethod
    def _insert(registry, values):
        """Insert one row, unless the same form was opened a moment ago."""
        try:
            with registry.cursor() as cr:
                cr.execute(
                    SQL(
                        """
                        INSERT INTO rgpd_access_log
                               (moment, actor, model, res_id, company_id)
                        SELECT %(moment)s, %(actor)s, %(model)s, %(res_id)s,
                               %(company)s
                         WHERE NOT EXISTS (
                               SELECT 1 FROM rgpd_access_log
                                WHERE model = %(model)s AND res_id = %(res_id)s
                                  AND actor = %(actor)s
                                  AND company_id = %(company)s
                                  AND moment > %(moment)s::timestamp - %(together)s
                                      * interval '1 minute')
                        """,
                        moment=values["moment"],
                        actor=values["actor"],
                        model=values["model"],
                        res_id=values["res_id"],
                        company=values["company_id"],
                        together=MINUTES_TOGETHER,
                    )
                )
        except Exception as error:  # noqa: BLE001 - never in the way of a reading
            _logger.warning("an opening was not logged: %s", type(error).__name__)

    @api.autovacuum
    def _gc_openings(self):
        """Forget what is older than the company keeps it; switched off or not."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM rgpd_access_log AS log USING res_company AS company
                 WHERE company.id = log.company_id
                   AND log.moment < %s::timestamp
                       - company.rgpd_log_months * interval '1 month'
                """,
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()
