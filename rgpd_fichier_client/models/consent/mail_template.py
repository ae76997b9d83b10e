from odoo import api, fields, models


class MailTemplate(models.Model):
    """Tells whoever writes a template which of its offers would never be sent."""

    _inherit = "mail.template"

    rgpd_block_warning = fields.Char(compute="_compute_rgpd_block_warning")

    @api.depends("body_html")
    def _compute_rgpd_block_warning(self):
        blocks = self.env["rgpd.marketing.block"]
        for template in self:
            without, unknown = blocks._get_mistakes(template.body_html)
            sentences = []
            if without:
                sentences.append(
                    self.env._(
                        "%(count)s offer(s) without purpose are never sent.",
                        count=without,
                    )
                )
            if unknown:
                sentences.append(
                    self.env._(
                        "The register knows no such purpose: %(codes)s.",
                        codes=", ".join(unknown),
                    )
                )
            template.rgpd_block_warning = " ".join(sentences)
