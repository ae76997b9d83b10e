from odoo import models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Take the persons out of the archive first: they are worked on.

        A merge deletes the rows that archived values came from. It erases nobody, so
        the ledger is not told; the journal is.

        :raise UserError: one of them stands for erased customers
        """
        self.env["rgpd.stand.in"]._check_merge(src_partners | dst_partner)
        # sudo: rgpd.subject - whoever may merge contacts causes this
        subjects = self.env["rgpd.subject"].sudo()
        sources = subjects._of(src_partners)
        survivor = subjects._of(dst_partner)
        self.env["rgpd.vault"]._of(sources | survivor)._restore("merge")
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["rgpd.journal"]._record_many(
            "person.merged",
            [(subject.uid, {"into": survivor.uid}) for subject in sources - survivor],
            survivor.company_id or None,
        )
        return result
