import logging

from odoo import api, fields, models

from odoo.addons.rgpd_fichier_client.core.datamap import normalise
from odoo.addons.rgpd_fichier_client.models.datamap.later_index import LaterIndex
from odoo.addons.rgpd_fichier_client.models.datamap.rgpd_person_finder_query import (
    NOT_PLAIN,
)

_logger = logging.getLogger(__name__)


class MailingTrace(models.Model):
    """What became of each recipient, those who were left out included."""

    _inherit = "mailing.trace"

    # Many rows, and Odoo has no index on whom they are about
    _rgpd_email_idx = LaterIndex("(lower(email)) WHERE email IS NOT NULL")
    _rgpd_more_emails_idx = LaterIndex(f"(id) WHERE email ~ '{NOT_PLAIN}'")
    _rgpd_record_idx = LaterIndex("(res_id, model)")

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
        """Record that the address of a person does not work any more.

        Accuracy, art. 5.1.d GDPR; what the person agreed to stays as it is.
        """
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        traces.filtered(lambda trace: trace.trace_type == "mail")._rgpd_record_bounce()
        return traces

    def _rgpd_record_bounce(self):
        """Record the event of each person; the mail gateway goes on in any case."""
        bounces = self.env["rgpd.contact.bounce"]
        for trace in self:
            company = trace.mass_mailing_id.rgpd_company_id or self.env.company
            try:
                with self.env.cr.savepoint():
                    # sudo: anchors - the mail gateway has no rights of its own
                    record = trace.sudo()._rgpd_get_person()
                    # The address may have been corrected since the mail left
                    if record and trace._rgpd_is_address_of(record):
                        bounces._record(record, "unreachable", company)
            except Exception as error:  # noqa: BLE001 - the bounce is noted by Odoo
                _logger.warning(
                    "The bounce of trace %s could not be recorded: %s",
                    trace.id,
                    type(error).__name__,
                )

    def _rgpd_is_address_of(self, record):
        """Tell whether the mail was sent to the address the person has today."""
        emails = self.env["rgpd.contact.address"]._read_emails(record)
        return emails[:1] == tuple(normalise.emails(self.email)[:1])

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

    def _rgpd_get_tracking_purpose(self):
        """Return the purpose whose consent lets one message be followed."""
        return "mail_tracking"
