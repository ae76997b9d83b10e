from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _post_model_setup__(self):
        """Let what users inherit of the retention not follow the contact's fields.

        Odoo asks after each of these dependencies when a contact is created. They say
        nothing: the fields of the contact depend on no field, so nobody marks them as
        changed.
        """
        result = super()._post_model_setup__()
        partners = self.env["res.partner"]
        for name, field in self._fields.items():
            if not (name.startswith("rgpd_") and field.inherited):
                continue
            source = partners._fields[name]
            if source.store or source.inverse or source.get_depends(partners)[0]:
                continue
            _depends, depends_context = field.get_depends(self)
            # Another contact is another value
            field._depends = (field.related.partition(".")[0],)
            field._depends_context = tuple(depends_context)
        return result

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
