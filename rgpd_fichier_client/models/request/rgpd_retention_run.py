from odoo import fields, models


class RgpdRetentionRun(models.Model):
    _inherit = "rgpd.retention.run"

    minimised_count = fields.Integer(
        string="Requests minimised",
        readonly=True,
        help="Requests of persons whose own period is over: names, words and letters "
        "are gone, figures and digests stay.",
    )
