from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class RgpdPurposeLabelMixin(models.AbstractModel):
    """An act or a choice whose purpose is empty is about all of them.

    An objection to everything (art. 21.2 GDPR) names no purpose: lists and counts say
    so, instead of leaving the most important line blank.
    """

    _name = "rgpd.purpose.label.mixin"
    _description = "Label of the Purpose, or of All of Them"

    purpose_id = fields.Many2one(
        "rgpd.purpose",
        ondelete="restrict",
        index="btree_not_null",
        falsy_value_label=_lt("All purposes"),  # pylint: disable=translation-field
    )
    purpose_label = fields.Char(
        string="Purposes", compute="_compute_purpose_label", exportable=False
    )

    @api.depends("purpose_id")
    @api.depends_context("lang")
    def _compute_purpose_label(self):
        for record in self:
            record.purpose_label = record.purpose_id.name or self.env._("All purposes")
