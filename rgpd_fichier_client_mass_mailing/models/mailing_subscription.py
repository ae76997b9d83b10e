from odoo import api, models


class MailingSubscription(models.Model):
    """Leaving a list is an objection to offers by e-mail (art. 21.2 GDPR)."""

    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.filtered("opt_out").contact_id._rgpd_object()
        return subscriptions

    def write(self, vals):
        before = self.filtered("opt_out")
        result = super().write(vals)
        (self.filtered("opt_out") - before).contact_id._rgpd_object()
        return result
