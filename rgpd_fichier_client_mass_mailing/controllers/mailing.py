import base64

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.mass_mailing.controllers.main import MassMailController

PIXEL = b"R0lGODlhAQABAIAAANvf7wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="


class RgpdMailingController(MassMailController):
    """Odoo's own links: opening one changes nothing any more (invariant 10)."""

    # === LEAVING === #

    @http.route()
    def mailing_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None
    ):
        """Lead an old link to our page instead of acting on its opening."""
        return self._rgpd_lead(mailing_id, document_id, email, hash_token)

    @http.route()
    def mailing_confirm_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None
    ):
        return self._rgpd_lead(mailing_id, document_id, email, hash_token)

    @http.route()
    def mailing_unsubscribe_oneclick(
        self, mailing_id, document_id=None, email=None, hash_token=None, **post
    ):
        """One click of an old mail is an act: a POST of the mailbox (RFC 8058)."""
        mailing = self._rgpd_verify(mailing_id, document_id, email, hash_token)
        person = self._rgpd_get_person(mailing, document_id)
        if person:
            subject = request.env["rgpd.subject"].sudo()._of(person)
            request.env["rgpd.preference.center"]._object(
                subject, mailing.rgpd_company_id or request.env.company, "email"
            )
        elif email:
            request.env["mail.blacklist"].sudo()._add(email)
        return http.Response(status=200)

    def _rgpd_verify(self, mailing_id, document_id, email, hash_token):
        """Return the mailing of a right link, as Odoo checks it.

        :raise Unauthorized: wrong or missing token
        """
        try:
            return self._check_mailing_email_token(
                mailing_id, document_id, email, hash_token, required_mailing_id=True
            )
        except NotFound:  # tells nobody which mailings exist
            return request.env["mailing.mailing"].sudo()

    def _rgpd_get_person(self, mailing, document_id):
        """Return the person a mail was sent to, with all rights."""
        if not mailing or not str(document_id or "").isdigit():
            return None
        # sudo: anchor - the signed link is the right of the visitor
        record = request.env[mailing.mailing_model_real].sudo()
        record = record.browse(int(document_id)).exists()
        return request.env["rgpd.contact.person"]._of(record) if record else None

    def _rgpd_lead(self, mailing_id, document_id, email, hash_token):
        """Redirect to the page where the person decides."""
        if not hash_token:
            return request.redirect("/mailing/my")
        mailing = self._rgpd_verify(mailing_id, document_id, email, hash_token)
        person = self._rgpd_get_person(mailing, document_id)
        if not person:
            return request.redirect("/mailing/my")
        company = mailing.rgpd_company_id or request.env.company
        url = request.env["rgpd.contact.person"]._get_unsubscribe_url(person, company)
        return request.redirect(url, local=False)

    # === FOLLOWING === #

    @http.route()
    def track_mail_open(self, mail_id, token, **post):
        """Keep an opening only with consent, asked when the mail is opened."""
        # sudo: mailing.trace - a visitor has no rights
        traces = request.env["mailing.trace"].sudo()
        traces = traces.search([("mail_mail_id_int", "=", mail_id)])
        if traces and traces - traces._rgpd_may_track():
            response = http.Response(mimetype="image/gif")
            response.data = base64.b64decode(PIXEL)
            return response
        return super().track_mail_open(mail_id, token, **post)

    # === READING === #

    @http.route(
        "/privacy/mail/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def rgpd_view_mail(self, token, **_kwargs):
        """Show a mail in the browser; the address of the person is not in the link."""
        found = request.env["mailing.mailing"]._rgpd_read_view(token)
        if not found:
            raise NotFound()
        mailing, res_id = found
        body = mailing._render_field(
            "body_html", [res_id], compute_lang=False, options={"post_process": False}
        )[res_id]
        link = mailing._get_unsubscribe_url("", res_id)
        response = request.render(
            "mass_mailing.mailing_view",
            {"body": body.replace("/unsubscribe_from_list", link)},
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
