from odoo import api, models
from odoo.tools import SQL

from ...core.consent.fold import fold, merge_decision


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move the choices before core moves or deletes anything."""
        self._merge_rgpd_consents(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _merge_rgpd_consents(self, src_partners, dst_partner):
        """Bring the choices of several records of one person together.

        Every event is kept. Where the records contradict each other the stricter
        choice is recorded as of now, so it holds until the person speaks again.
        """
        # sudo: rgpd.subject - the evidence follows the person, whoever merges
        Subject = self.env["rgpd.subject"].sudo()
        sources = Subject._of(src_partners, create=False)
        if not sources:
            return
        target = Subject._of(dst_partner)
        target._merge_children(sources)
        events = self.env["rgpd.consent.event"].sudo()  # sudo: as above
        companies = events.search([("subject_id", "in", sources.ids)]).company_id
        stricter = {
            company: self._get_stricter_choices(sources | target, company)
            for company in companies
        }
        self._move_rgpd_events(sources, target)
        for company, decisions in stricter.items():
            self._record_stricter(dst_partner, company, decisions)
            self.env["rgpd.consent"].sudo()._refresh(sources | target, company)

    @api.model
    def _get_stricter_choices(self, subjects, company):
        """Return ``[(purpose code, channel, decision)]`` of contradicted scopes."""
        acts = self.env["rgpd.consent"].sudo()._get_acts(subjects, company)
        today = self.env["rgpd.consent.event"]._get_today()
        scopes = {
            (act.purpose, act.channel)
            for their_acts in acts.values()
            for act in their_acts
        }
        decisions = []
        for purpose, channel in sorted(scopes, key=str):
            choices = [
                fold(their_acts, purpose, channel, today)
                for their_acts in acts.values()
            ]
            decision = merge_decision(choices)
            if decision:
                decisions.append((purpose, channel, decision))
        return decisions

    @api.model
    def _move_rgpd_events(self, sources, target):
        """Move the link to the person, the one column the triggers let through."""
        self.env["rgpd.consent.event"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_consent_event SET subject_id = %s "
                "WHERE subject_id = ANY(%s)",
                target.id,
                list(sources.ids),
            )
        )
        self.env["rgpd.consent.event"].invalidate_model(["subject_id"])

    @api.model
    def _record_stricter(self, partner, company, decisions):
        """Record each stricter choice as an act of the software."""
        for purpose, channel, decision in decisions:
            if decision == "given":
                continue
            self.env["rgpd.consent"]._record(
                partner,
                purpose,
                channel,
                decision,
                method="merge",
                collection_point="system",
                company=company,
                actor="system",
            )
