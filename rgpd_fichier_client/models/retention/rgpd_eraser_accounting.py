from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.retention import periods
from ..journal.sql_array import int_array

# L123-22 C. com.: at least so long, whatever the register says
LEGAL_YEARS = 10


class RgpdEraserAccounting(models.AbstractModel):
    """How long accounting needs its own documents, row by row (L123-22 C. com.).

    Independent of the purposes of the register: a company that removed one by mistake
    still has to show its books.
    """

    _name = "rgpd.eraser.accounting"
    _description = "Duties of Accounting"

    @api.model
    def _get_released(self, model_name, ids):
        """Return the rows that no duty of accounting keeps any more.

        Those of documents that were never posted, and those whose years from the end of
        the financial year are over. A row whose day is unknown is not released.

        :rtype: set[int]
        """
        records = self.env[model_name].browse(ids).exists()
        if not {"date", "company_id"} <= records._fields.keys():
            return set()
        today = self.env["rgpd.reason"]._get_today()
        years = self._get_years()
        return {
            record.id
            for record in records
            if not self._is_posted(record)
            or (record.date and self._get_end(record, years) < today)
        }

    @api.model
    def _get_sealed(self, model_name, ids):
        """Return the rows whose columns the inalterability hash covers."""
        model = self.env[model_name]
        if not hasattr(model, "_get_integrity_hash_fields"):
            return set()
        return {
            record.id
            for record in model.browse(ids)
            if self._get_move(record).inalterable_hash
        }

    @api.model
    def _get_sealed_columns(self, model_name):
        """Return the names of the columns the hash is made from."""
        model = self.env[model_name]
        if not hasattr(model, "_get_integrity_hash_fields"):
            return set()
        return set(model._get_integrity_hash_fields())

    # === WHO WROTE LAST, AND WHEN === #

    @contextmanager
    def _keep_stamps(self, partner_ids, found=None):
        """Leave who wrote last to a posted document, and when, as they were.

        What Odoo stores again from a masked contact counts as a change by whoever
        erases; to an auditor the books would seem to have been altered on that day.

        :param found: ``{model: ids}`` of further rows, whoever they lead to by now
        """
        before = self._read_stamps(partner_ids, found or {})
        yield
        self.env.flush_all()
        for name, stamps in before.items():
            self._put_back_stamps(name, stamps)

    def _read_stamps(self, partner_ids, found):
        """Return ``{model: rows (id, user, moment)}`` of posted documents."""
        self.env.flush_all()
        partners = int_array(partner_ids)
        moves = SQL(
            """SELECT id FROM account_move
                WHERE (posted_before OR state = 'posted')
                  AND (partner_id = ANY(%(ids)s) OR commercial_partner_id = ANY(%(ids)s)
                       OR partner_shipping_id = ANY(%(ids)s))""",
            ids=partners,
        )
        conditions = {
            "account.move": SQL("id IN (%s)", moves),
            "account.move.line": SQL(
                "move_id IN (%s) OR (partner_id = ANY(%s) AND parent_state = 'posted')",
                moves,
                partners,
            ),
            "account.payment": SQL("partner_id = ANY(%s)", partners),
        }
        return {
            name: self.env.execute_query(
                SQL(
                    "SELECT id, write_uid, write_date FROM %s WHERE %s OR id = ANY(%s)",
                    SQL.identifier(self.env[name]._table),
                    condition,
                    int_array(found.get(name, ())),
                )
            )
            for name, condition in conditions.items()
            if partner_ids
        }

    def _put_back_stamps(self, name, stamps):
        if not stamps:
            return
        ids, users, moments = map(list, zip(*stamps, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE %s t SET write_uid = v.write_uid, write_date = v.write_date
                  FROM unnest(%s::int[], %s::int[], %s::timestamp[])
                       AS v (id, write_uid, write_date)
                 WHERE t.id = v.id AND (t.write_uid, t.write_date)
                       IS DISTINCT FROM (v.write_uid, v.write_date)
                """,
                SQL.identifier(self.env[name]._table),
                int_array(ids),
                users,
                moments,
            )
        )
        self.env[name].browse(ids).invalidate_recordset(
            ["write_uid", "write_date"], flush=False
        )

    # === UNTIL WHEN === #

    def _is_posted(self, record):
        move = self._get_move(record)
        # A payment without entry is a document of its own
        return not move or move.posted_before or move.state == "posted"

    def _get_move(self, record):
        if record._name == "account.move":
            return record
        if "move_id" in record._fields:
            return record.move_id
        return self.env["account.move"]

    def _get_end(self, record, years):
        company = record.company_id or self.env.company
        closing = periods.fiscal_year_end(
            fields.Date.to_date(record.date),
            int(company.fiscalyear_last_month or 12),
            company.fiscalyear_last_day or 31,
        )
        return periods.add_period(closing, years, "year")

    def _get_years(self):
        """Return the years of the register; nothing there shortens the law's."""
        # sudo: rgpd.purpose - a legal value, whoever erases
        purposes = self.env["rgpd.purpose"].sudo().with_context(active_test=False)
        found = purposes.search([("code", "=", "invoice")])
        years = found.filtered(lambda p: p.archive_unit == "year")
        return max([LEGAL_YEARS, *years.mapped("archive_delay")])
