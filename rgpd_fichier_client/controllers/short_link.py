from odoo import http
from odoo.http import request

from ..core.consent.fold import ALL_CHANNELS
from .preference import PUBLIC, PreferenceController, render


class ShortLinkController(PreferenceController):
    """The way out of an SMS; GET shows, POST acts (invariant 10)."""

    @http.route("/stop/<string:code>", methods=["GET"], **PUBLIC)
    def rgpd_stop_page(self, code, **_kwargs):
        """Show the button that objects; previews of phones may open this at will."""
        if self._is_too_fast():
            return self._refuse_speed()
        return self._answer_stop(code)

    # The code of the link is the proof, and the act only restricts: whoever refuses
    # cookies, without which there is no CSRF token, may object all the same.
    @http.route(
        "/stop/<string:code>",
        methods=["POST"],
        csrf=False,
        save_session=False,
        **PUBLIC,
    )
    def rgpd_stop(self, code, channel=None, **_kwargs):
        """Object to offers on the channel of the link, or on all of them."""
        return self._answer_stop(code, acts=True, is_all=channel == ALL_CHANNELS)

    @http.route("/told/<string:code>", methods=["GET"], **PUBLIC)
    def rgpd_told_page(self, code, **_kwargs):
        """Show what an SMS told the person about (Art. 14 GDPR); changes nothing."""
        if self._is_too_fast():
            return self._refuse_speed()
        found = request.env["rgpd.short.link"]._read(code, is_notice=True)
        text = found and request.env["rgpd.information"]._get_told_text(*found[:2])
        if not text:
            values = self._prepare_public_values() | {"is_invalid": True}
            return render("preference_ask", values, status=404)
        subject, company, _channel = found
        center = request.env["rgpd.preference.center"]
        request.update_context(lang=center._get_lang(subject))
        company = company.with_context(lang=request.env.lang)
        return render(
            "information_page",
            {
                "company": company,
                "contact": company._get_rgpd_contact(),
                "text": request.env["rgpd.form.notice"]._get_html(text),
            },
        )

    def _answer_stop(self, code, *, acts=False, is_all=False):
        """Return the page of a link; only ``acts`` changes anything."""
        found = request.env["rgpd.short.link"]._read(code)
        if not found:
            if acts and self._is_too_fast():
                return self._refuse_speed()
            values = self._prepare_public_values() | {"is_invalid": True}
            return render("preference_ask", values, status=404)
        subject, company, channel = found
        channel = ALL_CHANNELS if is_all else channel
        center = request.env["rgpd.preference.center"]
        request.update_context(lang=center._get_lang(subject))
        company = company.with_context(lang=request.env.lang)
        if acts:
            center._object(subject, company, channel)
        return render(
            "preference_unsubscribe",
            {
                "company": company,
                "contact": company._get_rgpd_contact(),
                "object_url": f"/stop/{code}",
                "is_short": True,
                "channel": channel,
                "done": acts,
            },
        )
