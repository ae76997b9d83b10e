from odoo import http
from odoo.http import request

from ..core.consent import optin
from .preference import PUBLIC, render


class ConfirmationController(http.Controller):
    """The page that confirms a consent; GET shows, POST acts (invariant 10)."""

    @http.route("/privacy/confirm/<string:token>", methods=["GET"], **PUBLIC)
    def rgpd_confirm_page(self, token, **_kwargs):
        """Show the button that confirms; scanners may open this as they like."""
        found, refusal = self._read(token)
        return refusal or self._render(token, *found)

    @http.route("/privacy/confirm/<string:token>", methods=["POST"], **PUBLIC)
    def rgpd_confirm(self, token, **_kwargs):
        """Record the consent that waited; a second time changes nothing."""
        found, refusal = self._read(token)
        if refusal:
            return refusal
        state = request.env["rgpd.consent.confirmation"]._confirm(token)
        return self._render(token, found[0], state, is_answer=True)

    @http.route("/privacy/confirm/<string:token>/link", methods=["POST"], **PUBLIC)
    def rgpd_confirm_renew(self, token, **_kwargs):
        """Send a new link to the address the person has, whoever holds this one."""
        found, refusal = self._read(token)
        if refusal:
            return refusal
        request.env["rgpd.consent.confirmation"]._renew(token)
        return self._render(token, found[0], "sent")

    # === HELPERS === #

    def _read(self, token):
        """Return ``((event, state), None)`` or ``(None, response)``."""
        throttle = request.env["rgpd.preference.throttle"]
        if throttle._is_too_fast(request.httprequest.remote_addr):
            response = render("preference_too_fast", self._get_public(), status=429)
            response.headers["Retry-After"] = "60"
            return None, response
        found = request.env["rgpd.consent.confirmation"]._read(token)
        if found:
            return found, None
        values = self._get_public() | {"is_invalid": True}
        return None, render("preference_ask", values, status=404)

    def _get_public(self):
        company = request.env.company.sudo()  # sudo: res.company - published names
        return {"company": company, "contact": company._get_rgpd_contact()}

    def _render(self, token, event, state, is_answer=False):
        """Show where the consent stands, in the language of the person."""
        center = request.env["rgpd.preference.center"]
        lang = center._get_lang(event.subject_id._get_survivor())
        request.update_context(lang=lang)
        event = event.with_context(lang=lang)
        is_open = state == optin.OPEN
        return render(
            "optin_page",
            {
                "company": event.company_id,
                "contact": event.company_id._get_rgpd_contact(),
                "state": state,
                "is_answer": is_answer,
                "url": f"/privacy/confirm/{token}",
                # An old link, or one to a former address, shows nothing.
                "purpose": event.purpose_id._get_public_name() if is_open else "",
                "text": event.notice_text if is_open else "",
            },
        )
