from odoo import api, fields, models


class ResPartner(models.Model):
    """How a person likes to be contacted, for whoever is about to contact them."""

    _inherit = "res.partner"

    rgpd_wish = fields.Char(
        string="Wish of the person",
        compute="_compute_rgpd_wish",
        groups="base.group_user",  # read with all rights, and customers read contacts
        help="From the preference page. It replaces no consent and no objection.",
    )

    @api.depends_context("company", "lang")
    def _compute_rgpd_wish(self):
        # sudo: rgpd.subject, rgpd.preference - a wish is there to be known
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        wishes = (
            self.env["rgpd.preference"]
            .sudo()
            .search(
                [
                    ("subject_id", "in", subjects.ids),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        )
        told = {wish.subject_id.res_id: wish._get_sentence() for wish in wishes}
        for partner in self:
            partner.rgpd_wish = told.get(partner.id, False)
