from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.portal.controllers.portal import CustomerPortal


class AddressPortal(CustomerPortal):
    """Records the notices beside the fields in which customers enter their data."""

    def _prepare_address_form_values(
        self, partner_sudo, address_type="billing", **kwargs
    ):
        """Tell the page which data are needed before a country is chosen.

        Odoo asks for them by country, and says nothing until then (Art. 13.2.e).
        """
        values = super()._prepare_address_form_values(
            partner_sudo, address_type=address_type, **kwargs
        )
        country = values["country"]
        needed = (
            self._get_mandatory_delivery_address_fields(country)
            if address_type == "delivery"
            else self._get_mandatory_billing_address_fields(country)
        )
        return values | {"rgpd_needed": ",".join(sorted(needed))}

    def _create_or_update_address(self, partner_sudo, *args, **form_data):
        """Record what the form showed, once the address is saved."""
        notices = request.env["rgpd.form.notice"]
        digests = notices._pop(form_data, ("account", "phone"))
        partner_sudo, feedback = super()._create_or_update_address(
            partner_sudo, *args, **form_data
        )
        if partner_sudo and "redirectUrl" in feedback:
            notices._note(partner_sudo, digests, "portal")
        return partner_sudo, feedback


class SignupNotice(AuthSignupHome):
    """Records the notice of the page on which an account is made."""

    def do_signup(self, qcontext, do_login=True):
        """Record what the page showed, once the account exists."""
        result = super().do_signup(qcontext, do_login=do_login)
        notices = request.env["rgpd.form.notice"]
        digests = notices._pop(dict(request.params), ("account",))
        if digests:
            # sudo: res.users - the account that was just made
            users = request.env["res.users"].sudo()
            user_sudo = users.search(
                users._get_login_domain(qcontext.get("login")), limit=1
            )
            notices._note(user_sudo.partner_id, digests, "web_form")
        return result
