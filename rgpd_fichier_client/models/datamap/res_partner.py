from odoo import models

from .contact_index import get_contact_index
from .later_index import LaterIndex


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What persons are looked up by: without them each look-up reads the whole table. No
    # condition: the planner would have to prove it in each statement. That of addresses
    # takes any length, where a tree refuses to save a text of thousands of signs
    _rgpd_email_idx = LaterIndex("USING hash (email_normalized)")
    _rgpd_phone_idx = LaterIndex("(phone_sanitized)")
    _rgpd_keys_idx = LaterIndex(get_contact_index())

    def unlink(self):
        """Retire the person's row: its uid stays in the evidence."""
        subjects = self.env["rgpd.subject"]._of(self, create=False)
        result = super().unlink()
        # sudo: rgpd.subject - whoever may delete the contact causes this
        subjects.sudo().filtered("active").write({"active": False})
        return result

    # === ACTION METHODS === #

    def action_rgpd_lookup(self):
        """Open the lookup on this contact: everything held about the person."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "rgpd_fichier_client.rgpd_person_lookup_action"
        )
        return action | {"params": {"anchors": [[self._name, self.id]]}}

    def action_privacy_lookup(self):
        """Open the lookup of this add-on for officers, instead of that of Odoo.

        Odoo's module `privacy_lookup` comes with Discuss and has a button for it; it
        misses phones, tracking values and files, and reads every table.
        """
        if self.env.user.has_group("rgpd_fichier_client.group_rgpd_officer"):
            return self.action_rgpd_lookup()
        return super().action_privacy_lookup()
