import json
from dataclasses import dataclass

from odoo import http, models
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..core.consent.fold import ALL_CHANNELS, CHANNELS
from ..core.consent.link import Reach

HEADERS = {
    # The address of the page is a secret of the person.
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PUBLIC = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
}


def render(template, values, status=200):
    """Return the page with the headers that keep its address secret."""
    response = request.render(f"rgpd_fichier_client.{template}", values, status=status)
    response.headers.update(HEADERS)
    return response


def send_receipts(subject, company, kind):
    """Return the receipts of a person as a file they keep: PDF or JSON."""
    receipt = request.env["rgpd.consent.receipt"]
    if kind == "pdf":
        content, mimetype = receipt._get_pdf(subject, company), "application/pdf"
    else:
        kind, mimetype = "json", "application/json; charset=utf-8"
        content = json.dumps(
            {"receipts": receipt._get(subject, company)}, ensure_ascii=False, indent=2
        )
    return request.make_response(
        content,
        [
            ("Content-Type", mimetype),
            ("Content-Disposition", f'attachment; filename="receipts.{kind}"'),
            ("X-Content-Type-Options", "nosniff"),
            *HEADERS.items(),
        ],
    )


@dataclass(frozen=True)
class Visit:
    """Somebody who holds a link: about whom, what they may do, what pages show."""

    subject: models.BaseModel
    company: models.BaseModel
    reach: Reach
    values: dict


class PreferenceController(http.Controller):
    """The pages on which a person decides; GET shows, POST acts (invariant 10)."""

    # === CHOICES === #

    @http.route("/privacy/preferences/<string:token>", methods=["GET"], **PUBLIC)
    def rgpd_preferences(self, token, lang=None, saved=None, **_kwargs):
        """Show the choices; an old link only lets the person object."""
        visit, response = self._open(token, lang, shows=True)
        if response:
            return response
        return self._render_page(visit, saved=bool(saved))

    @http.route("/privacy/preferences/<string:token>", methods=["POST"], **PUBLIC)
    def rgpd_preferences_save(self, token, lang=None, **form):
        """Record what the person changed."""
        visit, response = self._open(token, lang, shows=True)
        if response:
            return response
        center = request.env["rgpd.preference.center"]
        _events, problems = center._apply(
            visit.subject, visit.company, visit.reach, form, point="preferences"
        )
        if problems:
            return self._render_page(visit, problems=problems)
        return request.redirect(visit.values["page_url"] + "&saved=1", code=303)

    @http.route(
        "/privacy/preferences/<string:token>/receipt", methods=["GET"], **PUBLIC
    )
    def rgpd_preferences_receipt(self, token, lang=None, kind="json", **_kwargs):
        """Hand over the receipts; an old link hands over nothing."""
        visit, response = self._open(token, lang, shows=True)
        if response:
            return response
        return send_receipts(visit.subject, visit.values["company"], kind)

    # === ONE CLICK === #

    @http.route("/privacy/unsubscribe/<string:token>", methods=["GET"], **PUBLIC)
    def rgpd_unsubscribe_page(self, token, channel="email", lang=None, **_kwargs):
        """Show the button that objects; scanners may open this as they like."""
        visit, response = self._open(token, lang)
        if response:
            return response
        return render(
            "preference_unsubscribe",
            visit.values | {"channel": self._read_channel(channel)},
        )

    # One click from the mailbox (RFC 8058): the provider posts without session, hence
    # without CSRF token. The token of the link is the proof; the act only restricts.
    @http.route(
        "/privacy/unsubscribe/<string:token>",
        methods=["POST"],
        csrf=False,
        save_session=False,
        **PUBLIC,
    )
    def rgpd_unsubscribe(self, token, channel="email", lang=None, **_kwargs):
        """Object to offers on a channel: immediate, free, without reason."""
        # The mail services of the world post from few addresses: only those who hold
        # no right link are slowed.
        visit, response = self._open(token, lang, limit_all=False)
        if response:
            return response
        channel = self._read_channel(channel)
        center = request.env["rgpd.preference.center"]
        center._object(visit.subject, visit.company, channel)
        return render(
            "preference_unsubscribe", visit.values | {"channel": channel, "done": True}
        )

    # === A NEW LINK === #

    @http.route("/privacy/preferences", methods=["GET"], **PUBLIC)
    def rgpd_preferences_ask(self, **_kwargs):
        """Show the form that asks for a link."""
        return render("preference_ask", self._prepare_public_values())

    @http.route("/privacy/preferences", methods=["POST"], **PUBLIC)
    def rgpd_preferences_send(self, email="", **_kwargs):
        """Send a link to whoever has this address; the answer is always the same."""
        values = self._prepare_public_values()
        if self._is_too_fast():
            return self._refuse_speed()
        request.env["rgpd.preference.mail"]._ask(email, values["company"])
        return render("preference_ask", values | {"done": True})

    @http.route("/privacy/preferences/<string:token>/link", methods=["POST"], **PUBLIC)
    def rgpd_preferences_renew(self, token, lang=None, **_kwargs):
        """Send a new link to the address the person has, whoever holds this one."""
        visit, response = self._open(token, lang)
        if response:
            return response
        request.env["rgpd.preference.mail"]._ask_for(visit.subject, visit.company)
        return render("preference_ask", visit.values | {"done": True})

    # === HELPERS === #

    def _is_too_fast(self):
        throttle = request.env["rgpd.preference.throttle"]
        return throttle._is_too_fast(request.httprequest.remote_addr)

    def _open(self, token, lang, *, shows=False, limit_all=True):
        """Return ``(Visit, None)`` or ``(None, response)``: how every route begins.

        :param shows: the route shows or changes choices: an old link is only offered
            to object
        :param limit_all: count every request, not only those without a right link
        """
        found, refusal = self._read(token, limit_all)
        if refusal:
            return None, refusal
        visit = Visit(*found, self._prepare_values(*found, token, lang))
        if shows and not visit.reach.shows:
            values = visit.values | {"channel": ALL_CHANNELS}
            return None, render("preference_unsubscribe", values)
        return visit, None

    def _read(self, token, limit_all=True):
        """Return ``((subject, company, reach), None)`` or ``(None, response)``."""
        if limit_all and self._is_too_fast():
            return None, self._refuse_speed()
        found = request.env["rgpd.preference.token"]._read(token)
        if found:
            return found, None
        if not limit_all and self._is_too_fast():
            return None, self._refuse_speed()
        values = self._prepare_public_values() | {"is_invalid": True}
        return None, render("preference_ask", values, status=404)

    def _refuse_speed(self):
        response = render(
            "preference_too_fast", self._prepare_public_values(), status=429
        )
        response.headers["Retry-After"] = "60"
        return response

    def _read_channel(self, channel):
        return channel if channel in (*CHANNELS, ALL_CHANNELS) else "email"

    def _prepare_public_values(self):
        """Return what the pages show to somebody unknown."""
        company = request.env.company.sudo()  # sudo: res.company - published names
        return {"company": company, "contact": company._get_rgpd_contact()}

    def _prepare_values(self, subject, company, reach, token, lang):
        """Set the language of the person and return what every page shows."""
        center = request.env["rgpd.preference.center"]
        request.update_context(lang=center._get_lang(subject, lang))
        company = company.with_context(lang=request.env.lang)
        query = f"?lang={request.env.lang}"
        page_url = f"/privacy/preferences/{token}{query}"
        return {
            "company": company,
            "contact": company._get_rgpd_contact(),
            "token": token,
            "page_url": page_url,
            "receipt_url": f"/privacy/preferences/{token}/receipt{query}",
            "is_shown": reach.shows,
            "object_url": f"/privacy/unsubscribe/{token}",
            "langs": request.env["res.lang"].get_installed(),
        }

    def _render_page(self, visit, problems=(), saved=False):
        center = request.env["rgpd.preference.center"]
        page = center._get_page(visit.subject, visit.company, visit.reach)
        return render(
            "preference_page",
            visit.values | page | {"problems": problems, "saved": saved},
        )


