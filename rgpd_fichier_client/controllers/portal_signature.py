from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..core.consent.signatory import is_same_person

KEY = "rgpd_page_%s"


def take_page(order_id):
    """Return what the visitor's page showed of a quotation, once; maybe nothing."""
    return request.session.pop(KEY % order_id, None) or {}


class SignaturePortal(CustomerPortal):
    """Takes the choices ticked beside the signature or the payment of a quotation.

    The browser first says which notice and which boxes it shows and which are ticked;
    they wait in the visitor's session and count only when the signature or the payment
    that follows is accepted. Neither step can make these fail.
    """

    @http.route(
        "/my/orders/<int:order_id>/choices",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def rgpd_order_choices(
        self, order_id, access_token=None, boxes=None, notice=None, name=None, **_kwargs
    ):
        """Keep the page until it is accepted; says nothing whatever happens."""
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            return {}
        seen = request.env["rgpd.signature.choice"]._read_boxes(boxes)
        contact = order_sudo.partner_id.name or ""
        request.session[KEY % order_id] = {
            "boxes": [
                {"id": notice_id, "digest": digest[:64], "ticked": ticked}
                for notice_id, (digest, ticked) in seen.items()
            ],
            "notice": notice[:64] if isinstance(notice, str) else "",
            # The name itself is not kept, only whether it is the contact's.
            "is_named": isinstance(name, str) and is_same_person(name[:200], contact),
        }
        return {}

    @http.route()
    def portal_quote_accept(self, order_id, *args, **kwargs):
        """Record what was shown and chosen once the quotation is signed."""
        page = take_page(order_id)
        result = super().portal_quote_accept(order_id, *args, **kwargs)
        if page and not result.get("error"):
            # sudo: sale.order - core has checked the token and taken the signature
            order_sudo = request.env["sale.order"].sudo().browse(order_id)
            order_sudo._note_rgpd_accepted(request.env.user, page["notice"])
            request.env["rgpd.signature.choice"]._record(
                order_sudo, request.env.user, page["boxes"]
            )
        return result
