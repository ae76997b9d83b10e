from odoo import api, fields, models
from odoo.tools import SQL

from ...core.retention.periods import fiscal_year_end, get_end
from .rgpd_hold import PURPOSE_OF_KIND
from .rgpd_reason import TIMEZONE
from .selections import ORDER_BASES, PHASES
from .sql_field import SqlDate, SqlSelection

SQL_FIELDS = (
    "rgpd_legal_basis",
    "rgpd_phase",
    "rgpd_date_last_contact",
    "rgpd_date_retention",
)
# Purposes that keep an order, by what has become of it, and the basis they rest on
PURPOSES = {
    "quote": "precontractual",
    "order": "contract",
    "invoice": "contract_legal_obligation",
}
# Orders of which the invoice, the holds and the last contact are read already
READ_ORDER = "rgpd_read_order"


class SaleOrder(models.Model):
    """Why an order is kept, and until when: it follows from its own life.

    A quotation serves steps before a contract (art. 6.1.b), a confirmed order the
    contract, an invoice besides a legal obligation (art. 6.1.c, L123-22 C. com.).
    Nothing is stored: the same expression serves the form, filters and groups.
    """

    _inherit = "sale.order"

    rgpd_legal_basis = SqlSelection(
        ORDER_BASES,
        string="Legal basis",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_legal_basis",
        help="Quotation: steps before a contract, at the request of the person "
        "(art. 6.1.b GDPR). Confirmed: the contract. Invoiced: besides, the legal "
        "obligation to keep the accounts ten years (L123-22 C. com.).",
    )
    rgpd_phase = SqlSelection(
        PHASES,
        string="Retention phase",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_phase",
    )
    rgpd_date_last_contact = SqlDate(
        string="Last contact from the person",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_last_contact",
    )
    rgpd_date_retention = SqlDate(
        string="Kept until",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_retention",
        help="Dead quotation: three years after the last contact. Confirmed: five "
        "years, the time of a dispute (art. 2224 C. civ.). Invoiced: ten years after "
        "the end of the financial year. The register holds the values.",
    )
    rgpd_explanation = fields.Char(
        string="Why",
        compute="_compute_rgpd_explanation",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )

    rgpd_consent_ids = fields.Many2many(
        "rgpd.consent",
        string="Choices of the customer",
        compute="_compute_rgpd_consent_ids",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_rgpd_consent_ids(self):
        for order in self:
            order.rgpd_consent_ids = order.partner_id.rgpd_consent_ids

    @api.depends("state", "date_order", "partner_id", "order_line.invoice_lines")
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_rgpd_retention(self):
        """Compute all that the form shows; see ``_read_rgpd_rows``."""
        # While a form is edited, what the database knows of the order is shown
        rows = self._origin._read_rgpd_rows()
        for order in self:
            order._set_rgpd_values(rows.get(order._origin.id) or {})

    def _set_rgpd_values(self, row):
        """Show what was read of one order.

        :param dict row: see ``_read_rgpd_rows``; empty for an order never saved
        """
        for name in SQL_FIELDS:
            self[name] = row.get(name) or False

    @api.depends("rgpd_legal_basis", "rgpd_date_retention")
    @api.depends_context("lang")
    def _compute_rgpd_explanation(self):
        labels = dict(self._fields["rgpd_legal_basis"]._description_selection(self.env))
        for order in self:
            purpose = order._get_rgpd_purposes().get(order._get_rgpd_purpose_code())
            if not order.rgpd_date_retention and order.rgpd_phase == "active":
                order.rgpd_explanation = self.env._(
                    "A dispute, an inspection or an unpaid invoice holds this order: "
                    "nothing goes until it is closed (art. 17.3.e GDPR)."
                )
                continue
            if not purpose or not order.rgpd_date_retention:
                order.rgpd_explanation = order._get_rgpd_endless_text()
                continue
            rule = order._get_rgpd_deciding_rule() or purpose
            order.rgpd_explanation = self.env._(
                "%(basis)s: “%(purpose)s”, %(period)s (%(text)s)",
                basis=labels[order.rgpd_legal_basis],
                purpose=rule.name,
                period=rule.retention_text or "",
                text=rule.retention_reference or purpose.legal_reference or "",
            )

    def _get_rgpd_endless_text(self):
        """Say why nothing ends an order: the register has no period for it.

        :rtype: str
        """
        code = self._get_rgpd_purpose_code()
        found = self._get_rgpd_all_purposes().get(code)
        if self.rgpd_date_retention or not code:
            return False
        if found:
            return self.env._(
                "No end: the register has no period for “%(purpose)s”. The order stays "
                "until the DPO enters one (art. 5.1.e GDPR).",
                purpose=found.name,
            )
        labels = dict(self._fields["rgpd_legal_basis"]._description_selection(self.env))
        return self.env._(
            "No end: the register of this company has no purpose for “%(basis)s”. The "
            "order stays until the DPO adds it with a period (art. 5.1.e GDPR).",
            basis=labels[self.rgpd_legal_basis],
        )

    def _get_rgpd_deciding_rule(self):
        """Return the rule about documents that the end of the order comes from, if any.

        Where the accounts go as far, they are the reason: no rule is returned.
        """
        self.ensure_one()
        # sudo: rgpd.retention.rule, account.move - a salesperson reads neither
        order = self.sudo()
        found = order.env["rgpd.retention.rule"]
        moves = order.invoice_ids.filtered(lambda move: move.state == "posted")
        purposes = order._get_rgpd_purposes()
        if not moves or "invoice" not in purposes:
            return found
        company = order.company_id or order.env.company
        last = max(move.invoice_date or move.date for move in moves)
        closing = fiscal_year_end(
            last, int(company.fiscalyear_last_month), company.fiscalyear_last_day
        )
        ends = {found: get_end(closing, purposes["invoice"])}
        for variant in order._get_rgpd_document_rules(purposes, company):
            ends[found.browse(variant.key)] = get_end(last, variant)
        longest = max(ends, key=ends.get)
        return longest if ends[longest] == order.rgpd_date_retention else found

    def _get_rgpd_purpose_code(self):
        codes = {basis: code for code, basis in PURPOSES.items()}
        return codes.get(self.rgpd_legal_basis)

    def _get_rgpd_purposes(self, company=None):
        """Return ``{code: purpose}`` that keep orders in the company of the order.

        One of no period at all is missing from the register: it ends nothing.

        :param company: another one, which the user need not work in
        """
        purposes = self._get_rgpd_all_purposes(company)
        return {code: p for code, p in purposes.items() if p._has_period()}

    def _get_rgpd_all_purposes(self, company=None):
        """Return ``{code: purpose}`` as the register has them, with a period or not."""
        # sudo: rgpd.purpose - a salesperson does not read the register
        company = company or self.company_id or self.env.company
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes(company)
        return {p.code: p for p in purposes if p.code in PURPOSES}

    # === SQL === #

    def _rgpd_get_field_sql(self, alias, name):
        """Let lists be sorted, filtered and grouped by what follows from the state."""
        if name == "rgpd_legal_basis":
            return self._get_rgpd_basis_sql(alias)
        if name == "rgpd_date_last_contact":
            return self._get_rgpd_contact_sql(alias)
        ends = self._get_rgpd_ends_sql(alias)
        if name == "rgpd_date_retention":
            return ends["archive"]
        return self._get_rgpd_phase_sql(alias, ends)

    def _get_rgpd_phase_sql(self, alias, ends):
        """Return the phase; an order that nothing ends, and nothing holds, has none.

        :param ends: see ``_get_rgpd_ends_sql``
        """
        return SQL(
            """CASE WHEN %(held)s OR %(active)s >= %(today)s
                      OR %(performed)s AND %(archive)s >= %(today)s THEN 'active'
                    ELSE (ARRAY['expired', 'archive'])
                         [1 + (%(archive)s >= %(today)s)::int] END""",
            held=self._get_rgpd_held_sql(alias),
            # Not yet delivered or invoiced: the contract is being performed
            performed=SQL(
                "(%s = 'sale' AND %s IS DISTINCT FROM 'invoiced')",
                SQL.identifier(alias, "state"),
                SQL.identifier(alias, "invoice_status"),
            ),
            today=self.env["rgpd.reason"]._get_today(),
            **ends,
        )

    def _get_rgpd_basis_sql(self, alias):
        return SQL(
            """CASE WHEN %(invoiced)s IS NOT NULL THEN 'contract_legal_obligation'
                    WHEN %(state)s = 'sale' THEN 'contract'
                    ELSE 'precontractual' END""",
            invoiced=self._get_rgpd_invoice_sql(alias),
            state=SQL.identifier(alias, "state"),
        )

    def _get_rgpd_invoice_sql(self, alias):
        """Return the date of the last posted invoice of the order, if any."""
        if alias == READ_ORDER:
            return SQL.identifier(alias, "rgpd_invoiced")
        return SQL(
            """(SELECT max(COALESCE(rgpd_m.invoice_date, rgpd_m.date))
                  FROM sale_order_line rgpd_l
                  JOIN sale_order_line_invoice_rel rgpd_r
                       ON rgpd_r.order_line_id = rgpd_l.id
                  JOIN account_move_line rgpd_ml ON rgpd_ml.id = rgpd_r.invoice_line_id
                  JOIN account_move rgpd_m ON rgpd_m.id = rgpd_ml.move_id
                       AND rgpd_m.state = 'posted'
                 WHERE rgpd_l.order_id = %s)""",
            SQL.identifier(alias, "id"),
        )

    def _get_rgpd_contact_sql(self, alias):
        if alias == READ_ORDER:
            return SQL.identifier(alias, "rgpd_contact")
        return SQL(
            """(SELECT rgpd_s.date_last_contact FROM rgpd_subject rgpd_s
                 WHERE rgpd_s.res_model = 'res.partner' AND rgpd_s.res_id = %s)""",
            SQL.identifier(alias, "partner_id"),
        )

    def _get_rgpd_ends_sql(self, alias):
        """Return the last day in daily use and the last day of all, by the rules of the
        company of the order: ``{"active": SQL, "archive": SQL}``.
        """
        # sudo: res.company - the rules of each company, whoever looks
        ends = [
            (company.id, self._get_rgpd_company_ends_sql(alias, company))
            for company in self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        ]
        return {
            period: SQL(
                "(CASE WHEN NOT %(held)s THEN CASE %(branches)s END END)",
                held=self._get_rgpd_held_sql(alias),
                branches=SQL(" ").join(
                    SQL(
                        "WHEN %s = %s THEN %s",
                        SQL.identifier(alias, "company_id"),
                        company_id,
                        of_company[period],
                    )
                    for company_id, of_company in ends
                ),
            )
            for period in ("active", "archive")
        }

    def _get_rgpd_held_sql(self, alias):
        """Return whether a hold in force keeps the order, or the person it is for."""
        if alias == READ_ORDER:
            return SQL.identifier(alias, "rgpd_held")
        holds = self.env["rgpd.hold"]
        return SQL(
            """EXISTS (SELECT 1 FROM (%(holds)s) rgpd_h
                        WHERE rgpd_h.company_id = %(company)s
                          AND (rgpd_h.date_end IS NULL OR rgpd_h.date_end >= %(today)s)
                          AND rgpd_h.partner_id IN (%(partner)s, (
                              SELECT rgpd_p.commercial_partner_id
                                FROM res_partner rgpd_p WHERE rgpd_p.id = %(partner)s)))
            """,
            holds=holds._get_person_query(list(PURPOSE_OF_KIND)),
            company=SQL.identifier(alias, "company_id"),
            partner=SQL.identifier(alias, "partner_id"),
            today=self.env["rgpd.reason"]._get_today(),
        )

    def _get_rgpd_company_ends_sql(self, alias, company):
        """Return the last days by the rules of one company (core.retention.orders)."""
        purposes = self._get_rgpd_purposes(company)
        rules = self._get_rgpd_document_rules(purposes, company)
        electronic = SQL("NULL::date")
        if purposes.get("order"):
            electronic = self._get_rgpd_electronic_sql(alias)
        return {
            "active": self._get_rgpd_last_day_sql(
                alias, company, purposes, rules, SQL("NULL::date"), with_archive=False
            ),
            "archive": self._get_rgpd_last_day_sql(
                alias, company, purposes, rules, electronic, with_archive=True
            ),
        }

    def _get_rgpd_last_day_sql(
        self, alias, company, purposes, rules, electronic, with_archive
    ):
        invoiced = self._get_rgpd_invoice_sql(alias)
        day = self._get_rgpd_day_sql(alias)
        starts = {
            "quote": SQL("GREATEST(%s, %s)", day, self._get_rgpd_contact_sql(alias)),
            "order": day,
            "invoice": self._get_rgpd_fiscal_year_end(invoiced, company),
        }
        ends = {
            code: self._get_rgpd_period_sql(start, purposes.get(code), with_archive)
            for code, start in starts.items()
        }
        documents = [
            self._get_rgpd_period_sql(invoiced, rule, with_archive) for rule in rules
        ]
        ends["invoice"] = SQL(
            "GREATEST(%s)", SQL(", ").join([ends["invoice"], *documents])
        )
        last = SQL(
            """GREATEST(%(invoice)s, CASE WHEN %(state)s = 'sale'
                        THEN GREATEST(%(order)s, %(electronic)s) ELSE %(quote)s END)""",
            state=SQL.identifier(alias, "state"),
            electronic=electronic,
            **ends,
        )
        # The basis decides: an invoice whose period is lost ends with no lesser one
        endless = [basis for code, basis in PURPOSES.items() if code not in purposes]
        if not endless:
            return last
        basis = self._get_rgpd_basis_sql(alias)
        return SQL("CASE WHEN %s <> ALL(%s) THEN %s END", basis, endless, last)

    def _get_rgpd_document_rules(self, purposes, company):
        """Return the rules that keep documents counted from the invoice itself.

        Six years for the tax office (art. L102 B LPF): they count where the company
        keeps its accounts for less.
        """
        invoice = purposes.get("invoice", self.env["rgpd.purpose"])
        return [
            variant
            for variant in invoice.rule_ids._prepare_variants(company)
            if variant.start_event == "invoice" and "invoice" in variant.categories
        ]

    def _get_rgpd_day_sql(self, alias):
        """Return the day of the order in France, or of its delivery if later."""
        days = [
            SQL(
                "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                SQL.identifier(alias, name),
                TIMEZONE,
            )
            for name in ("date_order", "effective_date")
            if name in self._fields and self._fields[name].store
        ]
        return SQL("GREATEST(%s)", SQL(", ").join(days))

    def _get_rgpd_electronic_sql(self, alias):
        """Return the end of a contract a consumer concluded on line, NULL for others.

        Ten years from the delivery above the legal amount (art. L213-1 C. conso.): the
        same orders as for the reasons of the person.
        """
        # sudo: rgpd.retention.rule - a salesperson does not read the register
        rule = self.env["rgpd.purpose"].sudo()._get_electronic_rule()
        if not rule:
            return SQL("NULL::date")
        collector = self.env["rgpd.fact.collector"]
        # sudo: sale.order - only narrows rows that the rules of the user let through
        orders = self.sudo()._search(
            collector._get_electronic_domain() & collector._get_amount_domain(rule)
        )
        return SQL(
            """CASE WHEN %(id)s IN %(orders)s AND NOT EXISTS (
                    SELECT 1 FROM res_partner a
                     WHERE a.id = %(partner)s AND %(professional)s)
                    THEN (%(day)s + %(years)s::interval)::date END""",
            id=SQL.identifier(alias, "id"),
            orders=orders.subselect(),
            partner=SQL.identifier(alias, "partner_id"),
            professional=self.env["rgpd.reason.builder"]._get_professional_sql(
                "res.partner"
            ),
            day=self._get_rgpd_day_sql(alias),
            years=f"{rule.archive_delay} years",
        )

    def _get_rgpd_period_sql(self, start, purpose, with_archive):
        if not purpose:
            return SQL("NULL::date")
        active = f"{purpose.active_delay} {purpose.active_unit}"
        archive = f"{purpose.archive_delay if with_archive else 0} "
        return SQL(
            "((%s) + %s::interval + %s::interval)::date",
            start,
            active,
            archive + purpose.archive_unit,
        )

    def _get_rgpd_fiscal_year_end(self, day, company):
        builder = self.env["rgpd.reason.builder"]
        return SQL(
            "(SELECT %s FROM (VALUES %s) AS fy (company_id, month, day))",
            builder._get_fiscal_year_end(day),
            builder._get_fiscal_row(company),
        )

    # === SEARCH METHODS === #

    def _search_rgpd_legal_basis(self, operator, value):
        return self._search_rgpd("rgpd_legal_basis", operator, value)
