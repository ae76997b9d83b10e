from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _deactivate_portal_user(self, **post):
        """Write in the journal that a person closed their own account.

        Odoo deletes the account later, and the contact when nothing refers to it: the
        ledger is told then.
        """
        # sudo: rgpd.subject - the person themself has no right on it
        subjects = self.env["rgpd.subject"].sudo()._of(self.sudo().partner_id)
        result = super()._deactivate_portal_user(**post)
        self.env["rgpd.journal"]._record_many(
            "person.account_closed", [(subject.uid, {}) for subject in subjects]
        )
        return result
