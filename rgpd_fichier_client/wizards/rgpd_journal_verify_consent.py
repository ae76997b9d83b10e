from odoo import fields, models


class RgpdJournalVerify(models.TransientModel):
    """The recorded choices are verified with the journal that vouches for them."""

    _inherit = "rgpd.journal.verify"

    fault = fields.Selection(
        selection_add=[
            (
                "event",
                "A recorded choice is not what the journal says of it: it was changed"
                " or added afterwards.",
            )
        ]
    )
    event_count = fields.Integer("Choices verified", readonly=True)
    broken_event_uid = fields.Char("First changed choice (number)", readonly=True)
    broken_event_id = fields.Many2one(
        "rgpd.consent.event",
        "First changed choice",
        readonly=True,
        ondelete="set null",
    )

    def _prepare_result_vals(self, report):
        """Look at the choices too; a broken journal is told first."""
        vals = super()._prepare_result_vals(report)
        # sudo: evidence - the auditor checks the choices of every company
        events = self.env["rgpd.consent.event"].sudo()
        broken = events._verify()
        vals |= {
            "event_count": events.search_count([]),
            "broken_event_id": broken.id,
            "broken_event_uid": broken.uid,
        }
        if broken and not vals["fault"]:
            vals |= {"state": "broken", "fault": "event"}
        return vals
