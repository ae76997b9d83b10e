from odoo import api, fields, models


class RgpdRenewalLine(models.Model):
    """One consent that ends: its person is asked once, or left out for a reason."""

    _name = "rgpd.renewal.line"
    _description = "Consent to Renew"
    _order = "state desc, id"
    _rec_name = "event_id"

    renewal_id = fields.Many2one(
        "rgpd.renewal", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="renewal_id.company_id", store=True, index=True, precompute=True
    )
    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", ondelete="set null", index="btree_not_null"
    )
    event_id = fields.Many2one(
        "rgpd.consent.event",
        string="Consent",
        required=True,
        ondelete="cascade",
        index=True,
    )
    purpose_id = fields.Many2one(related="event_id.purpose_id")
    channel = fields.Selection(related="event_id.channel")
    expires_on = fields.Date(related="event_id.expires_on")
    state = fields.Selection(
        [("waiting", "To ask"), ("asked", "Was asked"), ("excluded", "Left out")],
        required=True,
        readonly=True,
    )
    code = fields.Char(string="Reason code", readonly=True)
    sentence = fields.Char(
        string="Why", compute="_compute_sentence", help="Why the person is left out."
    )
    asked_on = fields.Datetime(readonly=True)
    answer = fields.Selection(
        [
            ("none", "No answer"),
            ("yes", "Agreed again"),
            ("no", "Refused"),
            ("ended", "Ended without answer"),
        ],
        compute="_compute_answer",
        help="Silence is a no: the consent ends on its day.",
    )

    # One message only, whichever campaign it comes from
    _asked_unique = models.UniqueIndex("(event_id) WHERE state = 'asked'")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_sentence(self):
        sentences = self.env["rgpd.contact.sentence"]
        known = {
            code: sentences._get(code) for code in set(self.mapped("code")) if code
        }
        for line in self:
            line.sentence = known.get(line.code, False)

    @api.depends("state", "asked_on")
    def _compute_answer(self):
        """Read the choice in force of the person about the same thing."""
        # sudo: rgpd.consent - only whether they answered
        rows = (
            self.env["rgpd.consent"]
            .sudo()
            .search([("subject_id", "in", self.subject_id.ids)])
        )
        current = {
            (row.subject_id, row.company_id, row.purpose_code, row.channel): row
            for row in rows
        }
        today = self.env["rgpd.consent.event"]._get_today()
        for line in self:
            event = line.sudo().event_id
            key = (line.subject_id, event.company_id, event.purpose_code, event.channel)
            line.answer = (
                line._read_answer(current.get(key), today)
                if line.state == "asked"
                else False
            )

    def _read_answer(self, row, today):
        is_new = row and row.event_id != self.event_id
        if is_new and row.status in ("given", "pending"):
            return "yes"
        if is_new and row.status != "expired":
            return "no"
        end = self.expires_on
        return "ended" if end and end < today else "none"
