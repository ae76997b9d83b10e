from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import leads
from odoo.addons.rgpd_fichier_client.models.retention.rgpd_reason import TIMEZONE
from odoo.addons.rgpd_fichier_client.models.retention.selections import PHASES
from odoo.addons.rgpd_fichier_client.models.retention.sql_field import (
    SqlDate,
    SqlSelection,
)

SQL_FIELDS = ("rgpd_phase", "rgpd_date_last_contact", "rgpd_date_retention")


class CrmLead(models.Model):
    """Until when a lead is kept: the database computes what ``core`` says.

    Of somebody who is in the customer file it is a document with a period of its own
    (R01 and R07 of law.md): they may stay a customer for decades, what they asked once
    and did not buy goes three years after they last spoke of it. A lead without contact
    stands for the person itself and ends with them.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "rgpd.document.mixin"]

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
        help="About this lead: it was entered, they wrote on it, a quotation was made "
        "from it, it was won. What you send, plan or lose does not count.",
    )
    rgpd_date_retention = SqlDate(
        string="Kept until",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_retention",
        help="Three years after the last contact from the person about this lead, or "
        "the period of its purpose in the register; one month after the day of an "
        "activity that is planned on an open one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id", "active", "won_status", "rgpd_purpose_id")
    @api.depends_context("lang")
    def _compute_rgpd_retention(self):
        """Compute all that the form shows, in one statement."""
        # While a form is edited, what the database knows of the lead is shown
        rows = self._origin._rgpd_read_rows()
        # sudo: rgpd.document, rgpd.simulation - whoever works on the lead may know a
        # day; salespeople read neither
        documents = self.env["rgpd.document"].sudo()
        simulations = self.env["rgpd.simulation"].sudo()
        approved = simulations.browse(
            next((row["approved_ids"] for row in rows.values()), ())
        ).filtered(lambda simulation: simulation._has_same_rules())
        for lead in self:
            row = rows.get(lead._origin.id) or {}
            for name in SQL_FIELDS:
                lead[name] = row.get(name) or False
            lead.rgpd_leaving = False
            # That of an organisation which names nobody: no night erases it
            if (
                row
                and lead._origin.partner_id
                and (row["document_id"] or not row["is_nobody"])
            ):
                lead.rgpd_leaving = lead._rgpd_get_leaving(
                    documents.browse(row["document_id"]),
                    approved.company_id,
                    self.env["res.company"].browse(row["company_ids"]),
                )

    def _rgpd_read_rows(self):
        """Return ``{id: {name: value}}`` of saved leads."""
        if not self:
            return {}
        for name in (
            "crm.lead",
            "mail.activity",
            "mail.message",
            "res.partner",
            "sale.order",
        ):
            self.env[name].flush_model()
        columns = {name: self._field_to_sql("o", name) for name in SQL_FIELDS}
        columns["document_id"] = SQL(
            """(SELECT d.id FROM rgpd_document d
                 WHERE d.res_model = 'crm.lead' AND d.res_id = o.id
                   AND (d.erased_on IS NOT NULL OR d.error IS NOT NULL))"""
        )
        columns["is_nobody"] = SQL(
            """NOT %s AND EXISTS (SELECT 1 FROM rgpd_subject s
                        WHERE s.res_model = 'res.partner' AND s.res_id = o.partner_id
                          AND NOT s.is_natural)""",
            self._rgpd_get_named_sql("o"),
        )
        columns["approved_ids"] = SQL(
            "ARRAY(SELECT id FROM rgpd_simulation WHERE state = 'approved')"
        )
        columns["company_ids"] = self._rgpd_get_companies_sql("o")
        rows = self.env.execute_query(
            SQL(
                "SELECT o.id, %s FROM crm_lead o WHERE o.id IN %s",
                SQL(", ").join(columns.values()),
                self._ids,
            )
        )
        return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}

    # === SQL === #

    def _rgpd_get_field_sql(self, alias, name):
        """Let leads be sorted, filtered and grouped by what follows from them."""
        if name == "rgpd_date_last_contact":
            own = self._rgpd_get_contact_sql(
                alias,
                self._rgpd_get_written_sql(alias),
                self._rgpd_get_ordered_sql(alias),
            )
            return self._rgpd_of_person_sql(alias, "date_last_contact", own)
        if name == "rgpd_date_retention":
            own = self._rgpd_get_end_sql(alias, with_archive=True)
            return self._rgpd_of_person_sql(alias, "date_retention", own)
        return self._rgpd_of_person_sql(alias, "phase", self._rgpd_get_phase_sql(alias))

    def _rgpd_of_person_sql(self, alias, column, own):
        """A lead without contact is a person: what the side table knows of them.

        :param own: value of a lead that is a document
        """
        return SQL(
            """(CASE WHEN %(partner)s IS NOT NULL THEN %(own)s ELSE (
                SELECT rgpd_s.%(column)s FROM rgpd_subject rgpd_s
                 WHERE rgpd_s.res_model = 'crm.lead' AND rgpd_s.res_id = %(id)s
                ) END)""",
            partner=SQL.identifier(alias, "partner_id"),
            own=own,
            column=SQL.identifier(column),
            id=SQL.identifier(alias, "id"),
        )

    def _rgpd_get_phase_sql(self, alias):
        """A lead that names nobody any more is in no phase."""
        return SQL(
            """(CASE WHEN EXISTS (
                     SELECT 1 FROM rgpd_document rgpd_d
                      WHERE rgpd_d.res_model = 'crm.lead' AND rgpd_d.res_id = %(id)s
                        AND rgpd_d.erased_on IS NOT NULL) THEN NULL
                     WHEN COALESCE(%(active)s >= %(today)s, TRUE) THEN 'active'
                     WHEN %(archive)s >= %(today)s THEN 'archive'
                     ELSE 'expired' END)""",
            id=SQL.identifier(alias, "id"),
            active=self._rgpd_get_end_sql(alias, with_archive=False),
            archive=self._rgpd_get_end_sql(alias, with_archive=True),
            today=self.env["rgpd.reason"]._get_today(),
        )

    def _rgpd_get_end_sql(self, alias, with_archive):
        """Return the last day of a lead, as ``core.retention.leads``.

        Of several companies it is the latest; one without a rule ends nothing.
        """
        return SQL(
            """(SELECT CASE WHEN bool_and(rgpd_e.last IS NOT NULL)
                            THEN GREATEST(max(rgpd_e.last), %(work)s) END
                  FROM %(ends)s)""",
            ends=self._rgpd_get_ends_sql(alias, with_archive),
            work=self._rgpd_get_work_sql(alias),
        )

    def _rgpd_get_ends_sql(self, alias, with_archive):
        """Return the end of each rule, a row per company, as a FROM clause.

        ``rgpd_e``: the end by the purpose, that of quotations, the later one.
        """
        known = (SQL("rgpd_w.written"), SQL("rgpd_w.ordered"))
        return SQL(
            """(SELECT %(written)s AS written, %(ordered)s AS ordered OFFSET 0) rgpd_w
                 CROSS JOIN unnest(%(companies)s) rgpd_co (id)
                 CROSS JOIN LATERAL (
                        SELECT %(start)s AS start, %(own)s AS own,
                               CASE WHEN %(quoted)s
                                    THEN %(rules)s -> 'quote' END AS quote
                        OFFSET 0) rgpd_f
                 CROSS JOIN LATERAL (SELECT %(own_end)s AS own, %(quote_end)s AS quote
                        OFFSET 0) rgpd_d
                 CROSS JOIN LATERAL (SELECT rgpd_d.own, rgpd_d.quote,
                        GREATEST(rgpd_d.own, rgpd_d.quote) AS last) rgpd_e""",
            written=self._rgpd_get_written_sql(alias),
            ordered=self._rgpd_get_ordered_sql(alias),
            companies=self._rgpd_get_companies_sql(alias),
            start=self._rgpd_get_contact_sql(alias, *known),
            own=self._rgpd_get_rule_sql(alias),
            quoted=self._rgpd_get_quoted_sql(alias, *known),
            rules=self._rgpd_get_company_rules_sql(),
            own_end=self._rgpd_add_period_sql(
                SQL("rgpd_f.start"), SQL("rgpd_f.own"), with_archive
            ),
            quote_end=self._rgpd_add_period_sql(
                SQL("rgpd_f.start"), SQL("rgpd_f.quote"), with_archive
            ),
        )

    def _rgpd_add_period_sql(self, start, rule, with_archive):
        return SQL(
            "(%s + (%s ->> 0)::interval + %s)::date",
            start,
            rule,
            SQL("(%s ->> 1)::interval", rule) if with_archive else SQL("'0'::interval"),
        )

    def _rgpd_get_contact_sql(self, alias, written, ordered):
        """Return the last day on which the person came to us about the lead."""
        return SQL(
            """GREATEST(%(entered)s,
                        CASE WHEN %(alias)s.won_status = 'won' THEN %(won)s END,
                        %(written)s, %(ordered)s)""",
            alias=SQL.identifier(alias),
            entered=self._rgpd_get_day_sql(alias, "create_date"),
            won=self._rgpd_get_day_sql(alias, "date_closed"),
            written=written,
            ordered=ordered,
        )

    def _rgpd_get_quoted_sql(self, alias, written, ordered):
        """Return whether the period of quotations counts: ``leads.is_quoted``."""
        return SQL(
            """(%(alias)s.won_status = 'won'
                OR %(alias)s.active AND %(alias)s.won_status IS DISTINCT FROM 'lost'
                OR %(written)s IS NOT NULL OR %(ordered)s IS NOT NULL)""",
            alias=SQL.identifier(alias),
            written=written,
            ordered=ordered,
        )

    def _rgpd_get_written_sql(self, alias):
        """Return the day of the last message of the person on the lead.

        So is what another contact of their household or company wrote, and a mail that
        came before anybody made a contact of its sender: in doubt the lead is kept.
        """
        return SQL(
            """(SELECT max(%(day)s) FROM mail_message rgpd_m
             LEFT JOIN res_partner rgpd_a ON rgpd_a.id = rgpd_m.author_id
             LEFT JOIN res_partner rgpd_b ON rgpd_b.id = %(alias)s.partner_id
                 WHERE rgpd_m.model = 'crm.lead' AND rgpd_m.res_id = %(alias)s.id
                   AND rgpd_m.message_type IN ('email', 'comment')
                   AND (rgpd_a.id = rgpd_b.id
                        OR rgpd_a.commercial_partner_id = rgpd_b.commercial_partner_id
                        OR lower(trim(COALESCE(
                               substring(rgpd_m.email_from FROM '<([^<>]*@[^<>]*)>'),
                               rgpd_m.email_from)))
                           IN (%(alias)s.email_normalized, rgpd_b.email_normalized)))
            """,
            day=SQL("(rgpd_m.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", TIMEZONE),
            alias=SQL.identifier(alias),
        )

    def _rgpd_get_ordered_sql(self, alias):
        """Return the day of the last quotation or order made from the lead."""
        if "opportunity_id" not in self.env["sale.order"]._fields:
            return SQL("NULL::date")
        return SQL(
            """(SELECT max((rgpd_so.date_order AT TIME ZONE 'UTC'
                            AT TIME ZONE %s)::date)
                  FROM sale_order rgpd_so WHERE rgpd_so.opportunity_id = %s)""",
            TIMEZONE,
            SQL.identifier(alias, "id"),
        )

    def _rgpd_get_work_sql(self, alias):
        """Return until when work that is planned on an open lead keeps it."""
        delay, unit = leads.OVERDUE
        return SQL(
            """CASE WHEN %(alias)s.active AND %(alias)s.won_status = 'pending' THEN (
                   SELECT (max(rgpd_a.date_deadline) + %(overdue)s::interval)::date
                     FROM mail_activity rgpd_a
                    WHERE rgpd_a.res_model = 'crm.lead' AND rgpd_a.active
                      AND rgpd_a.res_id = %(alias)s.id) END""",
            alias=SQL.identifier(alias),
            overdue=f"{delay} {unit}",
        )
