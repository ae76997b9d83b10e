import logging
import re

from markupsafe import Markup

from odoo import api, models
from odoo.tools import get_lang, html_escape
from odoo.tools.mail import html_keep_url

from ...core.consent.evidence import text_digest

_logger = logging.getLogger(__name__)

# Part of a form → (purpose, kind of notice, channel)
PARTS = {
    "account": ("account", "form", None),
    "rights": ("rights", "form", None),
    "contact": ("quote", "form", None),
    # A number is asked for: no commercial call without consent (L. 223-2 C. conso.)
    "phone": ("prospect_phone_b2c", "phone", "phone"),
}
FIELD = "rgpd_notice_%s"
# The end of a sentence after an address is no part of it; entities stay whole
LINK = re.compile(
    r'<a href="(?P<url>[^"]+?)'
    r"(?P<end>(?:&(?:gt|quot|#34|#39);|[.,:!?)»]|(?<!&amp)(?<!&lt);)*)"
    r'"'
    r"(?P<rest>[^>]*)>[^<]*</a>"
)


class RgpdFormNotice(models.AbstractModel):
    """The short notices of forms in which people enter their data (Art. 13 GDPR).

    A form shows them with the template ``rgpd_fichier_client.form_notice``, which also
    makes it send back the mark of each text. Whoever takes the form then records which
    text was shown to whom. Nothing here ever stops a form.
    """

    _name = "rgpd.form.notice"
    _description = "Notices of Forms"

    @api.model
    def _get(self, part, company=None):
        """Return the notice of a part of a form, for the page.

        :param part: a key of ``PARTS``
        :return: ``{"field", "text", "html", "digest"}``, its addresses as links in the
            HTML; ``None`` when there is none to show
        """
        try:
            with self.env.cr.savepoint():
                company = company or self.env.company
                notice, purpose, channel = self._find(part, company)
                if not notice:
                    return None
                lang = get_lang(self.env).code
                text = notice._render_text(purpose, company, lang, channel)
                html = self._get_html(text)
        except Exception as error:  # noqa: BLE001 - the form is shown all the same
            self._log(part, error)
            return None
        return {
            "field": FIELD % part,
            "text": text,
            "html": html,
            "digest": text_digest(text),
        }

    @api.model
    def _get_html(self, text):
        """Return a text with its addresses as links; nothing else in it is HTML."""
        html = html_keep_url(str(html_escape(text or "")))
        return Markup(LINK.sub(r'<a href="\g<url>"\g<rest>>\g<url></a>\g<end>', html))

    @api.model
    def _pop(self, form, parts):
        """Take the marks of the notices out of what a form sent.

        :param dict form: changed in place: Odoo does not know these fields
        :param parts: those that the page shows; the marks of others count for nothing
        :return: ``{part: digest}``
        """
        found = {part: form.pop(FIELD % part, None) for part in PARTS}
        return {
            part: digest[:64]
            for part, digest in found.items()
            if part in parts and isinstance(digest, str) and digest
        }

    @api.model
    def _note(self, person, digests, place, company=None):
        """Record which texts were shown to the person; never raises.

        :param person: one record of any anchor model
        :param digests: what :meth:`_pop` returned; a mark that is not that of a notice
            of ours counts for nothing
        :param place: see ``rgpd.notice.shown``
        """
        versions = self._find_versions(digests, company)
        if not person:
            return
        for version in versions:
            try:
                with self.env.cr.savepoint():
                    self.env["rgpd.notice.shown"]._note(person, version, place)
            except Exception as error:  # noqa: BLE001 - the form was taken
                self._log(version.notice_id.kind, error)

    @api.model
    def _find_versions(self, digests, company=None):
        """Return the texts that a form showed, whoever filled it in; never raises.

        :param digests: what :meth:`_pop` returned
        :return: ``rgpd.notice.version`` records
        """
        company = company or self.env.company
        # sudo: rgpd.notice.version - texts that a public page showed
        versions = self.env["rgpd.notice.version"].sudo()
        for part, digest in digests.items():
            try:
                with self.env.cr.savepoint():
                    notice, purpose, channel = self._find(part, company)
                    if notice:
                        versions |= notice._get_shown_version(
                            purpose, channel, company, digest
                        )
            except Exception as error:  # noqa: BLE001 - the form was taken
                self._log(part, error)
        return versions

    @api.model
    def _find(self, part, company):
        """Return ``(notice, purpose, channel)`` of a part; the notice may be empty."""
        code, kind, channel = PARTS[part]
        notices = self.env["rgpd.notice"]
        # sudo: rgpd.purpose - shown to the public
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose(code, company)
        if not purpose:
            return notices, purpose, channel
        return notices._find(purpose, channel, company, kind), purpose, channel

    @api.model
    def _log(self, part, error):
        _logger.warning(
            "The notice of a form (%s) failed: %s", part, type(error).__name__
        )
