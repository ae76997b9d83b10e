from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .request import respond_archive
from .request_form import RequestForm

PAGE = "/privacy/copy/<string:secret>"


class RequestCopy(RequestForm):
    """The page on which the person fetches the copy of their data, once.

    Behind login when the answer is on the account, else behind a code sent to the
    confirmed address. Forged, expired, replaced and used links, and those of somebody
    else's account, all give the same page.
    """

    @http.route(
        PAGE, type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def rgpd_copy_page(self, secret, **_kwargs):
        """Show what the button gives; scanners may open this as they like."""
        return self._with_offer(secret, lambda offer: self._render_copy(offer, secret))

    @http.route(
        PAGE, type="http", auth="public", methods=["POST"], website=True, sitemap=False
    )
    def rgpd_copy_act(self, secret, what="", code="", **_kwargs):
        """Send a code, or hand the sealed archive over and use the link up."""

        def act(offer_sudo):
            if what == "send" and offer_sudo.gate == "code":
                return self._send_code(offer_sudo, secret)
            try:
                with request.env.cr.savepoint():
                    return self._hand_over(offer_sudo, secret, code)
            except UserError:
                # Rolled back: neither the link nor the code is used up
                return self._render_copy(
                    offer_sudo, secret, is_impossible=True, status=422
                )

        return self._with_offer(secret, act)

    # === HELPERS === #

    def _with_offer(self, secret, act):
        """Do something with the offer of a link, or refuse it as any other."""
        if self._is_too_much("link"):
            return self._render("rgpd_fichier_client.request_form_wait", {}, 429)
        offer_sudo = request.env["rgpd.request.delivery"]._read_link(secret)
        if not offer_sudo:
            return self._refuse_link()
        if offer_sudo.gate == "code":
            return act(offer_sudo)
        if request.env.user._is_public():
            return request.redirect_query(
                "/web/login", {"redirect": f"/privacy/copy/{secret}"}
            )
        own = request.env["rgpd.request"]._get_own(
            request.env.user, offer_sudo.request_id.id
        )
        return act(offer_sudo) if own else self._refuse_link()

    def _send_code(self, offer_sudo, secret):
        if not offer_sudo._send_code():
            return self._render_copy(offer_sudo, secret, is_over=True, status=400)
        return self._render_copy(offer_sudo, secret, is_sent=True)

    def _hand_over(self, offer_sudo, secret, code):
        if offer_sudo.gate == "code" and not offer_sudo._try_code(code):
            error = request.env._(
                "That is not right. Try again, or ask for a new code."
            )
            return self._render_copy(offer_sudo, secret, error=error, status=400)
        archive = offer_sudo._fetch()
        if not archive:
            return self._refuse_link()
        name = offer_sudo.request_id._get_bundle_name(offer_sudo.right)
        return respond_archive(*archive, name)

    def _render_copy(self, offer_sudo, secret, status=200, **values):
        values = {
            "secret": secret,
            "name": offer_sudo.request_id.name,
            "ask_code": offer_sudo.gate == "code",
            "date_expires": offer_sudo.date_expires,
            **values,
        }
        return self._render("rgpd_fichier_client.request_copy", values, status=status)
