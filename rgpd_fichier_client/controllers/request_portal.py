from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..core.request import proof

HEADERS = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex"}
PER_PAGE = 20
# What says for whom a request is made
ABOUT = ("requester_kind", "person_name", "person_email")


class RequestPortal(CustomerPortal):
    """The privacy pages of the customer account; GET shows, POST acts.

    Only what belongs to the person of the account is found: the number of somebody
    else's request is answered as one that does not exist.
    """

    # === OVERVIEW === #

    @http.route("/my/privacy", type="http", auth="user", methods=["GET"], website=True)
    def rgpd_privacy(self, **_kwargs):
        """Show what one may do, and the last requests."""
        requests_sudo = request.env["rgpd.request"]._get_own(request.env.user)
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy",
            {
                "page_name": "rgpd_privacy",
                "rgpd_requests": requests_sudo[:3],
                "rgpd_request_count": len(requests_sudo),
                "rgpd_contact": request.env.company._get_rgpd_contact(),
                "rgpd_policy_url": request.env.company._get_rgpd_policy_url(),
            },
        )

    @http.route(
        "/my/privacy/data", type="http", auth="user", methods=["GET"], website=True
    )
    def rgpd_privacy_data(self, **_kwargs):
        """Show what the company holds about the person, and why."""
        overview = request.env["rgpd.request.overview"]._get(
            request.env.user.partner_id, request.env.company
        )
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy_data",
            {"page_name": "rgpd_privacy_data", "rgpd_overview": overview},
        )

    # === REQUESTS === #

    @http.route(
        ["/my/privacy/requests", "/my/privacy/requests/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def rgpd_privacy_requests(self, page=1, **_kwargs):
        """List the requests of the person."""
        requests_sudo = request.env["rgpd.request"]._get_own(request.env.user)
        pages = pager("/my/privacy/requests", len(requests_sudo), page, PER_PAGE)
        start = pages["offset"]
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy_requests",
            {
                "page_name": "rgpd_privacy_requests",
                "rgpd_requests": requests_sudo[start : start + PER_PAGE],
                "pager": pages,
            },
        )

    @http.route(
        "/my/privacy/requests/new",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def rgpd_privacy_new(self, right=None, **_kwargs):
        """Show the form of a new request."""
        return self._render_new([right] if right else [])

    @http.route(
        "/my/privacy/requests/new",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def rgpd_privacy_create(self, text="", **typed):
        """Take the request, and show it."""
        rights = request.httprequest.form.getlist("right")
        requests = request.env["rgpd.request"]
        about = {name: typed.get(name) for name in ABOUT}
        try:
            record_sudo, repeated = requests._ask_from_account(
                request.env.user, rights, text, **about
            )
        except UserError as error:
            return self._render_new(rights, text, error.args[0], about, status=400)
        done = "repeated" if record_sudo in repeated else "sent"
        return request.redirect(f"/my/privacy/requests/{record_sudo.id}?done={done}")

    @http.route(
        "/my/privacy/requests/<int:request_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def rgpd_privacy_request(self, request_id, done=None, **_kwargs):
        """Show one request of the person, and the password of a copy sent by mail."""
        return self._render_request(self._get_own_request(request_id), done=done)

    @http.route(
        "/my/privacy/requests/<int:request_id>/reply",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def rgpd_privacy_reply(self, request_id, text="", **_kwargs):
        """Take what the person writes about their request, and their files."""
        record_sudo = self._get_own_request(request_id)
        files = [
            (name, sent.read(proof.PAPER_BYTES + 1))
            for sent in request.httprequest.files.getlist("files")
            if (name := self._get_file_name(sent))
        ]
        return self._act(
            record_sudo,
            "replied",
            lambda: record_sudo._reply_from_account(request.env.user, text, files),
            text=text,
        )

    @http.route(
        "/my/privacy/requests/<int:request_id>/paper",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def rgpd_privacy_paper(self, request_id, what="", file=None, **_kwargs):
        """Take a paper that was asked for, into the encrypted store."""
        record_sudo = self._get_own_request(request_id)
        content = file.read(proof.PAPER_BYTES + 1) if hasattr(file, "read") else b""
        return self._act(
            record_sudo,
            "paper",
            lambda: record_sudo._receive_file(what, content),
        )

    @http.route(
        "/my/privacy/requests/<int:request_id>/cancel",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def rgpd_privacy_cancel(self, request_id, **_kwargs):
        """Let the person give their request up."""
        record_sudo = self._get_own_request(request_id)
        try:
            record_sudo._cancel_by_person()
            done = "cancelled"
        except UserError:
            done = "over"
        return request.redirect(f"/my/privacy/requests/{request_id}?done={done}")

    # === CORRECTION === #

    @http.route(
        "/my/privacy/correct", type="http", auth="user", methods=["GET"], website=True
    )
    def rgpd_privacy_correct(self, **_kwargs):
        """Show the details that may be corrected."""
        return self._render_correct()

    @http.route(
        "/my/privacy/correct", type="http", auth="user", methods=["POST"], website=True
    )
    def rgpd_privacy_correct_send(self, text="", **values):
        """Ask for the rectification of what differs."""
        record_sudo = request.env["rgpd.request"]._correct_from_account(
            request.env.user, values, text
        )
        if not record_sudo:
            return self._render_correct(nothing=True, status=400)
        return request.redirect(f"/my/privacy/requests/{record_sudo.id}?done=sent")

    # === HELPERS === #

    def _get_own_request(self, request_id):
        """Return a request of the person, in sudo, or answer 404."""
        found = request.env["rgpd.request"]._get_own(request.env.user, request_id)
        if not found:
            raise NotFound()
        return found

    def _act(self, record_sudo, done, act, **typed):
        """Do something on a request; show it again with what was typed if refused."""
        partner = request.env.user.partner_id
        throttle = request.env["rgpd.request.throttle"]
        if throttle._is_too_much("reply", f"account-{partner.id}"):
            error = request.env._("That is a lot at once: try again in an hour.")
            return self._render_request(record_sudo, 429, error=error, **typed)
        try:
            act()
        except UserError as error:
            return self._render_request(record_sudo, 400, error=error.args[0], **typed)
        return request.redirect(f"/my/privacy/requests/{record_sudo.id}?done={done}")

    def _get_file_name(self, sent):
        """Return the name of a file that a browser sent, without its folders."""
        return (sent.filename or "").replace("\\", "/").rpartition("/")[2][-100:]

    def _render_request(self, record_sudo, status=200, **values):
        own = record_sudo._is_about(request.env.user)
        copies = record_sudo.delivery_ids
        papers = record_sudo.paper_ids.filtered(lambda p: p.state == "awaited")
        values = {
            "page_name": "rgpd_privacy_request",
            "rgpd_request": record_sudo,
            "rgpd_copies": copies._get_shown(record_sudo) if own else copies.browse(),
            "rgpd_messages": record_sudo._get_conversation(request.env.user.partner_id),
            "rgpd_papers": papers,
            "rgpd_missing": not record_sudo.is_done
            and record_sudo._get_awaited_proofs(),
            **values,
        }
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy_request", values, status
        )

    def _render_new(self, rights, text="", error=None, about=None, status=200):
        values = {
            "page_name": "rgpd_privacy_new",
            "rgpd_about": about or {},
            "rgpd_kinds": request.env["rgpd.request"]._get_kind_choices()[1:],
            "rgpd_choices": request.env["rgpd.request"]._get_right_choices(),
            "rgpd_ticked": rights,
            "rgpd_text": text,
            "error": error,
        }
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy_new", values, status
        )

    def _render_correct(self, nothing=False, status=200):
        partner_sudo = request.env.user.partner_id.sudo()
        values = {
            "page_name": "rgpd_privacy_correct",
            "rgpd_details": request.env["rgpd.request"]._get_correctable(partner_sudo),
            "nothing": nothing,
        }
        return self._render_privacy(
            "rgpd_fichier_client.portal_privacy_correct", values, status
        )

    def _render_privacy(self, template, values, status=200):
        """Render a page that no cache keeps."""
        values = {**self._prepare_portal_layout_values(), **values}
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS)
        return response
