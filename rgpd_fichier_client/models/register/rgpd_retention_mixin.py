from odoo import api, fields, models

from .rgpd_selection import END_ACTIONS, START_EVENTS, UNITS


class RgpdRetentionMixin(models.AbstractModel):
    """How long: a start, an active time, an archive time, an end (Art. 5.1.e)."""

    _name = "rgpd.retention.mixin"
    _description = "Retention period"

    start_event = fields.Selection(
        START_EVENTS,
        string="Counted from",
        help="The event that starts the clock. It comes from the person, not from "
        "you: mail that you send does not postpone anything.",
    )
    active_delay = fields.Integer(
        string="Active use", help="Time in the active base, open to the daily users."
    )
    active_unit = fields.Selection(UNITS, default="year", required=True)
    archive_delay = fields.Integer(
        string="Intermediate archive",
        help="Time after that, closed to daily users, because of a dispute or a legal "
        "duty that may come.",
    )
    archive_unit = fields.Selection(UNITS, default="year", required=True)
    end_action = fields.Selection(
        END_ACTIONS, string="In the end", default="delete", required=True
    )
    retention_key = fields.Char(
        string="Reference rule", help="Rule of the shipped table this one comes from."
    )
    retention_reference = fields.Char(
        string="Text for the period",
        translate=True,
        help="Law, or reference framework of the CNIL. A reference point of the CNIL "
        "is not law: you may depart from it with reasons.",
    )
    source = fields.Char(help="Where the value was read.")
    date_checked = fields.Date(string="Checked on")
    retention_text = fields.Char(string="Kept for", compute="_compute_retention_text")

    _active_delay_positive = models.Constraint(
        "CHECK(active_delay >= 0)", "A length of time cannot be negative."
    )
    _archive_delay_positive = models.Constraint(
        "CHECK(archive_delay >= 0)", "A length of time cannot be negative."
    )

    @api.depends(
        "start_event",
        "active_delay",
        "active_unit",
        "archive_delay",
        "archive_unit",
        "end_action",
    )
    @api.depends_context("lang")
    def _compute_retention_text(self):
        events, ends = self._get_event_words(), self._get_end_words()
        for rule in self:
            rule.retention_text = rule._get_retention_text(events, ends)

    def _get_retention_text(self, events, ends):
        """Put the rule in one sentence, for the sheet and for the notices."""
        self.ensure_one()
        if not self.start_event or not (self.active_delay or self.archive_delay):
            return False
        values = {
            "event": events[self.start_event],
            "active": self._get_length(self.active_delay, self.active_unit),
            "archive": self._get_length(self.archive_delay, self.archive_unit),
            "end": ends[self.end_action],
        }
        if not self.archive_delay:
            return self.env._("%(active)s %(event)s, then %(end)s", **values)
        if not self.active_delay:
            return self.env._(
                "in use, then %(archive)s in intermediate archive %(event)s, "
                "then %(end)s",
                **values,
            )
        return self.env._(
            "%(active)s %(event)s, then %(archive)s in intermediate archive, "
            "then %(end)s",
            **values,
        )

    def _get_periods(self):
        """Return the two lengths of time, as ``[(delay, unit)]``."""
        self.ensure_one()
        return [
            (self.active_delay, self.active_unit),
            (self.archive_delay, self.archive_unit),
        ]

    def _get_event_words(self):
        return {
            "collection": self.env._("from the collection"),
            "last_contact": self.env._("from the last contact of the person"),
            "relation_end": self.env._("from the end of the relationship"),
            "order": self.env._("from the order"),
            "contract_end": self.env._("from the end of the contract"),
            "delivery": self.env._("from the delivery"),
            "invoice": self.env._("from the invoice"),
            "fiscal_year_end": self.env._("from the end of the financial year"),
            "payment": self.env._("from the payment"),
            "claim_closed": self.env._("from the closing of the claim"),
            "incident": self.env._("from the incident of payment"),
            "objection": self.env._("from the objection"),
            "consent_end": self.env._("from the end of the consent"),
            "closing": self.env._("from the closing of the file"),
        }

    def _get_end_words(self):
        return {
            "delete": self.env._("deletion"),
            "anonymize": self.env._("anonymisation"),
            "archive": self.env._("definitive archive"),
            "review": self.env._("review"),
        }

    def _get_length(self, delay, unit):
        if delay == 1:
            return {
                "day": self.env._("1 day"),
                "month": self.env._("1 month"),
                "year": self.env._("1 year"),
            }[unit]
        return {
            "day": self.env._("%(count)s days", count=delay),
            "month": self.env._("%(count)s months", count=delay),
            "year": self.env._("%(count)s years", count=delay),
        }[unit]
