from odoo import fields, models


class ResCompany(models.Model):
    """Whether the company keeps who opened a person's record."""

    _inherit = "res.company"

    rgpd_log_openings = fields.Boolean(
        string="Log who opens a record",
        help="Each opening of the form of a contact, a lead or a mailing contact is "
        "kept, with the user and the moment. Tell your staff before you switch it on.",
        prefetch="rgpd",
    )
    rgpd_log_months = fields.Integer(
        string="Openings are kept for (months)",
        default=6,
        help="The CNIL advises six months to one year for access logs.",
        prefetch="rgpd",
    )

    _rgpd_log_months_range = models.Constraint(
        "CHECK(rgpd_log_months BETWEEN 6 AND 12)",
        "Openings are kept for 6 to 12 months (CNIL, deliberation 2021-122).",
    )
