from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    rgpd_website_notice = fields.Boolean(
        string="Short notice under the forms of the website",
        default=True,
        help="Who uses the data, why, how long, and the rights: under each form made "
        "with the website builder. Which text was shown is recorded (Art. 13 GDPR).",
        prefetch="rgpd",
    )
    rgpd_website_notice_ids = fields.Many2many(
        "rgpd.notice",
        "rgpd_company_website_notice_rel",
        string="Choices offered in the forms of the website",
        domain="[('kind', '=', 'choice'), ('purpose_id', '!=', False),"
        " ('channel', '!=', False)]",
        help="Boxes under the form, unticked and never a condition of sending it "
        "(Art. 7.4 GDPR). A box appears where the form asks for the address it is "
        "about.",
    )
