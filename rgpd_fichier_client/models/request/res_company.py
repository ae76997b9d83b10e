from odoo import fields, models


class ResCompany(models.Model):
    """What the company decides about its answers to requests."""

    _inherit = "res.company"

    rgpd_backup_days = fields.Integer(
        string="Backups are kept for (days)",
        default=30,
        help="Told to persons whose data are erased: the day after which the last "
        "backup that still holds them is gone.",
        prefetch="rgpd",
    )
    rgpd_erasure_grace_days = fields.Integer(
        string="Days before a requested erasure",
        default=0,
        help="During these days the person may change their mind; then the erasure is "
        "carried out by itself. 0: at once. The month to answer goes on meanwhile.",
        prefetch="rgpd",
    )

    rgpd_copy_link_days = fields.Integer(
        string="Days a link to the copy is good",
        default=7,
        help="How long the person may fetch the copy of their data by the link they "
        "were sent; it is good once. A new link can be sent at any time.",
        prefetch="rgpd",
    )

    _rgpd_copy_link_days_range = models.Constraint(
        "CHECK(rgpd_copy_link_days BETWEEN 1 AND 30)",
        "A link to a copy is good for 1 to 30 days: the person needs time, and what"
        " lies open for long is found by others (Art. 32 GDPR).",
    )
    _rgpd_erasure_grace_days_range = models.Constraint(
        "CHECK(rgpd_erasure_grace_days BETWEEN 0 AND 25)",
        "A requested erasure waits 25 days at most: the person has an answer within one"
        " month (Art. 12.3 GDPR).",
    )
    _rgpd_backup_days_positive = models.Constraint(
        "CHECK(rgpd_backup_days >= 0)", "The number of days cannot be negative."
    )
