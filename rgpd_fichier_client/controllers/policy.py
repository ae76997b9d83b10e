from datetime import date

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request


class PolicyController(http.Controller):
    """The privacy policy and the register, as the company chose to publish them.

    Only what was published is shown; a company that publishes nothing and one that
    does not exist give the same answer.
    """

    @http.route(
        ["/rgpd/policy", "/rgpd/policy/<int:company_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def rgpd_policy(self, company_id=None, version=None, lang=None, since=None, **_kw):
        """Show the privacy policy; `since` says what changed after that day."""
        return self._show("policy", company_id, version=version, lang=lang, since=since)

    @http.route(
        ["/rgpd/register", "/rgpd/register/<int:company_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def rgpd_register(self, company_id=None, version=None, lang=None, **_kw):
        """Show the register of processing, without what only the CNIL may see."""
        return self._show("register", company_id, version=version, lang=lang)

    def _show(self, page, company_id, version=None, lang=None, since=None):
        # sudo: res.company, rgpd.policy.version - published for everyone
        companies_sudo = request.env["res.company"].sudo()
        company = companies_sudo.browse(company_id or request.env.company.id).exists()
        if not company or not company[f"rgpd_{page}_published"]:
            raise NotFound()
        number = int(version) if version and version.isdecimal() else None
        shown = request.env["rgpd.policy.version"]._get_public(company, lang, number)
        if not shown:
            raise NotFound()
        # The words of the page follow the language of the text
        request.update_context(lang=shown.lang)
        day = self._read_day(since)
        return request.render(
            f"rgpd_fichier_client.rgpd_{page}_page",
            {
                "version": shown,
                "content": shown.content,
                "company": company,
                "languages": shown._get_siblings(number=shown.number),
                "numbers": shown._get_siblings(lang=shown.lang),
                "since": day and day.isoformat(),
                "changes": day and shown._get_changes_since(day),
                "page": page,
            },
        )

    def _read_day(self, text):
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            return None
