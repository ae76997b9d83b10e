from odoo import api, models


class RgpdContactSentence(models.AbstractModel):
    _inherit = "rgpd.contact.sentence"

    @api.model
    def _get_sentences(self):
        return super()._get_sentences() | {
            "number_unknown": self.env._(
                "Nobody in the file has this number: no consent can be proved."
            ),
        }
