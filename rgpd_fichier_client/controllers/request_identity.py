from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..core.request import proof
from .request_form import RequestForm

PAGE = "/privacy/identity/<string:secret>"
LOOK_HEADERS = [
    ("Cache-Control", "no-store, private"),
    ("Content-Disposition", "inline"),
    ("Content-Security-Policy", "sandbox"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]


class RequestIdentity(RequestForm):
    """The page on which who asks establishes who they are; the officer's look.

    The page never says which address a code went to, nor whether one did.
    """

    @http.route(
        PAGE, type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def rgpd_identity_page(self, secret, **_kwargs):
        """Show what may be given; scanners may open this as they like."""
        return self._with_check(secret, lambda check: self._render_check(check, secret))

    @http.route(
        PAGE, type="http", auth="public", methods=["POST"], website=True, sitemap=False
    )
    def rgpd_identity_send(self, secret, what="", **typed):
        """Take a code, the details of an order, or a file."""
        return self._with_check(
            secret, lambda check: self._take(check, secret, what, typed)
        )

    @http.route(
        "/rgpd/request/<any(paper,proof):what>/<int:record_id>",
        type="http",
        auth="user",
        methods=["POST"],
        save_session=False,
    )
    def rgpd_paper(self, what, record_id, **_kwargs):
        """Show a sealed file to who may see it; 404 to everybody else."""
        record = request.env[f"rgpd.request.{what}"].browse(record_id)
        try:
            content = record._look()
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        kind = record.mimetype
        return request.make_response(content, [("Content-Type", kind), *LOOK_HEADERS])

    # === HELPERS === #

    def _with_check(self, secret, act):
        """Do something with the check of a link, or refuse it as any other."""
        if self._is_too_much("link"):
            return self._render("rgpd_fichier_client.request_form_wait", {}, 429)
        check_sudo = request.env["rgpd.request.check"]._read_link(secret)
        return act(check_sudo) if check_sudo else self._refuse_link()

    def _take(self, check_sudo, secret, what, typed):
        if what == "code":
            found = check_sudo._try_code(typed.get("code"))
        elif what == "details":
            found = check_sudo._try_details(typed.get("number"), typed.get("amount"))
        else:
            return self._take_file(check_sudo, secret, what, typed)
        if found:
            return self._render("rgpd_fichier_client.request_identity_done", {})
        if check_sudo.state != "awaited":
            return self._render("rgpd_fichier_client.request_identity_over", {})
        error = request.env._("That is not right. Try again.")
        return self._render_check(check_sudo, secret, error=error, status=400)

    def _take_file(self, check_sudo, secret, what, typed):
        sent = typed.get("file")
        content = sent.read(proof.PAPER_BYTES + 1) if hasattr(sent, "read") else b""
        record_sudo = check_sudo.request_id
        try:
            record_sudo._receive_file(what, content)
        except UserError as error:
            return self._render_check(
                check_sudo, secret, error=error.args[0], status=400
            )
        return self._render_check(check_sudo, secret, received=True)

    def _render_check(self, check_sudo, secret, status=200, **values):
        record_sudo = check_sudo.request_id
        values = {
            "secret": secret,
            "name": record_sudo.name,
            "ask_identity": record_sudo.identity_status != "known",
            "papers": record_sudo.paper_ids.filtered(lambda p: p.state == "awaited"),
            "missing": record_sudo._get_awaited_proofs(),
            **values,
        }
        return self._render(
            "rgpd_fichier_client.request_identity", values, status=status
        )
