from odoo import api, models
from odoo.exceptions import UserError

# Documents that are about an order or a contract by themselves.
SERVICE_MODELS = (
    "sale.order",
    "account.move",
    "account.payment",
    "purchase.order",
    "stock.picking",
    "pos.order",
    "repair.order",
)


class MailComposeMessage(models.TransientModel):
    """A message written to a list of contacts or orders: marketing or not?"""

    _name = "mail.compose.message"
    _inherit = ["mail.compose.message", "rgpd.marketing.mixin"]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        model = values.get("model") or self.env.context.get("default_model")
        if model in SERVICE_MODELS:
            values.setdefault("rgpd_kind", "service")
        return values

    @api.depends("res_ids", "res_domain", "model", "composition_mode")
    def _compute_rgpd_report(self):
        return super()._compute_rgpd_report()

    # === ACTIONS === #

    def action_send_mail(self):
        """Ask what the message is about before it goes to many people."""
        if self.composition_mode == "mass_mail" and not self.rgpd_kind:
            raise UserError(
                self.env._(
                    "Say whether this message holds offers or is about an order, a "
                    "contract or a duty."
                )
            )
        return super().action_send_mail()

    def _action_send_mail(self, auto_commit=False):
        for composer in self:
            if composer.composition_mode == "mass_mail":
                composer._rgpd_check_purpose()
        return super()._action_send_mail(auto_commit=auto_commit)

    # === BUSINESS METHODS === #

    def _rgpd_get_recipients(self):
        if self.composition_mode != "mass_mail" or self.model not in self.env:
            return self.env["res.partner"]
        ids = (
            self._evaluate_res_ids()
            if not self.res_domain
            else self.env[self.model].search(self._evaluate_res_domain()).ids
        )
        return self.env[self.model].browse(ids)

    def _rgpd_get_plan(self):
        """Return ``(purpose codes, company)`` of marketing, ``None`` for the rest."""
        self.ensure_one()
        if self.composition_mode != "mass_mail" or not self._rgpd_is_marketing():
            return None
        codes = self.env["rgpd.contact.report"]._get_codes(self.rgpd_purpose_ids)
        return codes, self.rgpd_company_id or self.env.company

    def _process_mail_values_state(self, mail_values_dict):
        """Cancel the mail of those the gate does not allow, and say why."""
        result = super()._process_mail_values_state(mail_values_dict)
        plan = self._rgpd_get_plan()
        if plan is None:
            return result
        codes, company = plan
        verdicts = self._rgpd_check_values(result, codes, company)
        for res_id, values in result.items():
            self._rgpd_mark(values, verdicts.get(res_id), company)
        return result

    def _rgpd_check_values(self, mail_values_dict, codes, company):
        """Return the verdicts on the records and on whoever else gets the mail."""
        gate = self.env["rgpd.contact.gate"]
        records = self.env[self.model].browse(mail_values_dict)
        verdicts = gate._check_any(records, codes, "email", company)
        addressed = {
            res_id: {command[1] for command in values.get("recipient_ids") or ()}
            for res_id, values in mail_values_dict.items()
        }
        others = self.env["res.partner"].browse(set().union(*addressed.values()))
        of_others = gate._check_any(others, codes, "email", company)
        for res_id, partner_ids in addressed.items():
            for partner_id in partner_ids:
                verdict = of_others.get(partner_id)
                if verdict and not verdict["allowed"]:
                    verdicts[res_id] = verdict
        return verdicts

    @api.model
    def _rgpd_mark(self, values, verdict, company):
        """Write the verdict in the values of a mail, and stop it if need be."""
        code = verdict["code"] if verdict else "no_purpose"
        values["rgpd_verdict_code"] = code
        values["rgpd_company_id"] = company.id
        if verdict and verdict["allowed"]:
            values["rgpd_purpose_code"] = verdict["purpose"]
            return
        values.update(
            state="cancel",
            failure_type="mail_optout",
            failure_reason=self.env["rgpd.contact.sentence"]._get(code),
            # Nothing in the history of the person: they got no message
            is_notification=False,
        )
