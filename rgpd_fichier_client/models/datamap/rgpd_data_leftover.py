import logging
from operator import itemgetter

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, groupby

from ...core.datamap import leftover
from . import catalogue
from .quoted import quoted

_logger = logging.getLogger(__name__)

# Values looked at to tell what a column holds; they are not kept
SAMPLE = 200
# People are working meanwhile: a table that takes longer has its size estimated
TIMEOUT = "5s"


class RgpdDataLeftover(models.Model):
    """Tables without a model and columns left behind by removed add-ons.

    Their data is kept although nothing uses it: no purpose covers it (Art. 5.1.b), no
    period ends it (Art. 5.1.e), no screen shows it to the person (Art. 15). They are
    listed with what they seem to hold. Dropping them is for the administrator, after a
    backup: nothing is dropped from here.
    """

    _name = "rgpd.data.leftover"
    _description = "Table or column without a model"
    _order = "is_present desc, personal_rank, table, column"
    _rec_name = "table"

    table = fields.Char(required=True, readonly=True, index=True)
    column = fields.Char(
        readonly=True, help="Empty when the whole table belongs to no model."
    )
    kind = fields.Selection(
        [("table", "Table"), ("column", "Column")],
        compute="_compute_kind",
        store=True,
    )
    row_count = fields.Integer(
        string="Rows",
        readonly=True,
        help="Rows of the table; for a column, those where it holds something.",
    )
    is_estimate = fields.Boolean(
        string="About",
        readonly=True,
        help="The table takes too long to count: PostgreSQL's own estimate.",
    )
    personal = fields.Selection(
        [
            ("yes", "Looks personal"),
            ("perhaps", "Free text: look closer"),
            ("no", "Nothing personal seen"),
        ],
        string="Personal data",
        readonly=True,
        required=True,
        default="perhaps",
    )
    personal_rank = fields.Integer(compute="_compute_rank", store=True)
    ground = fields.Selection(
        [
            ("link", "It leads to a contact or a user"),
            ("words", "Words of its name"),
            ("values", "The look of its values"),
            ("type", "Its type only: look closer"),
        ],
        string="Because of",
        readonly=True,
    )
    category_id = fields.Many2one(
        "rgpd.data.category", string="Probable category", readonly=True
    )
    columns = fields.Char(
        string="Columns that may be personal",
        readonly=True,
        help="The most telling first.",
    )
    proposal = fields.Text(compute="_compute_proposal")
    statement = fields.Char(
        string="Statement for the administrator",
        compute="_compute_statement",
        help="To be run in PostgreSQL by the administrator, after a backup.",
    )
    is_present = fields.Boolean(
        string="Still there", readonly=True, default=True, index=True
    )
    date_found = fields.Datetime(
        string="Found on", readonly=True, default=fields.Datetime.now
    )
    decision = fields.Selection(
        [
            ("open", "To decide"),
            ("drop", "To drop: asked of the administrator"),
            ("keep", "Stays"),
        ],
        required=True,
        default="open",
    )
    note = fields.Text(help="Why it stays, what uses it, who was asked and when.")

    _place_unique = models.UniqueIndex(
        '("table", COALESCE("column", \'\'))', "A table or a column is listed once."
    )

    # === COMPUTE METHODS === #

    @api.depends("column")
    def _compute_kind(self):
        for row in self:
            row.kind = "column" if row.column else "table"

    @api.depends("personal")
    def _compute_rank(self):
        for row in self:
            row.personal_rank = ("yes", "perhaps", "no").index(row.personal)

    @api.depends("table", "column")
    def _compute_display_name(self):
        for row in self:
            row.display_name = ".".join(filter(None, (row.table, row.column)))

    @api.depends("table", "column")
    def _compute_statement(self):
        for row in self:
            row.statement = leftover.get_statement(row.table, row.column or "")

    @api.depends("personal", "row_count", "is_present")
    @api.depends_context("lang")
    def _compute_proposal(self):
        for row in self:
            row.proposal = row._get_proposal()

    def _get_proposal(self):
        self.ensure_one()
        if not self.is_present:
            return self.env._("It is gone from the database: nothing is left to do.")
        if not self.row_count:
            return self.env._(
                "It is empty: the administrator may drop it without losing anything."
            )
        if self.personal == "yes":
            return self.env._(
                "Nobody can see, correct or export this data in Odoo, and no purpose "
                "of the register covers it (Art. 5.1.b and e). Ask the administrator "
                "whether another program uses it; if not, have it dropped after a "
                "backup. If something uses it, say what in the note and describe it in "
                "the register."
            )
        if self.personal == "perhaps":
            return self.env._(
                "Texts may speak of persons. Have the administrator look at some rows: "
                "what nothing uses is dropped after a backup."
            )
        return self.env._(
            "Nothing in it looks personal. Dropping it is a matter of order, not of "
            "law."
        )

    @api.constrains("decision", "note")
    def _check_note(self):
        for row in self:
            if row.decision == "keep" and not (row.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say in the note what still uses %(name)s: this is asked in an "
                        "inspection.",
                        name=row.display_name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep in the evidence what is decided."""
        before = {row: row.decision for row in self} if "decision" in vals else {}
        result = super().write(vals)
        items = [
            (None, {"place": row.display_name, "before": old, "after": row.decision})
            for row, old in before.items()
            if old != row.decision
        ]
        if items:
            self.env["rgpd.journal"]._record_many(
                "map.leftover_decided", items, company=False
            )
        return result

    # === ACTION METHODS === #

    def action_refresh(self):
        """Look at the database again.

        :raise AccessError: for anyone but the DPO, who alone may read every table
        """
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO can look at every table."))
        self._refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _refresh(self):
        """Bring the list in line with the database; decisions stay.

        :return: the rows present
        """
        self.env.flush_all()
        # sudo: rgpd.data.leftover - found by the cron; nobody creates one by hand
        leftovers = self.sudo()
        known = {(row.table, row.column or ""): row for row in leftovers.search([])}
        links = self._get_person_columns()
        present = leftovers.browse()
        for found in leftover.find(self._get_catalogue(), self._get_known()):
            vals = self._prepare_leftover(found, links.get(found.table, set()))
            row = known.get((found.table, found.column))
            if row:
                row.write(vals)
            else:
                row = leftovers.create(vals)
            present |= row
        gone = leftovers.search([("is_present", "=", True)]) - present
        gone.write({"is_present": False})
        return present

    @api.model
    def _get_catalogue(self):
        """Return ``{table: {column: type}}`` of the schema, extensions left out."""
        return catalogue.get_columns(
            self.env,
            SQL(
                "NOT EXISTS (SELECT FROM pg_depend d"
                " WHERE d.objid = c.oid AND d.deptype = 'e')"
            ),
        )

    @api.model
    def _get_known(self):
        """Return ``{table: columns}`` of the registry; None for a link table."""
        known = {}
        relations = set()
        for model in self.env.registry.values():
            if model._abstract:
                continue
            columns = known.setdefault(model._table, set())
            for field in model._fields.values():
                if field.store and field.column_type:
                    columns.add(field.name)
                elif field.store and field.type == "many2many":
                    relations.add(field.relation)
        for table, columns in self._get_own_columns().items():
            known.setdefault(table, set()).update(columns)
        return dict.fromkeys(relations) | known

    @api.model
    def _get_own_columns(self):
        """Columns that Odoo keeps outside its fields; hook for glue add-ons."""
        return {
            "auth_passkey_key": {"public_key"},
            "auth_totp_device": {"index", "key"},
            "ir_module_module": {"web"},
            "res_users": {"password", "totp_secret"},
            "res_users_apikeys": {"index", "key"},
        }

    @api.model
    def _get_person_columns(self):
        """Return ``{table: columns}`` whose foreign key leads to a person."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT owner.relname, a.attname
                  FROM pg_constraint k
                  JOIN pg_class owner ON owner.oid = k.conrelid
                  JOIN pg_class target ON target.oid = k.confrelid
                  JOIN pg_attribute a ON a.attrelid = k.conrelid
                       AND a.attnum = ANY(k.conkey)
                 WHERE k.contype = 'f' AND target.relname IN %s
                   AND a.attname NOT IN ('create_uid', 'write_uid')
                """,
                tuple(sorted(leftover.PERSON_TABLES)),
            )
        )
        return {
            table: {column for _table, column in columns}
            for table, columns in groupby(rows, key=itemgetter(0))
        }

    def _prepare_leftover(self, found, person_columns):
        count, is_estimate = self._count(found)
        samples = self._get_samples(found) if count else {}
        seen = leftover.judge(found.types, samples, person_columns)
        ground, category = seen[0][1:] if seen else (False, False)
        return {
            "table": found.table,
            "column": found.column or False,
            "row_count": count,
            "is_estimate": is_estimate,
            "personal": ("yes" if leftover.is_telling(ground) else "perhaps")
            if seen
            else "no",
            "ground": ground,
            "category_id": self.env["rgpd.data.category"]
            .search([("code", "=", category)], limit=1)
            .id,
            "columns": ", ".join(column for column, _ground, _category in seen),
            "is_present": True,
        }

    def _count(self, found):
        """Return ``(rows, is it an estimate)``."""
        what = SQL("count(*)")
        if found.column:
            what = SQL("count(%s)", quoted(found.column))
        rows = self._read(SQL("SELECT %s FROM %s", what, quoted(found.table)))
        if rows is not None:
            return rows[0][0], False
        rows = self.env.execute_query(
            SQL(
                "SELECT greatest(sum(reltuples), 0)::bigint FROM pg_class"
                " WHERE relname = %s AND relnamespace = current_schema::regnamespace",
                found.table,
            )
        )
        return rows[0][0] or 0, True

    def _get_samples(self, found):
        """Return ``{column: [texts]}``, a few values of each column with text."""
        samples = {}
        for column, ttype in found.types:
            if ttype in leftover.FREE_TYPES:
                name = quoted(column)
                rows = self._read(
                    SQL(
                        "SELECT left(%s::text, 200) FROM %s"
                        " WHERE %s IS NOT NULL LIMIT %s",
                        name,
                        quoted(found.table),
                        name,
                        SAMPLE,
                    )
                )
                samples[column] = [value for (value,) in rows or ()]
        return samples

    def _read(self, query):
        """Return the rows, None when the table takes too long, is locked or is gone."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "SELECT set_config('statement_timeout', %s, true),"
                        " set_config('lock_timeout', %s, true)",
                        TIMEOUT,
                        TIMEOUT,
                    )
                )
                rows = self.env.execute_query(query)
                self.env.cr.execute(
                    "SELECT set_config('statement_timeout', '0', true),"
                    " set_config('lock_timeout', '0', true)"
                )
                return rows
        except psycopg2.Error as error:
            _logger.info("a table without a model could not be read: %s", error.pgcode)
            return None
