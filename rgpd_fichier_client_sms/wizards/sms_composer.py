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
    rgpd_sms_ending = fields.Char(
        string="Added at the end",
        compute="_compute_rgpd_sms_ending",
        help="Sender and way out, which each SMS of marketing carries (art. L. 34-5 "
        "CPCE). It counts among the characters. Whoever is still to be told where "
        "their data come from also gets a link to the notice (Art. 14 GDPR).",
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
        """A list is what goes out in batch, to several records or to typed numbers."""
        for composer in self:
            composer.rgpd_is_list = composer.composition_mode in (
                "mass",
                "numbers",
            ) or (composer.composition_mode == "comment" and composer.res_ids_count > 1)

    @api.depends("res_model", "res_id", "res_ids", "composition_mode", "numbers")
    def _compute_rgpd_report(self):
        return super()._compute_rgpd_report()

    @api.depends("rgpd_kind", "rgpd_is_list", "rgpd_company_id")
    def _compute_rgpd_sms_ending(self):
        for composer in self:
            composer.rgpd_sms_ending = (
                self.env["sms.sms"]._rgpd_get_sample_ending(
                    composer.rgpd_company_id or self.env.company
                )
                if composer._rgpd_is_marketing()
                else False
            )

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
        if self.composition_mode == "numbers":
            return self._rgpd_send_to_numbers()
        self.mass_force_send = True
        return self._action_send_sms_mass(self._get_records())

    # === BUSINESS METHODS === #

    def _rgpd_get_channel(self):
        return "sms"

    def _rgpd_is_marketing(self):
        """One person may be written to about anything they asked."""
        return super()._rgpd_is_marketing() and self.rgpd_is_list

    def _rgpd_count(self, count_all=False):
        if self.composition_mode != "numbers":
            return super()._rgpd_count(count_all=count_all)
        return self.env["rgpd.contact.report"]._summarise(self._rgpd_check_numbers())

    def _rgpd_check_numbers(self):
        """Return the verdicts on the numbers that were typed."""
        codes, company = self._rgpd_get_plan()
        numbers = (self.sanitized_numbers or "").split(",")
        return self.env["rgpd.contact.number"]._check_any(
            list(dict.fromkeys(filter(None, numbers))), codes, "sms", company
        )

    def _rgpd_send_to_numbers(self):
        """Send offers to typed numbers, where whoever has them allows it.

        :raise UserError: nobody gets the SMS
        """
        _codes, company = self._rgpd_get_plan()
        verdicts = self._rgpd_check_numbers()
        refused = [row for row in verdicts.values() if not row["allowed"]]
        if len(refused) == len(verdicts):
            sentences = dict.fromkeys(row["sentence"] for row in refused)
            raise UserError(
                self.env._(
                    "Nobody may get this SMS. %(reasons)s", reasons=" ".join(sentences)
                )
            )
        vals_list = []
        for number, verdict in verdicts.items():
            model, res_id = verdict["person"] or (False, False)
            values = {
                "body": self.body,
                "number": number,
                "state": "outgoing",
                "rgpd_res_model": model,
                "rgpd_res_id": res_id,
            }
            self._rgpd_mark(values, verdict, company)
            vals_list.append(values)
        # sudo: sms.sms - the sender may not read the queue
        messages = self.env["sms.sms"].sudo().create(vals_list)
        messages.send()
        return messages

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
            state="canceled", failure_type="rgpd_blocked", rgpd_verdict_code=code
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
