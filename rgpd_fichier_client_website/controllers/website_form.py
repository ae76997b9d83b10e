from odoo import http
from odoo.http import request

from odoo.addons.website.controllers.form import WebsiteForm


class RgpdWebsiteFormController(WebsiteForm):
    """Forms made with the website builder: what they show, and what is ticked."""

    @http.route(
        "/rgpd/website/form",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        readonly=True,
    )
    def rgpd_website_form(self, model, names):
        """Return what a form shows besides its fields; writes nothing."""
        return request.env["rgpd.website.form"]._render_block(
            model, names, self._get_rgpd_company()
        )

    def _handle_website_form(self, model_name, **kwargs):
        """Record what the form showed, once it was taken."""
        forms = request.env["rgpd.website.form"]
        # Odoo copies what it does not know into the text of the record
        taken = forms._take(kwargs)
        forms._take(request.params)
        response = super()._handle_website_form(model_name, **kwargs)
        forms._note_submission(model_name, response, taken, self._get_rgpd_company())
        return response

    def _get_rgpd_company(self):
        # sudo: website - the controller is published
        return request.website.sudo().company_id
