from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal

KEY = "rgpd_boxes_%s"


class SignaturePortal(CustomerPortal):
    """Takes the choices ticked beside the signature of a quotation.

    The browser first says which boxes it shows and which are ticked; they wait in the
    visitor's session and count only when the signature that follows is accepted.
    Neither step can make the signature fail.
    """

    @http.route(
        "/my/orders/<int:order_id>/choices",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def rgpd_order_choices(self, order_id, access_token=None, boxes=None, **_kwargs):
        """Keep the boxes until the signature; says nothing whatever happens."""
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return {}
        seen = request.env["rgpd.signature.choice"]._read_boxes(boxes)
        request.session[KEY % order_id] = [
            {"id": notice_id, "digest": digest[:64], "ticked": ticked}
            for notice_id, (digest, ticked) in seen.items()
        ]
        return {}

    @http.route()
    def portal_quote_accept(self, order_id, *args, **kwargs):
        """Record the choices once the quotation is signed."""
        boxes = request.session.pop(KEY % order_id, None)
        result = super().portal_quote_accept(order_id, *args, **kwargs)
        if boxes and not result.get("error"):
            # sudo: sale.order - core has checked the token and taken the signature
            order_sudo = request.env["sale.order"].sudo().browse(order_id)
            request.env["rgpd.signature.choice"]._record(
                order_sudo, request.env.user, boxes
            )
        return result
