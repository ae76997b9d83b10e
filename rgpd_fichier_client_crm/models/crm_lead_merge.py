from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        """Keep what merged leads know of the person with the one that stays."""
        result = super()._merge_dependences(opportunities)
        opportunities._rgpd_give_holds(self)
        self._rgpd_take_contact(opportunities)
        # sudo: rgpd.access.log - whoever may merge leads causes this (Art. 15)
        log = self.env["rgpd.access.log"].sudo()
        log.search(
            [("model", "=", self._name), ("res_id", "in", opportunities.ids)]
        ).write({"res_id": self.id})
        return result

    def _rgpd_give_holds(self, heir=None):
        """Let what is in dispute stay held when these leads go (Art. 17.3 e).

        :param heir: lead that takes their place
        :raise UserError: nobody takes the place of one that is held
        """
        # sudo: rgpd.subject, rgpd.hold - whoever may delete leads causes this
        subjects_sudo = self.env["rgpd.subject"].sudo()
        holds_sudo = self.env["rgpd.hold"].sudo()
        known = subjects_sudo._of(self, create=False)
        if not known:
            return
        held = holds_sudo.search([("subject_id", "in", known.ids)])
        for subject, holds in held.grouped("subject_id").items():
            lead = self.browse(subject.res_id)
            partner = lead.partner_id or (heir and heir.partner_id)
            if partner:
                holds.write({"partner_id": partner.id, "subject_id": False})
            elif heir:
                holds.subject_id = subjects_sudo._of(heir)
            elif holds.filtered(lambda hold: hold.state == "on"):
                raise UserError(
                    self.env._(
                        "A hold suspends the erasure of %(lead)s: lift it first.",
                        lead=lead.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self._rgpd_give_holds()

    def _rgpd_take_contact(self, opportunities):
        """Let the one that stays be entered on the day of the last one (R01).

        That the person came again is a contact from them: without its day the merged
        lead would be erased too early, and so would they. Messages and orders move with
        it, the day of entry alone would go with the row. In SQL: the ORM writes no day
        of creation.
        """
        last = max(opportunities.mapped("create_date"), default=self.create_date)
        if last <= self.create_date:
            return
        self.env.cr.execute(
            SQL("UPDATE crm_lead SET create_date = %s WHERE id = %s", last, self.id)
        )
        self.invalidate_recordset(["create_date"], flush=False)
