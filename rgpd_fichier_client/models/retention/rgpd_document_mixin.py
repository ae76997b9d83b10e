from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .rgpd_reason import TIMEZONE
from .sale_order import PURPOSES


class RgpdDocumentMixin(models.AbstractModel):
    """A document with reasons of its own: an order, a quotation, a lead.

    The model has a company, the fields ``rgpd_legal_basis`` and ``rgpd_date_retention``
    in SQL, and in the data map a link to the person it is about. Its data leave on the
    day its own last reason ends, whatever keeps the person (Art. 5.1 e GDPR).
    """

    _name = "rgpd.document.mixin"
    _description = "Document with Reasons of its Own"

    # Column of the person, where the data map has more than one
    _rgpd_person_path = None

    rgpd_leaving = fields.Char(
        string="Names leave it",
        compute="_compute_rgpd_retention",
        help="Amounts, dates, products and the country stay for statistics; accounting "
        "documents stay as long as the law asks.",
    )

    def _rgpd_get_leaving(self, row, approved, companies=None):
        """Say when the names leave this document, or when they did.

        :param row: its ``rgpd.document``, an empty one when there is none
        :param approved: companies whose DPO approved a simulation
        :param companies: those that must have, if more than the one of the document
        """
        if row.erased_on:
            return self.env._(
                "The names left on %(date)s: certificate %(reference)s.",
                date=format_date(self.env, row.erased_on.date()),
                reference=row.erasure_id.reference or "",
            )
        if row.error:
            return self.env._("Last attempt failed: %(cause)s", cause=row.error)
        last = self.rgpd_date_retention
        if not last:
            return False
        values = {"date": format_date(self.env, fields.Date.add(last, days=1))}
        deciding = companies or self._rgpd_get_company()
        if not deciding or deciding - approved:
            return self.env._(
                "From %(date)s, once the DPO has approved a simulation", **values
            )
        if last < self.env["rgpd.reason"]._get_today():
            return self.env._(
                "Due since %(date)s: the night erases it, unless a request, a review, "
                "a reason that counts from it or an unfinished invoice holds it back",
                **values,
            )
        return self.env._("On %(date)s, even if the customer stays", **values)

    # === SEARCH METHODS === #

    def _search_rgpd_phase(self, operator, value):
        return self._search_rgpd("rgpd_phase", operator, value)

    def _search_rgpd_date_last_contact(self, operator, value):
        return self._search_rgpd("rgpd_date_last_contact", operator, value)

    def _search_rgpd_date_retention(self, operator, value):
        return self._search_rgpd("rgpd_date_retention", operator, value)

    def _search_rgpd(self, name, operator, value):
        """Compare the SQL expression of a field."""
        column = self._field_to_sql("o", name)
        if operator == "in":
            known = [item for item in value if item]
            condition = SQL("%s = ANY(%s)", column, known) if known else SQL("FALSE")
            if len(known) < len(value):
                condition = SQL("(%s OR %s IS NULL)", condition, column)
        elif operator in ("<", ">", "<=", ">="):
            condition = SQL("%s %s %s", column, SQL(operator), value)
        else:
            return NotImplemented
        table = SQL.identifier(self._table)
        return Domain(
            "id", "in", SQL("(SELECT o.id FROM %s o WHERE %s)", table, condition)
        )

    # === COMPANY === #

    @api.model
    def _rgpd_get_company_sql(self, alias):
        """Return the company whose rules keep a document."""
        return SQL.identifier(alias, "company_id")

    def _rgpd_get_company(self):
        """Return the company whose rules keep this document, as the database says."""
        self.ensure_one()
        self.flush_recordset(["company_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s o WHERE o.id = %s",
                self._rgpd_get_company_sql("o"),
                SQL.identifier(self._table),
                self.id or 0,
            )
        )
        return self.env["res.company"].browse(rows[0][0] if rows else ()).exists()

    def _rgpd_group_by_company(self):
        """Return ``{company: documents}``, by the rules of which they are kept."""
        if not self:
            return {}
        self.flush_model(["company_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT o.id, %s FROM %s o WHERE o.id = ANY(%s)",
                self._rgpd_get_company_sql("o"),
                SQL.identifier(self._table),
                self.ids,
            )
        )
        companies = self.env["res.company"]
        company_of = {row[0]: companies.browse(row[1] or ()) for row in rows}
        return self.grouped(lambda record: company_of.get(record.id, companies))

    # === WHAT HOLDS IT BACK === #

    @api.model
    def _rgpd_get_reviewed_sql(self, alias, company):
        """Return whether the rule that ended asks for a human decision."""
        return SQL("FALSE")

    @api.model
    def _rgpd_get_draft_sql(self, alias, company):
        """Return whether an invoice somebody is still at work on was made from it."""
        return SQL("FALSE")

    @api.model
    def _rgpd_get_alone_sql(self, alias, with_later=False):
        """Return whether a document ends by itself, and with no other.

        :param with_later: whatever the day of its end, where only the next ones are
            looked for
        """
        return SQL("TRUE")

    @api.model
    def _rgpd_get_named_sql(self, alias):
        """Return whether a document of an organisation names a natural person itself,
        as long as their name has not left it.
        """
        return SQL("FALSE")

    @api.model
    def _rgpd_get_contacts_sql(self, alias):
        """Return the contacts of that organisation whom it names, as a query."""
        return SQL("SELECT NULL::int")

    def _rgpd_get_contacts(self):
        """Return ``{id: contacts of that organisation whom it names}``."""
        return {}

    def _rgpd_get_own_identifiers(self):
        """Return ``{id: [Identifier]}`` of whom documents of organisations name."""
        return {}

    @api.model
    def _rgpd_get_days_sql(self, alias, persons):
        """Return the days on which a reason of the person may count from a document.

        Those of the sources of facts, and those of what the person wrote on it.

        :param SQL persons: columns of the persons it names
        :rtype: SQL
        """
        sources = self.env["rgpd.fact.collector"]._get_sources()
        names = {
            source.date_path
            for source in sources
            if source.model == self._name and source.date_path in self._fields
        }
        days = [
            self._rgpd_get_day_sql(alias, name)
            for name in sorted(names)
            if self._fields[name].store
        ]
        written = SQL(
            """SELECT (m.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                 FROM mail_message m
                WHERE m.model = %s AND m.res_id = %s AND m.author_id IN (%s)""",
            TIMEZONE,
            self._name,
            SQL.identifier(alias, "id"),
            persons,
        )
        queries = [*(SQL("SELECT %s", day) for day in days), written]
        return SQL(" UNION ALL ").join(queries)

    @api.model
    def _rgpd_get_day_sql(self, alias, name):
        column = SQL.identifier(alias, name)
        if self._fields[name].type == "date":
            return column
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, TIMEZONE)

    @api.model
    def _get_rgpd_moves_sql(self, alias):
        """Return the accounting documents made from one, as a query."""
        return SQL("SELECT NULL::int")

    def _rgpd_get_moves(self):
        """Return the accounting documents made from these."""
        return self.env["account.move"]

    @api.model
    def _rgpd_get_documents_of(self, moves):
        """Return all the documents these accounting documents were made from."""
        return self.browse()

    def _rgpd_filter_named_moves(self, moves):
        """Return those of these accounting documents that another document than these
        was made into which still names somebody.
        """
        others = self._rgpd_get_documents_of(moves) - self
        return self.env["rgpd.document"]._filter_named(others)._rgpd_get_moves() & moves

    @api.model
    def _rgpd_get_related_fields(self):
        """Return ``{further model: its field that leads to these documents}``.

        What no link of the data map leads to; models that are not installed count not.
        """
        return {}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "rgpd.document.mixin"]

    def _get_rgpd_phase_sql(self, alias, ends):
        """An order that names nobody any more is in no phase."""
        return SQL(
            """CASE WHEN NOT EXISTS (
                    SELECT 1 FROM rgpd_document d WHERE d.res_model = 'sale.order'
                       AND d.res_id = %s AND d.erased_on IS NOT NULL) THEN %s END""",
            SQL.identifier(alias, "id"),
            super()._get_rgpd_phase_sql(alias, ends),
        )

    @api.model
    def _rgpd_get_reviewed_sql(self, alias, company):
        """A purpose may end in a review or in historical archives: nothing goes."""
        reviewed = [
            PURPOSES[code]
            for code, purpose in self._get_rgpd_all_purposes(company).items()
            if purpose.end_action in ("review", "archive")
        ]
        if not reviewed:
            return SQL("FALSE")
        return SQL("%s = ANY(%s)", self._get_rgpd_basis_sql(alias), reviewed)

    def _rgpd_get_company(self):
        return self.company_id

    def _rgpd_get_moves(self):
        return self.invoice_ids

    @api.model
    def _rgpd_get_documents_of(self, moves):
        return moves.line_ids.sale_line_ids.order_id

    @api.model
    def _rgpd_get_related_fields(self):
        """Payments made on line and deliveries name the customer again."""
        return {"payment.transaction": "sale_order_ids", "stock.picking": "sale_id"}
