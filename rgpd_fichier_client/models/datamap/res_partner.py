from odoo import models

from .digits_index import get_digits_index
from .later_index import LaterIndex
from .rgpd_words import get_words_index


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What persons are looked up by: without them each look-up reads the whole table
    _rgpd_email_idx = LaterIndex(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    # A second address is in no other index; few contacts have one
    _rgpd_second_idx = LaterIndex("(id) WHERE email ~ '[,;]'")
    _rgpd_phone_idx = LaterIndex("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    # Numbers are compared by their end, whatever spelling Odoo left them in
    _rgpd_digits_idx = LaterIndex(get_digits_index())
    _rgpd_words_idx = LaterIndex(get_words_index(("name",)))

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
