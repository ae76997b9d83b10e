from odoo import http
from odoo.http import request

from odoo.addons.mass_mailing_sms.controllers.main import MailingSMSController
from odoo.addons.rgpd_fichier_client.controllers.preference import HEADERS, render
from odoo.addons.rgpd_fichier_client.core.datamap import normalise


class RgpdMailingSmsController(MailingSMSController):
    """Odoo's own links in SMS sent before: opening one changes nothing any more.

    Their code has three letters, which anybody can guess: it leads to no page of a
    person. The number is asked for, and the answer is the same whoever has it.
    """

    @http.route()
    def blacklist_page(self, mailing_id, trace_code, sms_number="", **_post):
        """Ask for the number, then object for whoever got the SMS there."""
        if request.httprequest.method != "POST":
            return self._rgpd_render(mailing_id, trace_code)
        throttle = request.env["rgpd.preference.throttle"]
        if throttle._is_too_fast(request.httprequest.remote_addr):
            response = render(
                "preference_too_fast", self._rgpd_prepare_values(), status=429
            )
            response.headers["Retry-After"] = "60"
            return response
        # sudo: mailing.trace - a visitor has no rights
        request.env["mailing.trace"].sudo()._rgpd_object_by_number(
            mailing_id,
            trace_code,
            normalise.phone(sms_number[:32], self._rgpd_get_country()),
        )
        return self._rgpd_render(mailing_id, trace_code, is_done=True)

    @http.route()
    def blacklist_number(self, mailing_id, trace_code, **_post):
        """Lead to the question: this link had the number of the person in it."""
        return request.redirect(f"/sms/{mailing_id}/{trace_code}", code=303)

    # === HELPERS === #

    def _rgpd_get_country(self):
        """Return the country of a number typed without its prefix."""
        company = request.env.company.sudo()  # sudo: res.company - published country
        return company.country_id.code or request.geoip.country_code or "FR"

    def _rgpd_prepare_values(self):
        company = request.env.company.sudo()  # sudo: res.company - published names
        return {"company": company, "contact": company._get_rgpd_contact()}

    def _rgpd_render(self, mailing_id, trace_code, is_done=False):
        """Return the page, with the headers that keep its address secret."""
        values = self._rgpd_prepare_values() | {
            "mailing_id": mailing_id,
            "trace_code": trace_code,
            "is_done": is_done,
        }
        response = request.render(
            "rgpd_fichier_client_mass_mailing_sms.sms_unsubscribe", values
        )
        response.headers.update(HEADERS)
        return response
