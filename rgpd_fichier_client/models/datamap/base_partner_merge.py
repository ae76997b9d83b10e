from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep the persons of the merged contacts as aliases of the one that stays.

        Evidence names a person by uid: the uids of the sources must go on leading to
        somebody.
        """
        # sudo: rgpd.subject - whoever may merge contacts causes this
        subjects = self.env["rgpd.subject"].sudo()
        survivor = subjects._of(dst_partner)
        aliases = subjects._of(src_partners) - survivor
        aliases.write({"merged_into_id": survivor.id, "active": False})
        return super()._update_foreign_keys(src_partners, dst_partner)
