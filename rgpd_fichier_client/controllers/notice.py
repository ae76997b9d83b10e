from odoo import http
from odoo.http import request


class NoticeController(http.Controller):
    """The full notices, open to everybody (Art. 12.1, 13 and 14 GDPR)."""

    @http.route(
        ["/privacy/notice", "/privacy/notice/<int:company_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=True,
    )
    def rgpd_notice(self, company_id=None, **_kwargs):
        """Show what the register says, purpose by purpose; writes nothing."""
        # sudo: res.company - published names
        companies = request.env["res.company"].sudo()
        company = companies.browse(company_id or ()).exists() or request.env.company
        return request.render(
            "rgpd_fichier_client.notice_page",
            {
                "company": company,
                "contact": company._get_rgpd_contact(),
                "notices": request.env["rgpd.notice"]._get_public_notices(company),
            },
        )
