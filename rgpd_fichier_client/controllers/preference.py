from odoo import http
from odoo.http import request

from ..core.consent.fold import ALL_CHANNELS, CHANNELS

HEADERS = {
    # The address of the page is a secret of the person.
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class PreferenceController(http.Controller):
    """The pages on which a person decides; GET shows, POST acts (invariant 10)."""

    # === ROUTES === #

    @http.route(
        ["/privacy/unsubscribe/<string:token>", "/privacy/preferences/<string:token>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def rgpd_unsubscribe_page(self, token, channel="email", **_kwargs):
        """Show the button that objects; scanners may open this as they like."""
        found = self._read(token)
        if isinstance(found, http.Response):
            return found
        subject, company, _power = found
        return self._render(
            "rgpd_fichier_client.preference_unsubscribe",
            self._prepare_values(subject, company)
            | {"token": token, "channel": self._read_channel(channel), "done": False},
        )

    # One click from the mailbox (RFC 8058): the provider posts without session, hence
    # without CSRF token. The token of the link is the proof; the act only restricts.
    @http.route(
        "/privacy/unsubscribe/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
        csrf=False,
        save_session=False,
    )
    def rgpd_unsubscribe(self, token, channel="email", **_kwargs):
        """Object to offers on a channel: immediate, free, without reason."""
        # The mail services of the world post from few addresses: only those who hold
        # no right link are slowed.
        found = self._read(token, limit_all=False)
        if isinstance(found, http.Response):
            return found
        subject, company, _power = found
        channel = self._read_channel(channel)
        request.env["rgpd.preference.center"]._object(subject, company, channel)
        return self._render(
            "rgpd_fichier_client.preference_unsubscribe",
            self._prepare_values(subject, company)
            | {"token": token, "channel": channel, "done": True},
        )

    # === HELPERS === #

    def _read(self, token, limit_all=True):
        """Return ``(subject, company, power)``, or the response that says no."""
        throttle = request.env["rgpd.preference.throttle"]
        if limit_all and throttle._is_too_fast(request.httprequest.remote_addr):
            return self._refuse_speed()
        found = request.env["rgpd.preference.token"]._read(token)
        if found:
            return found
        if not limit_all and throttle._is_too_fast(request.httprequest.remote_addr):
            return self._refuse_speed()
        return self._render(
            "rgpd_fichier_client.preference_invalid",
            {"company": request.env.company.sudo()},
            status=404,
        )

    def _refuse_speed(self):
        response = self._render(
            "rgpd_fichier_client.preference_too_fast",
            {"company": request.env.company.sudo()},
            status=429,
        )
        response.headers["Retry-After"] = "60"
        return response

    def _read_channel(self, channel):
        return channel if channel in (*CHANNELS, ALL_CHANNELS) else "email"

    def _prepare_values(self, subject, company):
        """Set the language of the person and return what every page shows."""
        center = request.env["rgpd.preference.center"]
        request.update_context(lang=center._get_lang(subject))
        company = company.with_context(lang=request.env.lang)
        return {"company": company, "contact": company._get_rgpd_contact()}

    def _render(self, template, values, status=200):
        response = request.render(template, values, status=status)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response
