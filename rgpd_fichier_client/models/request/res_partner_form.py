from odoo import api, fields, models
from odoo.tools import SQL

from ..retention.rgpd_person_mixin import COLUMNS
from .res_partner_restriction import ADDRESS_TYPES


class ResPartner(models.Model):
    """What the form of a contact shows of the person, read in one statement.

    Every salesperson opens this form all day: no topic asks for its own part.
    """

    _inherit = "res.partner"

    rgpd_wish = fields.Char(
        string="Wish of the person",
        compute="_compute_rgpd_retention",
        groups="base.group_user",  # read with all rights, and customers read contacts
        help="From the preference page. It replaces no consent and no objection.",
    )

    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_rgpd_retention(self):
        found = self._read_rgpd_person()
        # sudo: rgpd.preference - a wish is there to be known
        wishes = self.env["rgpd.preference"].sudo()
        nothing = (False,) * (len(COLUMNS) + 2)
        for partner in self:
            *values, is_restricted, wish_id = found.get(partner._origin.id, nothing)
            partner.rgpd_is_restricted = is_restricted
            for name, value in zip(COLUMNS, values, strict=True):
                partner[name] = value or False
            partner.rgpd_wish = bool(wish_id) and wishes.browse(wish_id)._get_sentence()

    def _read_rgpd_person(self):
        """Return ``{id: (retention…, whether restricted, id of the wish)}``.

        Of the side tables, which hold no personal data, whoever may read the contact.
        """
        saved = self._origin
        if not saved:
            return {}
        self.flush_model(["parent_id", "type"])
        for name in ("rgpd.subject", "rgpd.preference", "rgpd.restriction"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, %(columns)s,
                       EXISTS (SELECT 1 FROM rgpd_restriction r
                                 JOIN rgpd_subject owner ON owner.id = r.subject_id
                                WHERE r.date_lifted IS NULL
                                  AND r.company_id = ANY(%(companies)s)
                                  AND owner.res_model = 'res.partner'
                                  AND (owner.res_id = partner.id
                                       OR owner.res_id = partner.parent_id
                                          AND partner.type = ANY(%(address_types)s))),
                       (SELECT w.id FROM rgpd_preference w
                         WHERE w.subject_id = s.id AND w.company_id = %(company)s)
                  FROM res_partner partner
             LEFT JOIN rgpd_subject s
                       ON s.res_model = 'res.partner' AND s.res_id = partner.id
                 WHERE partner.id = ANY(%(ids)s)
                """,
                columns=SQL(", ").join(
                    SQL.identifier("s", column) for column in COLUMNS.values()
                ),
                companies=self.env.companies.ids,
                address_types=list(ADDRESS_TYPES),
                company=self.env.company.id,
                ids=list(saved._ids),
            )
        )
        return {row[0]: row[1:] for row in rows}
