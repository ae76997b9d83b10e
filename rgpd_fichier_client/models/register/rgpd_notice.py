from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import get_lang

from ...core.register import canonical
from ...core.register.notice import fill

# One text of these kinds serves every purpose that has none of its own.
COMMON_KINDS = ("lift", "form", "mail", "long", "indirect")
CHANNELS = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
    ("partners", "Partners"),
    ("tracking", "Trackers"),
]


class RgpdNotice(models.Model):
    """A text shown to the person (Art. 7.2, 13, 14), for one purpose and channel.

    The text may change; each text really shown is a version that never does.
    """

    _name = "rgpd.notice"
    _description = "Notice"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    # What is tracked tells which text was in force on a day of the past.
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("choice", "Choice (box to tick, unticked)"),
            ("form", "Short notice of a form"),
            ("mail", "Short notice of a first message"),
            ("long", "Full notice (Art. 13)"),
            ("indirect", "Notice for data from somebody else (Art. 14)"),
            ("phone", "Notice beside a phone number"),
            ("lift", "Taking back an objection"),
        ],
        required=True,
        default="choice",
        tracking=True,
        help="A choice is one box for one purpose and one channel, never ticked "
        "beforehand (Art. 4.11 and 7).",
    )
    purpose_id = fields.Many2one(
        "rgpd.purpose", ondelete="restrict", index=True, tracking=True
    )
    channel = fields.Selection(
        CHANNELS,
        tracking=True,
        help="Empty: the text serves every channel of the purpose.",
    )
    company_id = fields.Many2one(
        "res.company", tracking=True, help="Empty: the text serves every company."
    )
    text = fields.Text(
        required=True,
        translate=True,
        tracking=True,
        help="You may write {company}, {contact}, {purpose}, {channel}, {retention}, "
        "{rights} and {policy}: they are replaced by the values of the company. In "
        "notices also {address}, {dpo}, {basis}, {interest}, {categories}, {source}, "
        "{recipients}, {transfers}, {withdrawal}, {objection}, {automated} and "
        "{notice}, taken from the register; a line whose value is empty is left out.",
    )
    version_ids = fields.One2many("rgpd.notice.version", "notice_id", string="Versions")
    version_count = fields.Integer(compute="_compute_version_count")

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["rgpd.notice.version"]._read_group(
                [("notice_id", "in", self.ids)], ["notice_id"], ["__count"]
            )
        )
        for notice in self:
            notice.version_count = counts.get(notice, 0)

    @api.model
    def _get_version(
        self, purpose, channel=None, company=None, lang=None, kind=None, source=None
    ):
        """Return the version of the text in force, making it at first use.

        :param purpose: an ``rgpd.purpose`` or its code
        :param channel: the text of this channel, else the one for every channel
        :param lang: language shown to the person, else the one of the context
        :param kind: ``choice`` (default), ``form``, ``long``, ``indirect``, ``phone``
        :param source: where data come from that the person did not give (Art. 14.2.f)
        :return: ``rgpd.notice.version``, empty when there is no such notice
        """
        company = company or self.env.company
        if isinstance(purpose, str):
            purpose = self.env["rgpd.purpose"]._get_purpose(purpose, company)
        lang = get_lang(self.env, lang).code
        notice = self._find(purpose, channel, company, kind or "choice")
        return notice._get_current_version(purpose, channel, company, lang, source)

    @api.model
    def _find(self, purpose, channel, company, kind):
        """Return the most precise notice: own company first, then own channel."""
        return self._find_all(purpose, channel, company, kind)[:1]

    @api.model
    def _find_all(self, purpose, channel, company, kind):
        """Return the notices that fit, the most precise first."""
        same_purpose = Domain("purpose_id.code", "=", purpose.code)
        if kind in COMMON_KINDS:
            same_purpose |= Domain("purpose_id", "=", False)
        # sudo: rgpd.notice - what is shown to the public does not depend on rights
        notices = self.sudo().search(
            Domain(
                [
                    ("kind", "=", kind),
                    ("company_id", "in", (False, company.id)),
                    ("channel", "in", (False, channel)),
                ]
            )
            & same_purpose
        )
        return notices.sorted(
            lambda n: (not n.company_id, n.purpose_id != purpose, not n.channel, n.id)
        )

    def _get_current_version(self, purpose, channel, company, lang, source=None):
        """Return the stored version equal to the text of today, or store it."""
        if not self:
            return self.env["rgpd.notice.version"]
        text = self._render_text(purpose, company, lang, channel, source)
        return self._store_version(purpose, channel, company, lang, text, source)

    def _store_version(self, purpose, channel, company, lang, text, source=None):
        """Return the stored version with this very text, or store it."""
        return self.env["rgpd.notice.version"]._find_or_create(
            {
                "notice_id": self.id,
                "purpose_id": purpose.id,
                "channel": channel or False,
                "company_id": company.id,
                "lang": lang,
                "text": text,
                "source": source or False,
            }
        )

    def _get_shown_version(self, purpose, channel, company, digest):
        """Return the version whose text was on the screen, in whatever language.

        The text may have changed since the page was opened: then the version is
        among those shown before, or nothing can be proved and it is empty.

        :param digest: SHA-256 of the text, as the page sent it back
        """
        for lang, _name in self.env["res.lang"].get_installed():
            text = self._render_text(purpose, company, lang, channel)
            for shown in self._get_former_texts(text, company):
                if canonical.get_digest(shown) == digest:
                    return self._store_version(purpose, channel, company, lang, shown)
        return self.version_ids.filtered(
            lambda version: (
                version.sha256 == digest
                and version.company_id == company
                and version.channel == (channel or False)
            )
        )[:1]

    @api.model
    def _get_former_texts(self, text, company):
        """Return a text as it is, and as it was at former addresses of the server.

        The address may change while a page is open: what the person read is still
        recognised, and kept with the address that it named.
        """
        base = company.get_base_url()
        former = self.env["ir.config_parameter"]._get_former_base_urls()
        return [text, *(text.replace(base, url) for url in former if base in text)]

    def _is_complete(self, purpose, company, channel=None):
        """Tell whether every value the text speaks of is known."""
        self.ensure_one()
        values = self._prepare_values(purpose.sudo(), company.sudo(), channel)
        return all(
            value or f"{{{name}}}" not in self.text for name, value in values.items()
        )

    def _render_text(self, purpose, company, lang, channel=None, source=None):
        """Return the exact text shown, in one language, for one company."""
        self.ensure_one()
        notice = self.with_context(lang=lang)
        values = notice._prepare_values(
            purpose.sudo().with_context(lang=lang), company.sudo(), channel
        )
        if source:
            values["source"] = source
        return fill(notice.text, values)

    def _prepare_values(self, purpose, company, channel=None):
        contact = company._get_rgpd_contact()
        channels = dict(self._fields["channel"]._description_selection(self.env))
        return {
            "company": company.name,
            "contact": contact["email"] or company.name,
            "purpose": purpose.name,
            "channel": channels.get(channel, ""),
            "retention": purpose.retention_text or "",
            "rights": purpose.rights_text or "",
            "policy": company._get_rgpd_policy_url() or company.website or "",
        }

    def action_open_versions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_notice_version_action"
        )
        return action | {
            "domain": [("notice_id", "=", self.id)],
            "context": {},
        }
