from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...core.retention import documents
from .rgpd_simulation import DECISIVE_FIELDS
from .rgpd_simulation_screen import SAMPLE_SIZE

# So many invoices are counted while the DPO waits; more are left to a job
BIG = 2000
MOVES_PER_BATCH = 500
POSTED, UNPOSTED, SETTLED = "posted", "unposted", "settled"
DECISIVE_FIELDS |= {
    "books_state",
    "books_done",
    "books_total",
    "books_found",
    "books_turn",
}


class RgpdSimulation(models.Model):
    """What of the accounts leaves with the documents that are due.

    Which invoices do is one statement. Who is matched with whom is looked up batch by
    batch: on a large database in the background, as a large copy of a person's data is.
    """

    _inherit = "rgpd.simulation"

    books_state = fields.Selection(
        [
            ("waiting", "Being counted"),
            ("failed", "Not counted"),
            ("done", "Counted"),
        ],
        string="Accounts",
        readonly=True,
        copy=False,
    )
    books_total = fields.Integer(
        string="Invoices to look at", readonly=True, copy=False
    )
    books_done = fields.Integer(string="Invoices looked at", readonly=True, copy=False)
    books_found = fields.Json(
        string="Found so far",
        readonly=True,
        copy=False,
        groups="rgpd_fichier_client.group_rgpd_officer",
    )
    books_turn = fields.Integer(
        string="Computations",
        readonly=True,
        copy=False,
        groups="rgpd_fichier_client.group_rgpd_officer",
        help="How often it was computed: what a job counts for an older one is void.",
    )
    books_progress = fields.Float(
        string="Accounts counted", compute="_compute_books_progress"
    )

    @api.depends("books_done", "books_total")
    def _compute_books_progress(self):
        for simulation in self:
            total = simulation.books_total
            simulation.books_progress = (
                100.0 * simulation.books_done / total if total else 0
            )

    def action_approve(self):
        """Let nobody approve what is not counted yet.

        :raise UserError: the job still counts, or failed
        """
        if self.books_state == "waiting":
            raise UserError(
                self.env._(
                    "Invoices and payments are still being counted (%(done)s of "
                    "%(total)s): approve when you have read the result.",
                    done=self.books_done,
                    total=self.books_total,
                )
            )
        if self.books_state == "failed":
            raise UserError(
                self.env._("Invoices and payments could not be counted: compute again.")
            )
        return super().action_approve()

    def _fill_lines(self):
        """Count what leaves in the accounts: at once, or in the background."""
        result = super()._fill_lines()
        released = self._get_released_moves()
        total = len(self._get_starts(released))
        self._decide(
            {
                "invoice_count": sum(map(len, released.values())),
                "books_state": "waiting",
                "books_total": total,
                "books_done": 0,
                "books_found": False,
                "books_turn": self.sudo().books_turn + 1,
            }
        )
        # sudo: rgpd.simulation.document - filled by the computation alone
        self.env["rgpd.simulation.document"].sudo().create(
            [
                self._prepare_books_line("account.move", rule, len(ids), ids)
                for rule, ids in released.items()
                if ids
            ]
        )
        if total > BIG:
            cron = self.env.ref("rgpd_fichier_client.rgpd_simulation_cron")
            # sudo: ir.cron - the DPO starts the job that only counts
            cron.sudo()._trigger()
        else:
            for _done in self._count_settled(released):
                pass
        return result

    def _prepare_books_line(self, model, rule, count, ids):
        return {
            "simulation_id": self.id,
            "res_model": model,
            "decision": documents.ERASE,
            "rule": rule,
            "count": count,
            "sample": sorted(ids, key=self._draw)[:SAMPLE_SIZE],
        }

    @api.model
    def _draw(self, number):
        """Return a key that mixes numbers, always in the same way."""
        return number * 2654435761 % 2**32

    # === WHICH INVOICES === #

    @api.model
    def _get_released_moves(self):
        """Return ``{rule: ids}`` of the invoices that leave with what is due.

        What the eraser would do with all these documents at once: whatever the night
        takes first, the last of the orders of an invoice lets it go. One statement per
        kind of document.
        """
        table = self.env["rgpd.document"].sudo()
        self.env.flush_all()
        found = {POSTED: [], UNPOSTED: []}
        for name, path in table._get_models().items():
            # What is a document itself is counted as one
            if name == "account.move":
                continue
            for move_id, is_posted in self.env.execute_query(
                table._get_released_sql(name, path, self.company_id)
            ):
                found[POSTED if is_posted else UNPOSTED].append(move_id)
        return found

    # === WHAT ELSE GOES === #

    @api.model
    def _get_starts(self, released):
        """Return the ids of all invoices that leave, made from an order or not, in
        order: what is matched with them is looked up from there.
        """
        # sudo: rgpd.document - the side table of all documents
        table = self.env["rgpd.document"].sudo()
        own = table._get_due_ids("account.move", self.company_id)
        return sorted({*own, *(row for ids in released.values() for row in ids)})

    def _count_settled(self, released):
        """Count what is matched with these invoices and leaves with them.

        A group of matched entries counts where its first invoice is: batches may be
        counted in separate transactions. It ends with nothing counted once somebody
        computed again in between: approved is what was shown (invariant 3).

        :param released: see ``_get_released_moves``
        :return: iterator over the number of invoices done
        """
        table = self.env["rgpd.document"].sudo()
        # sudo: sale.order, account.move - as the eraser of the night
        scope = self.env["rgpd.eraser.document.scope"].sudo()
        moves = self.env["account.move"].sudo()
        wanted = self._get_starts(released)
        orders = self.env["sale.order"].sudo()
        orders = orders.browse(table._get_due_ids("sale.order", self.company_id))
        starts = set(wanted)
        found, turn = self.sudo().books_found or {}, self.sudo().books_turn
        position = found.get("position", 0)
        done = sum(1 for row in wanted if row <= position)
        for chunk in split_every(
            MOVES_PER_BATCH, [row for row in wanted if row > position], moves.browse
        ):
            groups = scope._get_groups(chunk, orders)
            for move_id in chunk.ids:
                members = groups.get_members(move_id)
                if groups.is_free(move_id) and move_id == min(members & starts):
                    self._note_settled(found, moves.browse(sorted(members)), starts)
            done += len(chunk)
            found["position"] = chunk.ids[-1]
            self._decide({"books_done": done, "books_found": found})
            self.env.invalidate_all()
            yield done
            # The caller may have committed: the lock went with it
            if not self._lock_waiting(turn):
                return
        # sudo: rgpd.simulation.document - filled by the computation alone
        self.env["rgpd.simulation.document"].sudo().create(
            [
                self._prepare_books_line(name, SETTLED, some["count"], some["sample"])
                for name, some in found.items()
                if name != "position"
            ]
        )
        self._decide({"books_state": "done", "books_found": False, "books_done": done})

    def _note_settled(self, found, members, starts):
        """Add the entries of a group, but for the invoices that are counted already."""
        scope = self.env["rgpd.eraser.document.scope"].sudo()
        # Those of an organisation stay as they are
        members = scope._filter_naming(members)
        others = members.filtered(
            lambda move: (
                move.id not in starts
                and not move.origin_payment_id
                and not move.statement_line_id
            )
        )
        for rows in (others, *scope._get_settled_rows(members)):
            if not rows:
                continue
            known = found.setdefault(rows._name, {"count": 0, "sample": []})
            known["count"] += len(rows)
            known["sample"] = sorted({*known["sample"], *rows.ids}, key=self._draw)[
                :SAMPLE_SIZE
            ]


