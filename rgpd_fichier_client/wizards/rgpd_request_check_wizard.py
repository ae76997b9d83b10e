from odoo import fields, models
from odoo.exceptions import UserError


class RgpdRequestCheckWizard(models.TransientModel):
    """Type in what the person says: the code they got, or their last order.

    What is typed is compared and not kept.
    """

    _name = "rgpd.request.check.wizard"
    _description = "Check What the Person Says"

    request_id = fields.Many2one("rgpd.request", required=True, readonly=True)
    code = fields.Char(help="The digits sent to the address that is known.")
    number = fields.Char(string="Number of the last order or invoice")
    amount = fields.Char(string="Its total amount")

    def action_check(self):
        """Compare; each comparison uses one of the few tries."""
        self.ensure_one()
        request = self.request_id
        request.check_access("write")
        checks = self.env["rgpd.request.check"]
        # sudo: rgpd.request.check - tried by its methods alone
        check = checks.sudo().search(
            [("request_id", "=", request.id), ("state", "=", "awaited")], limit=1
        )
        if not check and not self.code:
            check = checks._open(request)[0]
        if not check or not (self.code or self.number):
            raise UserError(self.env._("Send a code first, or type the last order."))
        code, number, amount = self.code, self.number, self.amount
        self.write({"code": False, "number": False, "amount": False})
        if code:
            found = check._try_code(code)
        else:
            found = check._try_details(number, amount)
        if found:
            return request._get_form_action()
        # Not an error: it would give the try back
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "That is not right. Tries left: %(count)s.",
                    count=check.sudo().tries_left,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
