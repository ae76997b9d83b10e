from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    rgpd_night_cap = fields.Integer(
        string="At most per day",
        help="Persons erased or archived, and documents erased, in one day; 0: all "
        "that are due. The others follow the day after; of the number, half is for "
        "persons to erase and a quarter for documents, as far as there are any.",
        prefetch="rgpd",
    )
    rgpd_blackout_start = fields.Float(
        string="No erasure from",
        help="Hours in which nothing is erased or archived, French time: a sale, the "
        "opening hours of the shop. The same hour twice: no such hours.",
        prefetch="rgpd",
    )
    rgpd_blackout_end = fields.Float(string="No erasure until", prefetch="rgpd")
    rgpd_warning_days = fields.Integer(
        string="Days of warning",
        default=30,
        help="So many days before a person leaves the daily file, their salesperson "
        "gets a task with the date and the reason; 0: no warning.",
        prefetch="rgpd",
    )
    rgpd_stay_question = fields.Boolean(
        string="Ask the person whether to stay in touch",
        help="One message per term, to those only whom offers by e-mail may reach. A "
        "click is a contact that comes from the person; silence means erasure "
        "(reference framework of the CNIL, deliberation 2021-131).",
        prefetch="rgpd",
    )

    rgpd_group_size = fields.Integer(
        string="Smallest group",
        default=10,
        help="The department, or the year of birth, of an erased person stays for "
        "statistics only where at least so many erased persons share it: the only one "
        "of a department would still be singled out by it. Who is still in the file "
        "does not count: their name tells them apart. The first ones erased of a "
        "department therefore lose it; the statistics by department begin with the one "
        "that makes the group large enough.",
        prefetch="rgpd",
    )

    @api.constrains("rgpd_group_size")
    def _check_rgpd_group_size(self):
        if any(company.rgpd_group_size < 2 for company in self):
            raise ValidationError(
                self.env._("A group of fewer than two persons hides nobody.")
            )

    @api.constrains("rgpd_warning_days")
    def _check_rgpd_warning_days(self):
        if any(not 0 <= company.rgpd_warning_days <= 365 for company in self):
            raise ValidationError(
                self.env._("The days of warning go from 0 to 365 before the end.")
            )

    @api.constrains("rgpd_night_cap", "rgpd_blackout_start", "rgpd_blackout_end")
    def _check_rgpd_night(self):
        for company in self:
            hours = (company.rgpd_blackout_start, company.rgpd_blackout_end)
            if company.rgpd_night_cap < 0 or any(not 0 <= hour <= 24 for hour in hours):
                raise ValidationError(
                    self.env._(
                        "Hours of the night go from 0 to 24, and the number of persons "
                        "is not negative."
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rgpd_night_cap = fields.Integer(related="company_id.rgpd_night_cap", readonly=False)
    rgpd_blackout_start = fields.Float(
        related="company_id.rgpd_blackout_start", readonly=False
    )
    rgpd_blackout_end = fields.Float(
        related="company_id.rgpd_blackout_end", readonly=False
    )
    rgpd_warning_days = fields.Integer(
        related="company_id.rgpd_warning_days", readonly=False
    )
    rgpd_stay_question = fields.Boolean(
        related="company_id.rgpd_stay_question", readonly=False
    )
    rgpd_group_size = fields.Integer(
        related="company_id.rgpd_group_size", readonly=False
    )
