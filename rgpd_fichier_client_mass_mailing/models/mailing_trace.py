from odoo import api, fields, models


class MailingTrace(models.Model):
    """What became of each recipient, those who were left out included."""

    _inherit = "mailing.trace"

    failure_type = fields.Selection(
        selection_add=[("rgpd_blocked", "May not be contacted (GDPR)")],
        ondelete={"rgpd_blocked": "set null"},
    )
    rgpd_code = fields.Char(
        string="Contact check",
        readonly=True,
        help="Answer of the contact check when the mailing was sent.",
    )
    rgpd_sentence = fields.Char(
        string="Why",
        compute="_compute_rgpd_sentence",
        help="Why the person got the message, or did not.",
    )

    @api.depends("rgpd_code")
    @api.depends_context("lang")
    def _compute_rgpd_sentence(self):
        sentences = self.env["rgpd.contact.sentence"]
        known = {code: sentences._get(code) for code in set(self.mapped("rgpd_code"))}
        for trace in self:
            trace.rgpd_sentence = known[trace.rgpd_code] if trace.rgpd_code else False

    def set_bounced(self, domain=None, bounce_message=False):
        """Keep in the journal that the address of a person does not work any more.

        Accuracy, art. 5.1.d GDPR. The journal names the person by their number.
        """
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        traces._rgpd_journal_bounce()
        return traces

    def _rgpd_journal_bounce(self):
        # sudo: rgpd.journal - the mail gateway has no rights of its own
        journal = self.env["rgpd.journal"].sudo()
        for trace in self:
            record = trace._rgpd_get_person()
            if record:
                journal._record(
                    "contact.bounced",
                    record,
                    {
                        "channel": trace._rgpd_get_channel(),
                        "mailing": trace.mass_mailing_id.id,
                    },
                    company=trace.mass_mailing_id.rgpd_company_id or self.env.company,
                )

    def _rgpd_get_person(self):
        """Return the person one message was for, empty when they have gone."""
        self.ensure_one()
        if self.model not in self.env:
            return self.env["res.partner"]
        record = self.env[self.model].browse(self.res_id).exists()
        return self.env["rgpd.contact.person"]._of(record) if record else record

    def _rgpd_may_track(self):
        """Return the traces of those who consented to be followed (art. 82 LIL)."""
        allowed = self.browse()
        groups = self.grouped(
            lambda trace: (
                trace.model,
                trace.mass_mailing_id.rgpd_company_id,
                trace._rgpd_get_tracking_purpose(),
            )
        )
        for (model, company, purpose), traces in groups.items():
            if model not in self.env:
                continue
            verdicts = self.env["rgpd.contact.gate"]._check(
                self.env[model].browse(set(traces.mapped("res_id"))),
                purpose,
                "tracking",
                company or self.env.company,
            )
            allowed |= traces.filtered(
                lambda trace, verdicts=verdicts: verdicts[trace.res_id]["allowed"]
            )
        return allowed

    # === HOOKS === #

    def _rgpd_get_channel(self):
        """Return the channel by which one message left."""
        return "email"

    def _rgpd_get_tracking_purpose(self):
        """Return the purpose whose consent lets one message be followed."""
        return "mail_tracking"
