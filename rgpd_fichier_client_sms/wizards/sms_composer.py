from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.rgpd_fichier_client.core.request import restriction
from odoo.addons.rgpd_fichier_client.models.request.res_partner_restriction import (
    RIGHTS,
)
from odoo.addons.rgpd_fichier_client.wizards.mail_compose_message import SERVICE_MODELS


class SmsComposer(models.TransientModel):
    """An SMS written to a list of contacts, orders or leads: marketing or not?"""

    _name = "sms.composer"
    _inherit = ["sms.composer", "rgpd.marketing.mixin"]

    rgpd_is_list = fields.Boolean(
        string="To several people", compute="_compute_rgpd_is_list"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("res_model") in SERVICE_MODELS:
            values.setdefault("rgpd_kind", "service")
        return values

    # === COMPUTE METHODS === #

    @api.depends("composition_mode", "res_ids")
    def _compute_rgpd_is_list(self):
        """A list is what goes out in batch, or to several records at once."""
        for composer in self:
            composer.rgpd_is_list = composer.composition_mode == "mass" or (
                composer.composition_mode == "comment" and composer.res_ids_count > 1
            )

    @api.depends("res_model", "res_id", "res_ids", "composition_mode")
    def _compute_rgpd_report(self):
        return super()._compute_rgpd_report()

    # === ACTIONS === #

    def action_send_sms(self):
        """Ask what the SMS is about before it goes to many people.

        :raise UserError: nobody said it, or the one person is restricted
        """
        if self.rgpd_is_list and not self.rgpd_kind:
            raise UserError(
                self.env._(
                    "Say whether this SMS holds offers or is about an order, a "
                    "contract or a duty."
                )
            )
        if not self.rgpd_is_list:
            self._rgpd_check_unrestricted()
        return super().action_send_sms()

    def _action_send_sms(self):
        """Send marketing in batch: each person has an answer of their own."""
        if not self._rgpd_is_marketing():
            return super()._action_send_sms()
        self._rgpd_check_purpose()
        if self.composition_mode == "mass":
            return super()._action_send_sms()
        self.mass_force_send = True
        return self._action_send_sms_mass(self._get_records())

    # === BUSINESS METHODS === #

    @api.model
    def _rgpd_get_channel(self):
        return "sms"

    def _rgpd_is_marketing(self):
        """One person may be written to about anything they asked."""
        return super()._rgpd_is_marketing() and self.rgpd_is_list

    def _rgpd_get_recipients(self):
        if not self.rgpd_is_list or self.res_model not in self.env:
            return self.env["res.partner"]
        return self._get_records()

    def _rgpd_get_plan(self):
        """Return ``(purpose codes, company)`` of marketing, ``None`` for the rest."""
        self.ensure_one()
        if not self._rgpd_is_marketing():
            return None
        codes = self.env["rgpd.contact.report"]._get_codes(self.rgpd_purpose_ids)
        return codes, self.rgpd_company_id or self.env.company

    def _rgpd_check_unrestricted(self):
        """Refuse an SMS to somebody whose data may only be stored.

        :raise UserError: art. 18 GDPR
        """
        records = self._get_records()
        if not records or self.env.context.get("rgpd_rights") is RIGHTS:
            return
        company = self.rgpd_company_id or self.env.company
        if self.env["rgpd.contact.gate"]._get_restricted(records, company):
            raise UserError(
                self.env._(
                    "The use of this person's data is restricted (art. 18 GDPR): "
                    "the SMS is not sent."
                )
            )

    def _prepare_mass_sms_values(self, records):
        """Cancel the SMS of those the gate does not allow, and say why."""
        result = super()._prepare_mass_sms_values(records)
        plan = self._rgpd_get_plan()
        if plan is None:
            self._rgpd_cancel_restricted(records, result)
            return result
        codes, company = plan
        verdicts = self._rgpd_check_values(records, result, codes, company)
        for res_id, values in result.items():
            values["rgpd_res_model"] = records._name
            values["rgpd_res_id"] = res_id
            self._rgpd_mark(values, verdicts.get(res_id), company)
        return result

    def _rgpd_cancel_restricted(self, records, sms_values):
        """Cancel the SMS about an order to those whose data may only be stored."""
        if self.env.context.get("rgpd_rights") is RIGHTS:
            return
        company = self.rgpd_company_id or self.env.company
        for res_id in self.env["rgpd.contact.gate"]._get_restricted(records, company):
            self._rgpd_stop(sms_values[res_id], restriction.CODE)

    def _rgpd_check_values(self, records, sms_values, codes, company):
        """Return the verdicts on the records and on whoever gets their SMS."""
        gate = self.env["rgpd.contact.gate"]
        verdicts = gate._check_any(records, codes, "sms", company)
        partners = gate._get_partners(records)
        others = {
            res_id: values["partner_id"]
            for res_id, values in sms_values.items()
            if values["partner_id"]
            and (records._name, res_id) != ("res.partner", values["partner_id"])
            and partners.get(res_id) != values["partner_id"]
        }
        persons = self.env["res.partner"].browse(set(others.values()))
        of_others = gate._check_any(persons, codes, "sms", company)
        for res_id, partner_id in others.items():
            if not of_others[partner_id]["allowed"]:
                verdicts[res_id] = of_others[partner_id]
        return verdicts

    @api.model
    def _rgpd_mark(self, values, verdict, company):
        """Write the verdict in the values of an SMS, and stop it if need be."""
        code = verdict["code"] if verdict else "no_purpose"
        # Kept on what is stopped too: it is asked about again if somebody retries
        values["rgpd_purpose_code"] = verdict["purpose"] if verdict else "no_purpose"
        values["rgpd_verdict_code"] = code
        values["rgpd_company_id"] = company.id
        if not (verdict and verdict["allowed"]):
            self._rgpd_stop(values, code)

    @api.model
    def _rgpd_stop(self, values, code):
        values.update(
            state="canceled", failure_type="sms_optout", rgpd_verdict_code=code
        )

    def _filter_out_and_handle_revoked_sms_values(self, sms_values_all):
        """Keep who is left out as a cancelled SMS: nothing in their history."""
        values = super()._filter_out_and_handle_revoked_sms_values(sms_values_all)
        left_out = {
            res_id: row
            for res_id, row in values.items()
            if row["state"] == "canceled" and row.get("rgpd_verdict_code")
        }
        # sudo: sms.sms - the sender may not read the queue
        self.env["sms.sms"].sudo().create(list(left_out.values()))
        return {k: row for k, row in values.items() if k not in left_out}
