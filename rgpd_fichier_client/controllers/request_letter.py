from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class LetterController(http.Controller):
    """The links of letters, and the letters on the portal.

    A link opens a page that changes nothing; its button acts by POST. Forged, expired
    and used links all give the same 404 and tell nothing.
    """

    # === LINKS OF A LETTER THE COMPANY WROTE FIRST === #

    @http.route(
        "/rgpd/letter/<string:token>/<string:choice>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_letter_page(self, token, choice, **_kwargs):
        """Show what the button would do."""
        letter = self._get_letter(token, choice)
        return self._render(
            "rgpd_fichier_client.rgpd_letter_choice_page",
            {"letter": letter, "choice": choice, "is_done": False},
        )

    @http.route(
        "/rgpd/letter/<string:token>/<string:choice>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def rgpd_letter_choose(self, token, choice, **_kwargs):
        """Record the choice of the person; a second click changes nothing."""
        letter = self._get_letter(token, choice)
        if choice == "stay":
            letter._stay()
        elif choice == "erase":
            letter._ask_erasure()
        else:
            letter._object()
        return self._render(
            "rgpd_fichier_client.rgpd_letter_choice_page",
            {"letter": letter, "choice": choice, "is_done": True},
        )

    def _get_letter(self, token, choice):
        # sudo: rgpd.request.letter - the signed link says which letter, nothing more
        letter = request.env["rgpd.request.letter"].sudo()._from_token(token, choice)
        if not letter:
            raise NotFound()
        request.update_context(lang=letter.lang)
        return letter.with_context(lang=letter.lang)

    # === PLANNED ERASURE === #

    @http.route(
        "/rgpd/erasure/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_erasure_page(self, token, **_kwargs):
        """Show until when the person may change their mind."""
        return self._render(
            "rgpd_fichier_client.rgpd_erasure_cancel_page",
            {"record": self._get_request(token), "is_done": False},
        )

    @http.route(
        "/rgpd/erasure/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def rgpd_erasure_cancel(self, token, **_kwargs):
        """Take the planned erasure back; the link is used up by it."""
        record = self._get_request(token)
        record.lock_for_update()
        record._cancel_erasure("self")
        return self._render(
            "rgpd_fichier_client.rgpd_erasure_cancel_page",
            {"record": record, "is_done": True},
        )

    def _get_request(self, token):
        # sudo: rgpd.request - the signed link says which request, nothing more
        record = request.env["rgpd.request"].sudo()._from_cancel_token(token)
        if not record:
            raise NotFound()
        return record

    # === PORTAL === #

    @http.route(
        "/my/privacy/letters",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_my_letters(self, **_kwargs):
        """List the answers that were put on the account."""
        return self._render(
            "rgpd_fichier_client.portal_my_rgpd_letters",
            {"letters": self._get_own_letters(), "page_name": "rgpd_letters"},
        )

    @http.route(
        "/my/privacy/letters/<int:letter_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_my_letter(self, letter_id, **_kwargs):
        """Give one letter as it was sent; another person's id gives 404."""
        letter = self._get_own_letters().filtered(lambda x: x.id == letter_id)
        if not letter:
            raise NotFound()
        file = letter.pdf_id
        return request.make_response(
            file.raw,
            [
                ("Content-Type", file.mimetype),
                ("Content-Disposition", f'attachment; filename="{file.name}"'),
                ("X-Content-Type-Options", "nosniff"),
                *HEADERS.items(),
            ],
        )

    def _get_own_letters(self):
        """Return the letters put on the portal for the person who is logged in."""
        partner = request.env.user.partner_id
        # sudo: rgpd.request.letter - portal users have no rights on requests
        letters = request.env["rgpd.request.letter"].sudo()
        return letters.search(
            [
                ("state", "=", "sent"),
                ("channel", "=", "portal"),
                ("request_id.partner_id", "=", partner.id),
                ("request_id.requester_kind", "=", "person"),
                ("kind", "!=", "recipients"),
            ]
        )

    def _render(self, template, values):
        return request.render(template, values, headers=HEADERS)