class PreferencePortal(CustomerPortal):
    """The same choices for a customer who has logged in."""

    @http.route(
        "/my/privacy/consents",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def rgpd_portal_choices(self, saved=None, **_kwargs):
        """Show the customer's own choices."""
        return self._render_rgpd_choices(saved=bool(saved))

    @http.route(
        "/my/privacy/consents",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def rgpd_portal_choices_save(self, **form):
        """Record what the customer changed, or an objection to everything."""
        center = request.env["rgpd.preference.center"]
        subject, company = self._get_rgpd_person()
        if form.get("object") == ALL_CHANNELS:
            center._object(subject, company, ALL_CHANNELS, point="portal")
            problems = ()
        else:
            _events, problems = center._apply(
                subject, company, self._get_rgpd_reach(), form, point="portal"
            )
        if problems:
            return self._render_rgpd_choices(problems=problems)
        return request.redirect("/my/privacy/consents?saved=1", code=303)

    @http.route(
        "/my/privacy/consents/receipt",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rgpd_portal_receipt(self, kind="json", **_kwargs):
        """Hand over the customer's own receipts."""
        return send_receipts(*self._get_rgpd_person(), kind)

    def _get_rgpd_person(self):
        """Return the subject of the customer and the company they deal with."""
        partner = request.env.user.partner_id
        # sudo: rgpd.subject, res.company - the customer's own row, published names
        subject = request.env["rgpd.subject"].sudo()._of(partner)
        return subject, request.env.company.sudo()

    def _get_rgpd_reach(self):
        """Return what the customer may do; their login may prove their mailbox."""
        user = request.env.user
        confirmation = request.env["rgpd.consent.confirmation"]
        return Reach(
            shows=True,
            proves_mailbox=confirmation._is_proved_by_login(user, user.partner_id),
        )

    def _render_rgpd_choices(self, problems=(), saved=False):
        subject, company = self._get_rgpd_person()
        page = request.env["rgpd.preference.center"]._get_page(
            subject, company, self._get_rgpd_reach()
        )
        values = self._prepare_portal_layout_values() | page
        return render(
            "preference_portal_page",
            values
            | {
                "page_name": "rgpd_choices",
                "company": company,
                "contact": company._get_rgpd_contact(),
                "page_url": "/my/privacy/consents",
                "receipt_url": "/my/privacy/consents/receipt?",
                "problems": problems,
                "saved": saved,
            },
        )
