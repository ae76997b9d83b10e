from odoo import models
from odoo.fields import Domain


class RgpdConsentEvent(models.Model):
    """What the printed proof of a choice says besides the choice itself (Art. 7.1)."""

    _inherit = "rgpd.consent.event"

    def _get_history(self):
        """Return what the person decided on the same matter, this choice included.

        What is about everything is about this too, in both directions.
        """
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= (
            Domain("subject_id", "=", self.subject_id.id)
            if self.subject_id
            else Domain("subject_uid", "=", self.subject_uid)
        )
        if self.purpose_code:
            domain &= Domain("purpose_code", "in", (self.purpose_code, False))
        if self.channel != "all":
            domain &= Domain("channel", "in", (self.channel, "all"))
        domain &= Domain("decision", "not in", ("unreachable", "reachable"))
        return self.search(domain, order="moment, id")

    def _is_journalled(self):
        """Tell whether the sealed journal knows this choice as it is here."""
        self.ensure_one()
        # sudo: evidence - the answer is yes or no only
        event = self.sudo()
        return self._get_journalled(event).get(event.uid) == event.digest
