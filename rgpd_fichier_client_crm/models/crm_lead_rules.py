from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import leads

# A purpose that ends so waits for somebody to look
REVIEWED = ("review", "archive")


class CrmLead(models.Model):
    """Which rules of which companies decide until when a lead is kept."""

    _inherit = "crm.lead"

    # === RULES === #

    def _rgpd_get_rule_sql(self, alias):
        """Return the rule of the purpose that decides: see ``leads.purpose_codes``."""
        rules = self._rgpd_get_company_rules_sql()
        own = SQL(
            "(SELECT rgpd_p.code FROM rgpd_purpose rgpd_p WHERE rgpd_p.id = %s)",
            SQL.identifier(alias, "rgpd_purpose_id"),
        )
        origin = SQL(
            """CASE WHEN %(alias)s.rgpd_origin IN ('asked', 'called') THEN 'quote'
                    WHEN %(alias)s.rgpd_origin = 'referral'
                         OR COALESCE(%(alias)s.referred, '') <> '' THEN 'referral'
                    WHEN COALESCE(%(alias)s.partner_name, '') <> ''
                    THEN 'prospect_b2b_email' ELSE 'prospect_email_b2c' END""",
            alias=SQL.identifier(alias),
        )
        codes = [own, origin, *(SQL("%s", code) for code in leads.FALLBACK)]
        return SQL(
            "COALESCE(%s)",
            SQL(", ").join(SQL("%s -> (%s)::text", rules, code) for code in codes),
        )

    def _rgpd_get_company_rules_sql(self):
        """Return the rules of company ``rgpd_co``, from a value computed once."""
        return SQL("(%s -> rgpd_co.id::text)", self._rgpd_get_rules_sql())

    @api.model
    def _rgpd_get_rules_sql(self):
        """Return ``{company: {code: [in use, archived, reviewed]}}`` as jsonb.

        The purposes of ``rgpd.purpose._get_purposes`` that have a period: nothing is
        asked besides when a form is opened, and the database computes it once.
        """
        return SQL(
            """(SELECT jsonb_object_agg(rgpd_r.company, rgpd_r.rules) FROM (
                SELECT rgpd_c.id AS company, jsonb_object_agg(rgpd_p.code,
                       jsonb_build_array(
                           concat(COALESCE(rgpd_p.active_delay, 0), ' ',
                                  COALESCE(rgpd_p.active_unit, 'year')),
                           concat(COALESCE(rgpd_p.archive_delay, 0), ' ',
                                  COALESCE(rgpd_p.archive_unit, 'year')),
                           rgpd_p.end_action IN %(reviewed)s)) AS rules
                  FROM res_company rgpd_c
                 CROSS JOIN LATERAL (
                       SELECT DISTINCT ON (p.code) p.* FROM rgpd_purpose p
                    LEFT JOIN rgpd_processing sheet ON sheet.id = p.processing_id
                        WHERE p.active AND (p.company_id = rgpd_c.id
                              OR p.company_id IS NULL
                                 AND rgpd_c.rgpd_has_own_register IS NOT TRUE)
                          AND (p.processing_id IS NULL
                               OR sheet.state IS DISTINCT FROM 'archived')
                        ORDER BY p.code, p.company_id NULLS LAST, p.id) rgpd_p
                 WHERE rgpd_p.start_event IS NOT NULL
                   AND (rgpd_p.active_delay > 0 OR rgpd_p.archive_delay > 0)
                 GROUP BY rgpd_c.id) rgpd_r)""",
            reviewed=REVIEWED,
        )

    @api.model
    def _rgpd_get_reviewed_sql(self, alias, company):
        """Return whether somebody decides: ``leads.is_reviewed``, or another company.

        A lead of no company is also that of each company with a reason to keep the
        person; one whose DPO approved nothing has not agreed to let it go.
        """
        # sudo: rgpd.simulation - whether the other companies approved theirs
        valid = self.env["rgpd.simulation"].sudo()._get_valid()
        return SQL(
            """(NOT %(companies)s <@ %(approved)s::int[] OR COALESCE((
                SELECT bool_or(rgpd_t.asked) FROM (
                    SELECT rgpd_e.last, max(rgpd_e.last) OVER () AS latest,
                           COALESCE((rgpd_f.own ->> 2)::boolean
                                    AND rgpd_e.own = rgpd_e.last, FALSE)
                           OR COALESCE((rgpd_f.quote ->> 2)::boolean
                                       AND rgpd_e.quote = rgpd_e.last, FALSE) AS asked
                      FROM %(ends)s) rgpd_t
                 WHERE rgpd_t.last = rgpd_t.latest), FALSE))""",
            companies=self._rgpd_get_companies_sql(alias),
            approved=(valid.company_id | company).ids,
            ends=self._rgpd_get_ends_sql(alias, with_archive=True),
        )

    # === COMPANY === #

    @api.model
    def _rgpd_get_company_sql(self, alias):
        """A lead of no company belongs to the one that collected the customer.

        An organisation has no retention of its own: its company, or that of whoever
        entered it, as ``rgpd.reason.builder`` does for persons.
        """
        return SQL(
            """COALESCE(%(own)s, (
                SELECT COALESCE(rgpd_cs.retention_company_id, rgpd_cs.company_id)
                  FROM rgpd_subject rgpd_cs
                 WHERE rgpd_cs.res_model = 'res.partner'
                   AND rgpd_cs.res_id = %(partner)s), (
                SELECT COALESCE(rgpd_ca.company_id, rgpd_cx.company_id)
                  FROM res_partner rgpd_ca
             LEFT JOIN res_users rgpd_cx ON rgpd_cx.id = rgpd_ca.create_uid
                 WHERE rgpd_ca.id = %(partner)s),
                (SELECT min(rgpd_cc.id) FROM res_company rgpd_cc WHERE rgpd_cc.active))
            """,
            own=SQL.identifier(alias, "company_id"),
            partner=SQL.identifier(alias, "partner_id"),
        )

    @api.model
    def _rgpd_get_companies_sql(self, alias):
        """Return all companies whose rules keep a lead, as an array.

        One of no company is shown to all of them: whichever has a reason to keep the
        person, or somebody of the organisation, made an order from it or lets its
        salesperson work on it counts.
        """
        ordered = SQL("SELECT NULL::int")
        if "opportunity_id" in self.env["sale.order"]._fields:
            ordered = SQL(
                "SELECT rgpd_so.company_id FROM sale_order rgpd_so"
                " WHERE rgpd_so.opportunity_id = %s",
                SQL.identifier(alias, "id"),
            )
        return SQL(
            """(CASE WHEN %(alias)s.company_id IS NOT NULL
                     THEN ARRAY[%(alias)s.company_id]
                     ELSE ARRAY(SELECT rgpd_cu.id FROM (
                          SELECT %(collector)s AS id
                           UNION SELECT rgpd_cr.company_id FROM rgpd_reason rgpd_cr
                            JOIN rgpd_subject rgpd_cs ON rgpd_cs.id = rgpd_cr.subject_id
                           WHERE rgpd_cs.res_model = 'res.partner'
                             AND (rgpd_cs.res_id = %(alias)s.partner_id
                                  OR rgpd_cs.res_id IN (%(colleagues)s))
                           UNION %(ordered)s
                           UNION SELECT rgpd_cw.company_id FROM res_users rgpd_cw
                           WHERE rgpd_cw.id = %(alias)s.user_id) rgpd_cu
                          WHERE rgpd_cu.id IS NOT NULL ORDER BY 1) END)""",
            alias=SQL.identifier(alias),
            collector=self._rgpd_get_company_sql(alias),
            colleagues=SQL(
                """SELECT rgpd_ck.id FROM rgpd_subject rgpd_cz
                     JOIN res_partner rgpd_ca ON rgpd_ca.id = rgpd_cz.res_id
                     JOIN res_partner rgpd_ck ON rgpd_ck.commercial_partner_id
                          = rgpd_ca.commercial_partner_id
                    WHERE rgpd_cz.res_model = 'res.partner' AND NOT rgpd_cz.is_natural
                      AND rgpd_cz.res_id = %s""",
                SQL.identifier(alias, "partner_id"),
            ),
            ordered=ordered,
        )

    def _rgpd_get_company(self):
        return self.company_id or super()._rgpd_get_company()

    def _rgpd_group_by_company(self):
        """Ask once for all of those without a company."""
        open_ = self.filtered(lambda lead: not lead.company_id)
        groups = (self - open_).grouped("company_id")
        for company, some in super(CrmLead, open_)._rgpd_group_by_company().items():
            groups[company] = groups.get(company, self.browse()) | some
        return groups
