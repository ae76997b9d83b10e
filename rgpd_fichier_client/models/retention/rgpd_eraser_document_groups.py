from odoo import api, models
from odoo.tools import SQL, split_every

from ...core.datamap import redaction
from ...core.retention import settlement

# Entries looked at in one step: a clearing account may match 100,000 others, and what
# holds one of them holds them all
ENTRIES_PER_STEP = 1000
# What is deposited together has nothing else in common, where the deposit names nobody
MAX_DEPOSITED = 50
# Where a deposit has texts: (model, its column of the entry)
PARTS = (
    ("account.move", "id"),
    ("account.move.line", "move_id"),
    ("account.payment", "move_id"),
    ("account.bank.statement.line", "move_id"),
)
TEXTS = ("char", "text", "html", "json")


class RgpdEraserDocumentScope(models.AbstractModel):
    """Which entries are matched with each other, and what went to the bank together."""

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_groups(self, moves, records, persons=None):
        """Return how these entries are matched with others, and what holds them.

        Step by step, all together; a group is not followed any further once one of its
        entries has to keep its name. Nor is a deposit of many payments that names
        nobody: each of them ends by itself.

        :param records: documents that leave; none of the others may name somebody
        :param persons: ids of the partners that leave; by default every natural person
        :rtype: odoo.addons.rgpd_fichier_client.core.retention.settlement.Groups
        """
        self.env.flush_all()
        groups = settlement.Groups()
        frontier = moves.ids
        for entry in frontier:
            groups.add(entry)
        while frontier:
            new = {}
            for some in split_every(ENTRIES_PER_STEP, frontier, list):
                # What held the entries before holds the others of their group
                free = moves.browse(entry for entry in some if groups.is_free(entry))
                new |= self._follow_step(groups, free, records, persons)
                if len(frontier) > ENTRIES_PER_STEP:
                    # A group of many does not stay in the memory
                    free.invalidate_recordset(flush=False)
            frontier = [entry for entry in sorted(new) if groups.is_free(entry)]
        return groups

    def _follow_step(self, groups, entries, records, persons):
        """Note what holds some entries, and what those that are free are matched with.

        :return: ``{entry: None}`` of those that were not known
        """
        for entry, code, day in self._get_obstacles(entries, records, persons):
            groups.block(entry, code, day)
        free = [entry for entry in entries.ids if groups.is_free(entry)]
        matches = self._read_matches(free)
        deposits = self._get_deposits({other for _entry, other in matches})
        new = {}
        for entry, other in matches:
            if other in deposits:
                groups.note_deposit(entry, other)
                continue
            if other not in groups:
                new[other] = None
            groups.join(entry, other)
        of_deposits = [pair for pair in matches if pair[1] in deposits]
        for entry, code, day in self._get_deposit_obstacles(of_deposits, persons):
            groups.block(entry, code, day)
        return new

    def _read_matches(self, ids):
        """Return (entry, entry matched with it)."""
        if not ids:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT f.id, n.other FROM unnest(%(ids)s::int[]) AS f (id)
                 CROSS JOIN LATERAL (
                        SELECT o.move_id AS other FROM account_move_line l
                          JOIN account_partial_reconcile p ON p.debit_move_id = l.id
                          JOIN account_move_line o ON o.id = p.credit_move_id
                         WHERE l.move_id = f.id
                        UNION ALL
                        SELECT o.move_id FROM account_move_line l
                          JOIN account_partial_reconcile p ON p.credit_move_id = l.id
                          JOIN account_move_line o ON o.id = p.debit_move_id
                         WHERE l.move_id = f.id
                        UNION ALL
                        SELECT o.move_id FROM account_move_line l
                          JOIN account_move_line o
                               ON o.full_reconcile_id = l.full_reconcile_id
                         WHERE l.move_id = f.id AND NOT EXISTS (
                               SELECT FROM account_move_line d
                                WHERE d.full_reconcile_id = l.full_reconcile_id
                               OFFSET %(many)s)
                        UNION ALL
                        SELECT b.invoice_id FROM account_move__account_payment a
                          JOIN account_payment p
                               ON p.id = a.payment_id AND p.move_id IS NULL
                          JOIN account_move__account_payment b
                               ON b.payment_id = p.id
                         WHERE a.invoice_id = f.id) AS n
                 WHERE n.other <> f.id
                """,
                ids=ids,
                many=MAX_DEPOSITED,
            )
        )

    # === DEPOSITS === #

    def _get_deposits(self, ids):
        """Return those of these entries that are matched with many and name nobody.

        The line of a bank statement for a day's cheques: neither its years nor its seal
        keep the name of anybody, who is on what was paid in alone.
        """
        if not ids:
            return set()
        moves = self.env["account.move"]
        rows = self.env.execute_query(
            SQL(
                """SELECT f.id FROM unnest(%s::int[]) AS f (id)
                    WHERE EXISTS (SELECT FROM (%s) x OFFSET %s)""",
                sorted(ids),
                moves._rgpd_get_matches_sql(SQL("f.id")),
                MAX_DEPOSITED,
            )
        )
        found = moves.browse(row[0] for row in rows)
        return set((found - self._filter_naming(found)).ids)

    def _get_deposit_obstacles(self, pairs, persons):
        """Yield (entry, code, last day) of what a text of its deposit keeps.

        A deposit that leads to nobody may say a name all the same: who is on what was
        paid in leaves that text with their payment. While accounting needs the text,
        both wait.

        :param pairs: (entry, deposit it is part of)
        """
        books = self.env["rgpd.eraser.accounting"]
        deposits = self.env["account.move"].browse({pair[1] for pair in pairs})
        young = deposits - deposits.browse(
            books._get_released(deposits._name, deposits.ids)
        )
        held = self._get_held_entries(deposits) if deposits else ()
        kept = {*young.ids, *held}
        pairs = [pair for pair in pairs if pair[1] in kept]
        years = books._get_years()
        for entry, deposit in self._filter_named_in(pairs, persons):
            move = deposits.browse(deposit)
            if move in young:
                day = books._get_end(move, years) if move.date else None
                yield entry, settlement.YOUNG, day
            else:
                yield entry, settlement.HELD, None

    def _filter_named_in(self, pairs, persons):
        """Return those of these (entry, deposit) where the texts of the deposit name
        somebody who would leave the entry.
        """
        if not pairs:
            return []
        finder = self.env["rgpd.person.finder"]
        entries = self.env["account.move"].browse({pair[0] for pair in pairs})
        partners_of = {entry.id: entry.line_ids.partner_id for entry in entries}
        everybody = self.env["res.partner"].union(*partners_of.values())
        natural = set(self._get_natural(everybody)[0])
        leaving = natural if persons is None else natural & set(persons)
        found = finder._get_identifiers(everybody.browse(sorted(leaving)))
        texts = self._read_texts_of(sorted({pair[1] for pair in pairs}))
        if not self._names_any(texts, found.values()):
            return []
        return [
            (entry, deposit)
            for entry, deposit in pairs
            if self._names_any(
                {deposit: texts.get(deposit, ())},
                [found.get(partner_id, ()) for partner_id in partners_of[entry].ids],
            )
        ]

    def _names_any(self, texts, identifiers):
        """Tell whether one of these texts has one of these identifiers."""
        redact = redaction.redactor(
            [i for some in identifiers for i in some], loose=True
        )
        return any(
            redact(text) != text
            for some in texts.values()
            if redact.may_change(some)
            for text in some
        )

    def _read_texts_of(self, ids):
        """Return ``{entry: texts on it, its lines, its payment and its messages}``."""
        queries = [
            SQL(
                """SELECT res_id AS id, body AS text FROM mail_message
                    WHERE model = 'account.move' AND res_id = ANY(%s)""",
                ids,
            )
        ]
        for name, column in PARTS:
            model = self.env[name]
            columns = [
                SQL("%s::text", SQL.identifier("t", field.name))
                for field in model._fields.values()
                if field.store and field.column_type and field.type in TEXTS
            ]
            queries.append(
                SQL(
                    """SELECT t.%(column)s, x.text FROM %(table)s t
                        CROSS JOIN LATERAL unnest(ARRAY[%(columns)s]) AS x (text)
                        WHERE t.%(column)s = ANY(%(ids)s)""",
                    table=SQL.identifier(model._table),
                    column=SQL.identifier(column),
                    columns=SQL(", ").join(columns),
                    ids=ids,
                )
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT id, array_agg(DISTINCT text) FROM (%s) found
                    WHERE text <> '' GROUP BY id""",
                SQL(" UNION ALL ").join(queries),
            )
        )
        return dict(rows)
