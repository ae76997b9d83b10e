from odoo import api, fields, models
from odoo.tools import SQL

from ..datamap import page_rows
from ..retention.rgpd_person_mixin import COLUMNS
from ..retention.selections import LOOKS
from .res_partner_restriction import ADDRESS_TYPES


class ResPartner(models.Model):
    """What the form of a contact shows of the person.

    Every salesperson opens this form all day, few look at its pages: the form itself
    asks only whether the use is restricted, the pages ask once they are opened. What
    they show is read in one statement: no topic asks for its own part.
    """

    _inherit = "res.partner"

    rgpd_wish = fields.Char(
        string="Wish of the person",
        compute="_compute_rgpd_retention",
        groups="base.group_user",  # read with all rights, and customers read contacts
        help="From the preference page. It replaces no consent and no objection.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_rgpd_is_restricted(self):
        """Ask in one statement; nothing is read of a contact where nobody ever was."""
        saved = self._origin
        restricted = set()
        if saved and self.env["rgpd.restriction"]._has_ever_held():
            self.flush_model(["parent_id", "type"])
            for name in ("rgpd.subject", "rgpd.restriction"):
                self.env[name].flush_model()
            query = SQL(
                """
                SELECT partner.id FROM res_partner partner
                 WHERE partner.id = ANY(%(ids)s)
                   AND EXISTS (SELECT 1 FROM rgpd_restriction r
                                 JOIN rgpd_subject owner ON owner.id = r.subject_id
                                WHERE r.date_lifted IS NULL
                                  AND r.company_id = ANY(%(companies)s)
                                  AND owner.res_model = 'res.partner'
                                  AND (owner.res_id = partner.id
                                       OR owner.res_id = partner.parent_id
                                          AND partner.type = ANY(%(address_types)s)))
                """,
                ids=list(saved._ids),
                companies=self.env.companies.ids,
                address_types=list(ADDRESS_TYPES),
            )
            restricted = {row[0] for row in self.env.execute_query(query)}
        for partner in self:
            partner.rgpd_is_restricted = partner._origin.id in restricted

    @api.depends_context("company", "lang")
    def _compute_rgpd_retention(self):
        found = self._read_rgpd_person()
        # sudo: rgpd.preference - a wish is there to be known
        wishes = self.env["rgpd.preference"].sudo()
        nothing = (False,) * (len(COLUMNS) + 1)
        for partner in self:
            *values, wish_id = found.get(partner._origin.id, nothing)
            for name, value in zip(COLUMNS, values, strict=True):
                partner[name] = value or False
            partner.rgpd_wish = bool(wish_id) and wishes.browse(wish_id)._get_sentence()

    def _read_rgpd_person(self):
        """Return ``{id: (retention…, id of the wish)}``.

        Of the side tables, which hold no personal data, whoever may read the contact.
        """
        saved = self._origin
        if not saved:
            return {}
        for name in ("rgpd.subject", "rgpd.preference"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.res_id, %(columns)s,
                       (SELECT w.id FROM rgpd_preference w
                         WHERE w.subject_id = s.id AND w.company_id = %(company)s)
                  FROM rgpd_subject s
                 WHERE s.res_model = 'res.partner' AND s.res_id = ANY(%(ids)s)
                """,
                columns=SQL(", ").join(
                    SQL.identifier("s", column) for column in COLUMNS.values()
                ),
                company=self.env.company.id,
                ids=list(saved._ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    # === PAGES OF THE FORM === #

    @api.readonly
    def rgpd_get_retention(self):
        """Return how long the contact is kept, for the page of the form.

        :return: see ``page_rows.get``
        :raise AccessError: the user may not read the contact
        """
        self.ensure_one()
        self.check_access("read")
        if not self.rgpd_phase:
            nothing = self.env._(
                "The retention of the customer file does not concern this record: "
                "company, staff, erased person, or not computed yet."
            )
            return [{"title": "", "empty": nothing, "rows": []}]
        why = page_rows.get(self, ["rgpd_phase", "rgpd_legal_basis"], LOOKS)
        until = page_rows.get(self, ["rgpd_date_last_contact", "rgpd_date_retention"])
        notice = ""
        if self.rgpd_phase == "expired":
            notice = self.env._(
                "Nothing keeps these data any more (Art. 5.1.e GDPR): they leave with "
                "the next approved night."
            )
        return [
            {"title": "", "empty": "", "rows": why, "notice": notice},
            {"title": "", "empty": "", "rows": until},
        ]

    @api.readonly
    def rgpd_get_wish(self):
        """Return the wish of the person, if any, for the page of the form.

        :return: see ``page_rows.get``
        :raise AccessError: the user may not read the contact
        """
        self.ensure_one()
        self.check_access("read")
        rows = page_rows.get(self, ["rgpd_wish"])
        return [{"title": "", "empty": "", "rows": rows}] if rows else []
