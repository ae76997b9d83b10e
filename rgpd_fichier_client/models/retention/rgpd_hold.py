from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...core.register import period
from ...core.retention.reasons import limit_hold
from ..journal.sql_array import int_array
from .selections import HOLD_KINDS

PURPOSE_OF_KIND = {
    "dispute": "litigation",
    "inspection": "litigation",
    "unpaid": "unpaid",
}


class RgpdHold(models.Model):
    """A dispute or a duty that suspends erasure (art. 17.3.e and 18.1 GDPR).

    While it lasts nothing of the persons concerned is erased; lifting it computes
    their reasons again, so that what it delayed leaves with the next night.
    """

    _name = "rgpd.hold"
    _description = "Hold"
    _inherit = ["mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reason",
        required=True,
        tracking=True,
        help="Why erasure is suspended: file number, authority, what is claimed.",
    )
    kind = fields.Selection(HOLD_KINDS, required=True, default="dispute", tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="cascade",
        help="Hold all the data of this person (of a company: of its contacts too).",
    )
    order_id = fields.Many2one(
        "sale.order",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    date_start = fields.Date(
        required=True, default=lambda self: self.env["rgpd.reason"]._get_today()
    )
    date_end = fields.Date(
        tracking=True,
        help="Last day, if it is known. Empty: until somebody lifts the hold.",
    )
    date_last = fields.Date(
        string="Ends at the latest on",
        compute="_compute_date_last",
        help="Last day of the hold if nobody lifts it. An unpaid debt holds the data "
        "no longer than the register allows after the incident (three years); once you "
        "sue, make a dispute of it.",
    )
    date_lifted = fields.Date(readonly=True, copy=False, tracking=True)
    lifted_by = fields.Many2one("res.users", readonly=True, copy=False)
    lift_reason = fields.Char(
        copy=False,
        tracking=True,
        help="Why the data need not be held any more: judgment, settlement, payment.",
    )
    state = fields.Selection(
        [("on", "In force"), ("over", "Over"), ("lifted", "Lifted")],
        compute="_compute_state",
        search="_search_state",
    )

    _target = models.Constraint(
        "CHECK(num_nonnulls(partner_id, subject_id, order_id, move_id) = 1)",
        "A hold is about one person, one order or one invoice.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "company_id", "date_start", "date_end")
    def _compute_date_last(self):
        limits = self._get_limits()
        for hold in self:
            if not hold.date_start:
                hold.date_last = hold.date_end
                continue
            limit = limits.get(hold.company_id.id, limits.get(False))
            hold.date_last = limit_hold(
                hold.date_start,
                hold.date_end or None,
                limit if hold.kind == "unpaid" else None,
            )

    @api.depends("date_last", "date_lifted")
    def _compute_state(self):
        today = self.env["rgpd.reason"]._get_today()
        for hold in self:
            if hold.date_lifted:
                hold.state = "lifted"
            elif hold.date_last and hold.date_last < today:
                hold.state = "over"
            else:
                hold.state = "on"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["rgpd.reason"]._get_today()
        lifted = fields.Domain("date_lifted", "!=", False)
        self.flush_model(["kind", "company_id", "date_start", "date_end"])
        ended = fields.Domain(
            "id",
            "in",
            SQL(
                "(SELECT h.id FROM rgpd_hold h WHERE %s < %s)",
                self._get_end_sql(),
                today,
            ),
        )
        over = ~lifted & ended
        domains = {"lifted": lifted, "over": over, "on": ~lifted & ~over}
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for hold in self:
            if hold.date_end and hold.date_end < hold.date_start:
                raise ValidationError(
                    self.env._(
                        "The hold “%(name)s” ends before it starts.", name=hold.name
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._refresh_persons()
        for hold in holds:
            self.env["rgpd.journal"]._record(
                "hold.set",
                None,
                {"hold": hold.id, "kind": hold.kind},
                company=hold.company_id,
            )
        return holds

    def write(self, vals):
        if vals.keys().isdisjoint(self._get_decisive_fields()):
            return super().write(vals)
        before = self._get_persons()
        result = super().write(vals)
        self._refresh_persons(before)
        return result

    def unlink(self):
        persons = self._get_persons()
        result = super().unlink()
        self._refresh_persons(persons)
        return result

    # === ACTIONS === #

    def action_lift(self):
        """End the hold today; what it delayed is looked at again."""
        self.check_access("write")
        holds = self.filtered(lambda hold: hold.state == "on")
        if not holds:
            raise UserError(self.env._("This hold is over already."))
        if not all(hold.lift_reason for hold in holds):
            raise UserError(
                self.env._("Say why before lifting: fill in “Lift reason”.")
            )
        holds.write(
            {
                "date_lifted": self.env["rgpd.reason"]._get_today(),
                "lifted_by": self.env.uid,
            }
        )
        for hold in holds:
            self.env["rgpd.journal"]._record(
                "hold.lifted", None, {"hold": hold.id}, company=hold.company_id
            )

    # === BUSINESS METHODS === #

    def _get_decisive_fields(self):
        return {
            "kind",
            "company_id",
            "partner_id",
            "subject_id",
            "order_id",
            "move_id",
            "date_start",
            "date_end",
            "date_lifted",
        }

    def _get_partners(self):
        """Return the partners these holds are about, children included."""
        # sudo: res.partner - a hold reaches persons its author may not open
        holds = self.sudo()
        orders = holds.order_id
        partners = (
            holds.partner_id
            | orders.partner_id
            | orders.partner_invoice_id
            | orders.partner_shipping_id
            | holds.move_id.partner_id
        )
        everybody = partners.with_context(active_test=False)
        return everybody | everybody.search(
            [("commercial_partner_id", "in", partners.ids)]
        )

    def _get_persons(self):
        """Return the persons these holds are about, also those who are no contact."""
        # sudo: rgpd.subject - a hold reaches persons its author may not open
        subjects = self.env["rgpd.subject"].sudo()._of(self._get_partners())
        return subjects | self.sudo().subject_id

    def _refresh_persons(self, more=None):
        persons = self._get_persons()
        if more:
            persons |= more.exists()
        self.env["rgpd.reason"].sudo()._refresh_subjects(persons)

    @api.model
    def _get_purposes_by_kind(self):
        """Return ``{kind: purpose}``: the purpose each kind of hold serves.

        A company that removed these purposes from its register still has its
        disputes: the first purpose there is then carries the hold.
        """
        # sudo: rgpd.purpose - holds apply whoever refreshes
        purposes = self.env["rgpd.purpose"].sudo().with_context(active_test=False)
        result = {}
        for kind, code in PURPOSE_OF_KIND.items():
            found = purposes.search([("code", "=", code)], order="company_id desc, id")
            found = found.filtered(lambda p: not p.company_id) or found
            result[kind] = found[:1] or purposes.search([], order="id", limit=1)
        return {kind: purpose for kind, purpose in result.items() if purpose}

    @api.model
    def _get_active(self, subjects):
        """Return the holds in force on persons, read from the holds themselves.

        :param subjects: recordset of ``rgpd.subject``
        :return: ``{subject id: [hold ids]}``, persons without hold left out
        """
        if not subjects:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, held.id
                  FROM (%(holds)s) AS held (id, company_id, partner_id, start, stop)
                  JOIN res_partner target ON target.id = held.partner_id
                  JOIN res_partner p ON p.id = target.id
                       OR p.commercial_partner_id = target.id
                  JOIN rgpd_subject s ON s.res_model = 'res.partner'
                       AND s.res_id = p.id
                 WHERE s.id = ANY(%(subjects)s)
                   AND COALESCE(held.stop, %(today)s) >= %(today)s
                 UNION
                SELECT held.subject_id, held.id
                  FROM (%(others)s) AS held (id, company_id, subject_id, start, stop)
                 WHERE held.subject_id = ANY(%(subjects)s)
                   AND COALESCE(held.stop, %(today)s) >= %(today)s
                 ORDER BY 1, 2
                """,
                holds=self._get_person_query(list(PURPOSE_OF_KIND)),
                others=self._get_subject_query(list(PURPOSE_OF_KIND)),
                subjects=int_array(subjects.ids),
                today=self.env["rgpd.reason"]._get_today(),
            )
        )
        found = {}
        for subject_id, hold_id in rows:
            found.setdefault(subject_id, []).append(hold_id)
        return found

    @api.model
    def _get_person_query(self, kinds):
        """Return one row per hold in force and partner: id, company, partner, dates."""
        return SQL(
            """
            SELECT h.id, h.company_id, t.partner_id, h.date_start,
                   %(end)s AS date_end
              FROM rgpd_hold h
         LEFT JOIN sale_order o ON o.id = h.order_id
         LEFT JOIN account_move m ON m.id = h.move_id
        CROSS JOIN LATERAL (VALUES (h.partner_id), (o.partner_id),
                   (o.partner_invoice_id), (o.partner_shipping_id),
                   (m.partner_id)%(later)s) t (partner_id)
             WHERE h.date_lifted IS NULL AND t.partner_id IS NOT NULL
               AND h.kind IN %(kinds)s
            """,
            kinds=tuple(kinds),
            later=SQL("").join(
                SQL(", (%s)", partner) for partner in self._get_later_partners_sql()
            ),
            end=self._get_end_sql(),
        )

    @api.model
    def _get_end_sql(self):
        """Return the last day of hold ``h``: the one it says, or the limit of law."""
        limits = {
            company: f"{delay} {unit}s"
            for company, (delay, unit) in self._get_limits().items()
        }
        common = limits.pop(False, None)
        lengths = SQL("%s::interval", common)
        if limits:
            lengths = SQL(
                "CASE h.company_id %s ELSE %s::interval END",
                SQL(" ").join(
                    SQL("WHEN %s THEN %s::interval", company, length)
                    for company, length in limits.items()
                ),
                common,
            )
        # LEAST leaves out what is NULL: no limit, or no end
        return SQL(
            """CASE WHEN h.kind = 'unpaid'
                    THEN LEAST(h.date_end, (h.date_start + %s)::date)
                    ELSE h.date_end END""",
            lengths,
        )

    @api.model
    def _get_limits(self):
        """Return how long an unpaid debt may hold data, as the register says it.

        :return: ``{company id: (delay, unit)}``, False for every other company: the
            upper limits counted from the incident, that of a company before the common
            one, the longest of several
        """
        # sudo: rgpd.retention.rule - the limit applies whoever looks at a hold
        rules = (
            self.env["rgpd.retention.rule"]
            .sudo()
            .search(
                [
                    ("is_limit", "=", True),
                    ("start_event", "=", "incident"),
                    ("active_delay", ">", 0),
                ]
            )
        )
        return {
            company.id: max(
                ((rule.active_delay, rule.active_unit) for rule in some),
                key=lambda length: period.get_days([length]),
            )
            for company, some in rules.grouped("company_id").items()
        }
