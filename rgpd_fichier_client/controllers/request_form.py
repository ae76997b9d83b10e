from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

HEADERS = {
    "Cache-Control": "no-store, private",
    # The address of the confirmation page is a secret of the person.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
# A field that people do not see; what fills it is a machine.
HONEYPOT = "company_website"


class RequestForm(http.Controller):
    """The form for those who have no account; it works without JavaScript.

    Whoever sends it reads the same answer: the file is not looked at before the owner
    of the address confirms by the link they get.
    """

    # === THE FORM === #

    @http.route(
        "/privacy/request",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=True,
    )
    def rgpd_request_form(self, **_kwargs):
        """Show the form."""
        return self._render_form({}, [])

    @http.route(
        "/privacy/request",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def rgpd_request_send(self, **typed):
        """Send the link to confirm; nothing is registered before."""
        rights = request.httprequest.form.getlist("right")
        if typed.get(HONEYPOT):
            return self._render("rgpd_fichier_client.request_form_sent", {})
        if self._is_too_much("form"):
            return self._render("rgpd_fichier_client.request_form_wait", {}, 429)
        values, errors = request.env["rgpd.request"]._read_demand(typed, rights)
        errors |= self._check_captcha()
        if errors:
            return self._render_form(typed, rights, errors, 400)
        notices = request.env["rgpd.form.notice"]._pop(typed, ("rights",))
        throttle = request.env["rgpd.request.throttle"]
        # To an address that was written to just now nothing is sent, nor said.
        if not throttle._is_too_much("mail", values["requester_email"]):
            request.env["rgpd.request.demand"]._submit(
                values, request.env.company, notices
            )
        return self._render("rgpd_fichier_client.request_form_sent", {})

    # === THE CONFIRMATION === #

    @http.route(
        "/privacy/request/confirm/<string:secret>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_request_confirm_page(self, secret, **_kwargs):
        """Show what is about to be confirmed; scanners may open this as they like."""
        if self._is_too_much("link"):
            return self._render("rgpd_fichier_client.request_form_wait", {}, 429)
        demand, values = request.env["rgpd.request.demand"]._read_link(secret)
        if not demand:
            return self._refuse_link()
        names = {
            code: name
            for code, name, _help in request.env["rgpd.request"]._get_right_choices()
        }
        return self._render(
            "rgpd_fichier_client.request_form_confirm",
            {
                "secret": secret,
                "rights": [names[code] for code in values["rights"]],
                "text": values["text"],
                "company": demand.company_id,
            },
        )

    @http.route(
        "/privacy/request/confirm/<string:secret>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def rgpd_request_confirm(self, secret, **_kwargs):
        """Open the request."""
        if self._is_too_much("link"):
            return self._render("rgpd_fichier_client.request_form_wait", {}, 429)
        record_sudo = request.env["rgpd.request.demand"]._confirm(secret)
        if not record_sudo:
            return self._refuse_link()
        secret = None
        if record_sudo.missing_proof:
            secret = request.env["rgpd.request.check"]._open(record_sudo)[1]
        return self._render(
            "rgpd_fichier_client.request_form_done",
            {
                "secret": secret,
                "name": record_sudo.name,
                "date_due": record_sudo.date_due_legal,
                "missing": record_sudo.missing_proof,
                "contact": record_sudo.company_id._get_rgpd_contact(),
            },
        )

    # === HELPERS === #

    def _check_captcha(self):
        """Ask Odoo's captcha, when one is configured; what was typed is not lost."""
        try:
            request.env["ir.http"]._verify_request_recaptcha_token("rgpd_request")
        except UserError as error:
            return {"captcha": error.args[0]}
        return {}

    def _is_too_much(self, what):
        address = request.httprequest.remote_addr
        return request.env["rgpd.request.throttle"]._is_too_much(what, address)

    def _refuse_link(self):
        """Answer the same to unknown, expired and used links."""
        return self._render("rgpd_fichier_client.request_form_invalid", {}, 404)

    def _render_form(self, typed, rights, errors=None, status=200):
        requests = request.env["rgpd.request"]
        values = {
            "typed": typed,
            "ticked": rights,
            "errors": errors or {},
            "choices": requests._get_right_choices(),
            "kinds": requests._get_kind_choices(),
            "honeypot": HONEYPOT,
        }
        return self._render("rgpd_fichier_client.request_form", values, status)

    def _render(self, template, values, status=200):
        company_sudo = request.env.company.sudo()
        values = {
            "rgpd_company": company_sudo,
            "rgpd_contact": company_sudo._get_rgpd_contact(),
            **values,
        }
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS)
        return response
