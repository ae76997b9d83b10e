import uuid

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

FUNCTION = """
CREATE OR REPLACE FUNCTION rgpd_refuse_change() RETURNS trigger AS $body$
BEGIN
    -- The arguments are the columns that may change.
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING
        MESSAGE = 'rgpd: ' || TG_OP || ' of ' || TG_TABLE_NAME
            || ' refused, evidence is only added to',
        ERRCODE = 'restrict_violation';
END
$body$ LANGUAGE plpgsql
"""


class RgpdEvidence(models.AbstractModel):
    """Rows that are added and never changed nor removed (invariant 8).

    Three locks: access rights 1,0,0,0 in the csv of the model, this guard in the ORM
    for superuser code, and database triggers on UPDATE, DELETE and TRUNCATE for
    everything that goes round the ORM. Whoever owns the table can still take the
    triggers off: that is what the seals of the journal are for.

    A model that inherits this one sets `_log_access = False` (no foreign key to users,
    or deleting a user fails) and may open some columns, such as the link to a person,
    which a merge moves and an erasure cuts, by SQL.
    """

    _name = "rgpd.evidence"
    _description = "Evidence that is only added to"

    # Columns that SQL may still change, link to the person first.
    _evidence_open_columns = ()
    # Trigger function of the model; it must refuse what it does not know.
    _evidence_function = "rgpd_refuse_change"

    def init(self):
        """Put the triggers on the table of each concrete model."""
        super().init()
        if self._abstract or not self._auto:
            return
        cr = self.env.cr
        cr.execute(SQL(FUNCTION))
        cr.execute(self._get_evidence_function())
        table = SQL.identifier(self._table)
        call = SQL(
            "%s(%s)",
            SQL.identifier(self._evidence_function),
            SQL(", ").join(SQL("%s", name) for name in self._evidence_open_columns),
        )
        for name, event, level in (
            ("rgpd_evidence_row", SQL("UPDATE OR DELETE"), SQL("ROW")),
            ("rgpd_evidence_truncate", SQL("TRUNCATE"), SQL("STATEMENT")),
        ):
            trigger = SQL.identifier(name)
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
            cr.execute(
                SQL(
                    "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION %s",
                    trigger,
                    event,
                    table,
                    level,
                    call,
                )
            )

    def _get_evidence_function(self):
        """Return the SQL that makes the trigger function of the model."""
        return SQL(FUNCTION)

    def _uninstall(self):
        """Remove the triggers of this add-on; the tables go by themselves after."""
        # CASCADE takes the triggers that call the functions, whatever their table.
        self.env.cr.execute(
            SQL(
                "DROP FUNCTION IF EXISTS rgpd_refuse_change, rgpd_journal_guard,"
                " rgpd_journal_seal_guard CASCADE"
            )
        )

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: evidence is not corrected, another entry says what changed."""
        raise AccessError(self.env._("Evidence cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise AccessError(self.env._("Evidence cannot be deleted."))

    @api.model
    def _stream_query(self, query, factory, size=2000):
        """Yield `factory(*row)` of a query through a cursor of the server.

        The memory stays flat however many rows there are.
        """
        cr = self.env.cr
        name = SQL.identifier(f"rgpd_{uuid.uuid4().hex}")
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, query))
        try:
            while rows := self.env.execute_query(
                SQL("FETCH FORWARD %s FROM %s", size, name)
            ):
                for row in rows:
                    yield factory(*row)
        finally:
            cr.execute(SQL("CLOSE %s", name))