class RgpdDocument(models.Model):
    _inherit = "rgpd.document"

    @api.model
    def _get_due_ids(self, name, company):
        """Return the documents of a model that the night would erase now."""
        path = self._get_models()[name]
        query = SQL("SELECT o.id FROM %s", self._get_due_sql(name, path, company))
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _get_released_sql(self, name, path, company):
        """Return the accounting documents that leave with all that is due, as a query.

        As ``rgpd.eraser.document.scope._get_released_of`` does for some: no law asks
        for them, and none of their orders still names somebody and stays. Those that
        are an organisation's own leave with nobody.

        :return: query of (id, whether it was posted)
        """
        model, orders = self.env[name], self.env["sale.order"]
        moves = self.env["account.move"]
        return SQL(
            """
            WITH rgpd_due AS MATERIALIZED (SELECT o.id FROM %(due)s),
                 rgpd_made AS MATERIALIZED (
                    SELECT DISTINCT rgpd_n.id FROM %(table)s o
                     CROSS JOIN LATERAL (%(moves)s) rgpd_n (id)
                     WHERE o.id IN (SELECT id FROM rgpd_due) AND rgpd_n.id IS NOT NULL
                       AND %(own)s)
            SELECT m.id, %(posted)s FROM account_move m
             WHERE m.id IN (SELECT id FROM rgpd_made)
               AND (NOT %(posted)s OR %(end)s < %(today)s)
               AND NOT EXISTS (
                   SELECT FROM account_move_line rgpd_ml
                     JOIN sale_order_line_invoice_rel rgpd_r
                          ON rgpd_r.invoice_line_id = rgpd_ml.id
                     JOIN sale_order_line rgpd_l ON rgpd_l.id = rgpd_r.order_line_id
                     JOIN sale_order o ON o.id = rgpd_l.order_id
                          %(named)s
                    WHERE rgpd_ml.move_id = m.id AND %(is_named)s
                      AND NOT (%(same)s AND o.id IN (SELECT id FROM rgpd_due)))
             ORDER BY m.id
            """,
            due=self._get_due_sql(name, path, company),
            table=SQL.identifier(model._table),
            moves=model._get_rgpd_moves_sql("o"),
            own=self._get_own_moves_sql(model, path),
            posted=SQL("(m.posted_before IS TRUE OR m.state = 'posted')"),
            end=moves._rgpd_get_end_sql("m"),
            today=self.env["rgpd.reason"]._get_today(),
            named=self._get_named_join_sql("sale.order"),
            is_named=self._get_named_sql(orders),
            same=SQL("TRUE") if name == "sale.order" else SQL("FALSE"),
        )

    def _get_own_moves_sql(self, model, path):
        """Return whether invoice ``rgpd_n`` of document ``o`` is that of a person: it
        was made from a document of theirs, or leads to somebody.
        """
        return SQL(
            """(%(owner)s OR EXISTS (
                SELECT FROM account_move rgpd_om
                 CROSS JOIN LATERAL (
                       SELECT rgpd_om.partner_id UNION ALL
                       SELECT rgpd_ol.partner_id FROM account_move_line rgpd_ol
                        WHERE rgpd_ol.move_id = rgpd_om.id) rgpd_ow (id)
                 WHERE rgpd_om.id = rgpd_n.id AND %(named)s))""",
            owner=model._rgpd_get_natural_sql(SQL.identifier("o", path)),
            named=model._rgpd_get_natural_sql(SQL("rgpd_ow.id")),
        )
