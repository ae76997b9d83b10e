import logging

from odoo import api, fields, models

from odoo.addons.rgpd_fichier_client.core.request import restriction
from odoo.addons.rgpd_fichier_client.models.consent.rgpd_short_link import (
    PATH as WAY_OUT,
)
from odoo.addons.rgpd_fichier_client.models.request.res_partner_restriction import (
    RIGHTS,
)

_logger = logging.getLogger(__name__)


# States of an SMS that the provider took
LEFT = ("process", "pending", "sent")


class SmsSms(models.Model):
    """An SMS of marketing: asked about again when it leaves, and signed as such."""

    _inherit = "sms.sms"

    failure_type = fields.Selection(
        selection_add=[("rgpd_blocked", "May not be contacted (GDPR)")],
        ondelete={"rgpd_blocked": "set null"},
    )
    rgpd_purpose_code = fields.Char(
        string="Purpose",
        readonly=True,
        copy=False,
        help="Purpose for which the person may get this SMS; empty for an SMS that "
        "serves an order or a duty.",
    )
    rgpd_verdict_code = fields.Char(
        string="Contact check",
        readonly=True,
        copy=False,
        help="Answer of the contact check when the SMS was written, or when it was "
        "stopped.",
    )
    rgpd_sentence = fields.Char(
        string="Why",
        compute="_compute_rgpd_sentence",
        help="Why the person got the SMS, or did not.",
    )
    rgpd_company_id = fields.Many2one(
        "res.company", string="Controller", readonly=True, ondelete="set null"
    )
    rgpd_res_model = fields.Char(string="Written to (model)", readonly=True, copy=False)
    rgpd_res_id = fields.Many2oneReference(
        string="Written to",
        model_field="rgpd_res_model",
        readonly=True,
        copy=False,
        help="The contact, order or lead the SMS was written to.",
    )

    rgpd_information_id = fields.Many2one(
        "rgpd.information",
        string="Notice of Art. 14",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The person is told by this SMS once it has left.",
    )
    rgpd_is_notice = fields.Boolean(
        string="Nothing but the notice",
        readonly=True,
        copy=False,
        help="It need not leave once the person was told otherwise.",
    )

    # === COMPUTE METHODS === #

    @api.depends("rgpd_verdict_code")
    @api.depends_context("lang")
    def _compute_rgpd_sentence(self):
        sentences = self.env["rgpd.contact.sentence"]
        for sms in self:
            code = sms.rgpd_verdict_code
            sms.rgpd_sentence = sentences._get(code) if code else False

    # === SENDING === #

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Stop the SMS of who said no since it was written (art. 21.3 GDPR)."""
        marketing = self.filtered("rgpd_purpose_code")
        stopped = marketing._rgpd_stop_refused()
        stopped |= (self - marketing)._rgpd_stop_restricted()
        leaving = self - stopped
        if not leaving:
            return None
        leaving._rgpd_add_notices()
        (leaving & marketing)._rgpd_sign()
        result = super(SmsSms, leaving)._send(
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )
        leaving._rgpd_note_sent()
        return result

    def _rgpd_note_sent(self):
        """Record what follows from the SMS that have left; never raises.

        A fault would take back that they left, and they would be sent again.
        """
        try:
            with self.env.cr.savepoint():
                sent = self.filtered(lambda sms: sms.state in LEFT)
                sent._rgpd_note_contacts()
                # sudo: rgpd.information - sent by whoever has no rights
                for sms in sent.sudo().filtered("rgpd_information_id"):
                    sms.rgpd_information_id._note_sms(sms.uuid)
        except Exception as error:  # noqa: BLE001 - the SMS have left
            _logger.warning(
                "What follows from %s SMS could not be recorded: %s",
                len(self),
                type(error).__name__,
            )

    def _rgpd_note_contacts(self):
        """Record that the persons were contacted (Art. 14.3.b GDPR)."""
        if not self:
            return
        persons = self._rgpd_find_persons()
        ids = {}
        for sms in self:
            company = sms._rgpd_company()
            for model, res_id in persons[sms.id]:
                ids.setdefault((company, model), set()).add(res_id)
        rows = self.env["rgpd.information"]
        for (company, model), res_ids in ids.items():
            records = self.env[model].browse(res_ids).exists()
            partners = self.env["rgpd.contact.gate"]._get_partners(records)
            known = self.env["res.partner"].browse(set(partners.values()))
            rows._note_contacts(known, company)
            if model in self.env["rgpd.data.map"]._get_anchor_models():
                rows._note_contacts(
                    records.browse(set(records.ids) - set(partners)), company
                )

    def _rgpd_stop_refused(self):
        """Cancel the SMS that may not leave any more, and return them."""
        stopped = self.browse()
        groups = self.grouped(
            lambda sms: (sms.rgpd_res_model, sms.rgpd_purpose_code, sms.rgpd_company_id)
        )
        for (model, code, company), messages in groups.items():
            records = messages._rgpd_get_records(model)
            verdicts = (
                self.env["rgpd.contact.gate"]._check(
                    records, code, "sms", company or self.env.company
                )
                if records is not None
                else {}
            )
            for sms in messages:
                verdict = verdicts.get(sms.rgpd_res_id)
                if verdict is None or not verdict["allowed"]:
                    sms._rgpd_cancel(verdict["code"] if verdict else "person_missing")
                    stopped |= sms
        return stopped

    def _rgpd_get_records(self, model):
        """Return the records of a model that these SMS were written to, or ``None``."""
        if model not in self.env:
            return None
        return self.env[model].browse(set(self.mapped("rgpd_res_id")) - {0})

    def _rgpd_stop_restricted(self):
        """Cancel the SMS to persons whose data may only be stored (art. 18 GDPR).

        The handling of their rights is free to reach them.
        """
        stopped = self.browse()
        if self.env.context.get("rgpd_rights") is RIGHTS:
            return stopped
        persons = self._rgpd_find_persons()
        for company, messages in self.grouped(lambda sms: sms._rgpd_company()).items():
            restricted = self._rgpd_get_restricted(
                set().union(*(persons[sms.id] for sms in messages)), company
            )
            for sms in messages:
                if not persons[sms.id].isdisjoint(restricted):
                    sms._rgpd_cancel(restriction.CODE)
                    stopped |= sms
        return stopped

    def _rgpd_company(self):
        """Return the company that sends one SMS."""
        return (
            self.rgpd_company_id
            or self.mail_message_id.record_company_id
            or self.env.company
        )

    def _rgpd_find_persons(self):
        """Return ``{sms id: {(model, id)}}``; a number alone leads to who has it."""
        found = {sms.id: sms._rgpd_get_persons() for sms in self}
        alone = self.filtered(lambda sms: sms.number and not found[sms.id])
        if alone:
            numbers = self.env["rgpd.contact.number"]._get_persons(
                alone.mapped("number")
            )
            found |= {sms.id: set(numbers.get(sms.number, ())) for sms in alone}
        return found

    @api.model
    def _rgpd_get_restricted(self, persons, company):
        """Return those of the ``{(model, id)}`` whose use is restricted."""
        ids_by_model = {}
        for model, res_id in persons:
            ids_by_model.setdefault(model, []).append(res_id)
        gate = self.env["rgpd.contact.gate"]
        return {
            (model, res_id)
            for model, ids in ids_by_model.items()
            for res_id in gate._get_restricted(self.env[model].browse(ids), company)
        }

    def _rgpd_get_persons(self):
        """Return the ``{(model, id)}`` of the records one SMS is written to."""
        message = self.mail_message_id
        found = {
            ("res.partner", self.partner_id.id),
            (message.model, message.res_id),
            (self.rgpd_res_model, self.rgpd_res_id),
        }
        return {
            (model, res_id) for model, res_id in found if res_id and model in self.env
        }

    def _rgpd_cancel(self, code):
        """Cancel one SMS, with the reason."""
        self.ensure_one()
        # A notification knows no such reason: it is cancelled without type.
        self._update_sms_state_and_trackers("canceled")
        self.write({"failure_type": "rgpd_blocked", "rgpd_verdict_code": code})

    # === WHAT LEAVES === #

    def _rgpd_sign(self):
        """Add who writes and the way out, just before they leave (L. 34-5 CPCE).

        Safe to call twice: what failed is sent again. The history keeps the text
        without the link, which is the person's own.
        """
        unsigned = self.filtered(lambda sms: WAY_OUT not in (sms.body or ""))
        groups = unsigned.grouped(
            lambda sms: (sms.rgpd_res_model, sms.rgpd_company_id or self.env.company)
        )
        for (model, company), messages in groups.items():
            urls = self._rgpd_get_urls(messages._rgpd_get_records(model), company)
            for sms in messages:
                if url := urls.get(sms.rgpd_res_id):
                    sms.body = (sms.body or "") + self._rgpd_get_ending(company, url)

    @api.model
    def _rgpd_get_ending(self, company, url):
        """Return the end of an SMS of marketing: who writes, and the way out."""
        # sudo: res.company - the sender introduces itself
        return f"\n{company.sudo().name} - STOP {url}"

    @api.model
    def _rgpd_get_sample_ending(self, company):
        """Return an end as long as that of a person, for the count of characters."""
        links = self.env["rgpd.short.link"]
        return self._rgpd_get_ending(company, links._get_sample_url(company))

    @api.model
    def _rgpd_get_urls(self, records, company):
        """Return ``{res_id: link by which the person objects to SMS}``."""
        links = self.env["rgpd.short.link"]
        partners = self.env["rgpd.contact.gate"]._get_partners(records)
        persons = self.env["res.partner"].browse(set(partners.values()))
        of_partners = links._get_urls(persons, company)
        urls = {
            res_id: of_partners.get(partner_id)
            for res_id, partner_id in partners.items()
        }
        anchors = records.browse(set(records.ids) - set(partners))
        if records._name in self.env["rgpd.data.map"]._get_anchor_models():
            urls |= links._get_urls(anchors, company)
        return urls
