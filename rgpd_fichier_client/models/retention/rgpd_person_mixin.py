from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..register.rgpd_selection import LEGAL_BASES
from .selections import PHASES
from .sql_field import SqlDate, SqlSelection

# Field of the record: column of the person's side table
COLUMNS = {
    "rgpd_phase": "phase",
    "rgpd_legal_basis": "legal_basis",
    "rgpd_date_last_contact": "date_last_contact",
    "rgpd_date_retention": "date_retention",
}


class RgpdPersonMixin(models.AbstractModel):
    """Retention of a person, shown on their own record.

    Nothing is stored on the record: on a living database a column on the contacts
    would be computed for millions of rows at the installation. The values are read
    from the side table, in the list, the filters and the groups alike.
    """

    _name = "rgpd.person.mixin"
    _description = "Record That Stands for a Person"

    rgpd_phase = SqlSelection(
        PHASES,
        string="Retention phase",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_phase",
        help="In use: daily work. Intermediate archive: only the law or a possible "
        "dispute still needs the data. No reason left: to erase (art. 5.1.e GDPR). "
        "Empty: not a person of the customer file.",
    )
    rgpd_legal_basis = SqlSelection(
        LEGAL_BASES,
        string="Legal basis",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_legal_basis",
        help="Why the law lets you hold these data today (art. 6 GDPR). The tab RGPD "
        "gives every reason.",
    )
    rgpd_date_last_contact = SqlDate(
        string="Last contact from the person",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_last_contact",
        help="Last contact that came from the person: an order, an e-mail, a click. "
        "Mail you send, or that they merely open, does not count.",
    )
    rgpd_date_retention = SqlDate(
        string="Kept until",
        compute="_compute_rgpd_retention",
        search="_search_rgpd_date_retention",
        help="Last day of the last reason to keep anything, as known today. A new "
        "contact or order postpones it. Empty when a dispute has no end yet.",
    )
    rgpd_reason_ids = fields.Many2many(
        "rgpd.reason",
        string="Reasons to keep",
        compute="_compute_rgpd_reason_ids",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )
    rgpd_explanation = fields.Text(
        string="Why these data are still here",
        compute="_compute_rgpd_explanation",
        groups="rgpd_fichier_client.group_rgpd_reader",
    )

    # === COMPUTE METHODS === #

    def _compute_rgpd_retention(self):
        # sudo: rgpd.subject - whoever may read the contact may know how long it stays
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        by_record = {subject.res_id: subject for subject in subjects}
        for record in self:
            subject = by_record.get(record.id, subjects.browse())
            for name, column in COLUMNS.items():
                record[name] = subject[column]

    def _compute_rgpd_reason_ids(self):
        # sudo: rgpd.subject - the row holds no personal data
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        reasons = self.env["rgpd.reason"].search([("subject_id", "in", subjects.ids)])
        by_record = reasons.grouped(lambda reason: reason.subject_id.sudo().res_id)
        for record in self:
            record.rgpd_reason_ids = by_record.get(record.id, reasons.browse())

    @api.depends_context("lang")
    def _compute_rgpd_explanation(self):
        # sudo: rgpd.subject - the row holds no personal data
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        by_record = {subject.res_id: subject for subject in subjects}
        for record in self:
            subject = by_record.get(record.id)
            record.rgpd_explanation = subject._get_explanation_text() if subject else ""

    def _rgpd_get_field_sql(self, alias, name):
        """Let lists be sorted and grouped by what the side table knows."""
        return SQL(
            """(SELECT rgpd_s.%(column)s FROM rgpd_subject rgpd_s
                 WHERE rgpd_s.res_model = %(model)s AND rgpd_s.res_id = %(id)s)""",
            column=SQL.identifier(COLUMNS[name]),
            model=self._name,
            id=SQL.identifier(alias, "id"),
        )

    # === SEARCH METHODS === #

    def _search_rgpd_phase(self, operator, value):
        return self._search_rgpd("phase", operator, value)

    def _search_rgpd_legal_basis(self, operator, value):
        return self._search_rgpd("legal_basis", operator, value)

    def _search_rgpd_date_last_contact(self, operator, value):
        return self._search_rgpd("date_last_contact", operator, value)

    def _search_rgpd_date_retention(self, operator, value):
        return self._search_rgpd("date_retention", operator, value)

    def _search_rgpd(self, column, operator, value):
        """Look in the side table; who has no row there has no value."""
        if operator not in ("in", "<", ">", "<=", ">="):
            return NotImplemented
        # sudo: rgpd.subject - as for the values
        subjects = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        own = Domain("res_model", "=", self._name)
        values = list(value) if operator == "in" else [value]
        domain = Domain.FALSE
        known = [item for item in values if item]
        if known:
            matching = Domain(column, operator, known if operator == "in" else value)
            found = subjects._search(own & matching).subselect("res_id")
            domain |= Domain("id", "in", found)
        if operator == "in" and len(known) < len(values):
            filled = subjects._search(own & Domain(column, "!=", False))
            domain |= Domain("id", "not in", filled.subselect("res_id"))
        return domain

    # === BUSINESS METHODS === #

    def rgpd_explain(self):
        """Return why each category of data about these persons is still held.

        :return: ``{id: {category code: [reasons]}}``, each reason a dict with
            ``purpose``, ``article``, ``basis``, ``end_date`` (ISO date, False when no
            end is known) and ``company``; longest first. No entry means that nothing
            keeps that category any more. Of a company the user does not work in, only
            the category, the end and that it is another one are told.
        :raise AccessError: the user may not read the records or the reasons
        """
        self.check_access("read")
        self.env["rgpd.reason"].check_access("read")
        # sudo: rgpd.subject - the row holds no personal data
        subjects = self.env["rgpd.subject"].sudo()._of(self)
        kept = self.env["rgpd.reason"]._get_kept(subjects)
        return {
            subject.res_id: {
                category: [self._prepare_explanation(reason) for reason in reasons]
                for category, reasons in kept[subject.id].items()
            }
            for subject in subjects
        }

    def _prepare_explanation(self, reason):
        # sudo: labels of the register and of the company, no personal data
        purpose = self.env["rgpd.purpose"].sudo().browse(reason["purpose_id"])
        company = self.env["res.company"].sudo().browse(reason["company_id"])
        end = reason["end_date"]
        if company not in self.env.companies:
            return {
                "purpose": self.env._("Another company has a reason of its own."),
                "purpose_code": False,
                "article": "",
                "basis": False,
                "end_date": end.isoformat() if end else False,
                "company": False,
            }
        return {
            "purpose": purpose.name,
            "purpose_code": reason["purpose_code"],
            "article": reason["article"],
            "basis": reason["basis"],
            "end_date": end.isoformat() if end else False,
            "company": company.name,
        }

    def action_rgpd_refresh(self):
        """Compute the reasons of these persons again, now."""
        self.check_access("read")
        self.env["rgpd.reason"].check_access("read")
        # sudo: rgpd.reason - computed from the facts, no one chooses the result
        self.env["rgpd.reason"].sudo()._refresh(self)
        return True
