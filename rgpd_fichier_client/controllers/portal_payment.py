from odoo.http import request

from odoo.addons.sale.controllers.portal import PaymentPortal

from .portal_signature import take_page


class ChoicePaymentPortal(PaymentPortal):
    """Takes the choices ticked beside the payment of a quotation."""

    def _create_transaction(self, *args, custom_create_values=None, **kwargs):
        """Record what was shown, and let the consents wait with the payment.

        Core has checked the token of the order; what the page sent waits in the
        visitor's session, see ``SignaturePortal.rgpd_order_choices``.
        """
        order_id = kwargs.get("sale_order_id")
        page = take_page(order_id) if order_id else {}
        values = dict(custom_create_values or {})
        if page:
            # sudo: sale.order - see above
            order_sudo = request.env["sale.order"].sudo().browse(order_id)
            order_sudo._note_rgpd_accepted(request.env.user, page["notice"])
            values["rgpd_choices"] = request.env["rgpd.payment.choice"]._take(
                order_sudo, request.env.user, page["boxes"], page["is_named"]
            )
        return super()._create_transaction(*args, custom_create_values=values, **kwargs)
