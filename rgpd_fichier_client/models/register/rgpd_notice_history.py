from odoo import api, models
from odoo.tools import get_lang

from ...core.register.notice import is_same
from .ir_config_parameter import BASE

# Which notice serves a purpose; ``active`` is told apart, see ``_was_active``.
TARGETS = ("kind", "purpose_id", "channel", "company_id")
# Read as a whole: what was linked on a day of the past may be linked no more.
PARTS = (
    "rgpd.data.category",
    "rgpd.processor",
    "rgpd.recipient",
    "rgpd.retention.rule",
    "rgpd.transfer",
)


class RgpdNotice(models.Model):
    """Which text was in force on a day of the past (Art. 5.2 and 7.1 GDPR).

    A wrong proof is worse than none: where a change may lie between that day and what
    is known, there is no answer.
    """

    _inherit = "rgpd.notice"

    # === TRACE OF CHANGES === #

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Keep a trace of a text changed in the dialog of translations.

        It changes the row before it calls :meth:`write`, which sees no change.
        """
        if field_name != "text":
            return super()._update_field_translations(
                field_name, translations, digest=digest, source_lang=source_lang
            )
        langs = sorted({*translations, self.env.lang or "en_US"})
        before = {lang: self.with_context(lang=lang).text for lang in langs}
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        for lang in langs:
            notice = self.with_context(lang=lang)
            if notice.text != before[lang]:
                self._log_text(lang, before[lang], notice.text)
        return result

    def _log_text(self, lang, before, after):
        """Log the words of a language before and after a change."""
        values = self.env["mail.tracking.value"]._create_tracking_values(
            before, after, "text", self.fields_get(["text"])["text"], self
        )
        self._message_log(
            body=self.env._("Text changed in the language %(lang)s.", lang=lang),
            tracking_value_ids=[(0, 0, values)],
        )

    # === WHAT WAS IN FORCE === #

    @api.model
    def _get_version_at(
        self, moment, purpose, company=None, lang=None, kind=None, source=None
    ):
        """Return the version in force at a moment; see :meth:`_get_version`.

        :param moment: naive datetime in UTC
        :return: ``rgpd.notice.version``; empty when it is not known for certain
        """
        company = company or self.env.company
        lang = get_lang(self.env, lang).code
        notice, text = self._get_text_at(
            moment, purpose, company, lang, kind or "choice", source
        )
        if not text:
            return self.env["rgpd.notice.version"]
        return notice._store_version(purpose, None, company, lang, text, source)

    @api.model
    def _get_text_at(self, moment, purpose, company, lang, kind, source=None):
        """Return ``(notice, text)`` in force at a moment, storing nothing.

        The text of today where nothing it is made of has changed since; else the last
        one shown before, where nothing changed in between. The text is empty when
        neither is certain.
        """
        notice = self._find_at(moment, purpose, company, kind)
        if not notice:
            return notice, ""
        said_on = notice._get_said_on(purpose, company)
        today = notice._render_text(purpose, company, lang, source=source)
        if not notice.active and not notice._get_tracked(["active"], moment):
            return notice, ""  # nobody knows since when it is archived
        if notice.active and max(said_on, notice.write_date) <= moment:
            return notice, today
        versions = notice._get_kept(purpose, company, lang, source)
        kept = versions.filtered(lambda version: version.create_date <= moment)[:1]
        if not kept or not is_same(notice._get_changes(), kept.create_date, moment):
            return notice, ""
        # Told before, told again today, and nothing else in between: it was the same
        is_back = kept == versions[:1] and kept.text == today
        return notice, kept.text if said_on <= kept.create_date or is_back else ""

    @api.model
    def _find_at(self, moment, purpose, company, kind):
        """Return the notice that :meth:`_find` would have returned at a moment.

        Empty where none was written, or where notices served something else then.
        """
        moved = self._get_tracked([*TARGETS], moment)
        for notice in self.sudo().browse({change["notice_id"] for change in moved}):
            names = {one["name"] for one in moved if one["notice_id"] == notice.id}
            if notice.exists() and (notice.kind == kind or "kind" in names):
                return self.browse()
        fitting = self.with_context(active_test=False)._find_all(
            purpose, None, company, kind
        )
        return fitting.filtered(
            lambda notice: notice.create_date <= moment and notice._was_active(moment)
        )[:1]

    def _was_active(self, moment):
        """Tell whether the notice was in use at a moment, as the trace says.

        One that is archived without a trace counts as in use until it was last
        written: what it hid then is not made up.
        """
        self.ensure_one()
        changes = self._get_tracked(["active"], moment)
        if changes:
            return bool(changes[0]["old"])
        return self.active or self.write_date > moment

    def _get_kept(self, purpose, company, lang, source):
        """Return the versions once shown for this very purpose, the last first."""
        # sudo: rgpd.notice.version - whoever shows a notice
        versions = self.env["rgpd.notice.version"].sudo()
        return versions.search(
            [
                ("notice_id", "=", self.id),
                ("purpose_id", "=", purpose.id),
                ("channel", "=", False),
                ("company_id", "=", company.id),
                ("lang", "=", lang),
                ("source", "=", source or False),
            ],
            order="create_date desc, id desc",
        )

    def _get_changes(self):
        """Return when the notice was written and when it changed."""
        self.ensure_one()
        changes = self._get_tracked(["text", "active", *TARGETS])
        dates = [change["date"] for change in changes if change["notice_id"] == self.id]
        return [self.create_date, *dates]

    def _get_tracked(self, names, since=None):
        """Return the traced changes of these notices, of all for none, in order.

        :return: list of ``{"notice_id", "name", "date", "old"}``
        """
        domain = [
            ("field_id.model", "=", self._name),
            ("field_id.name", "in", names),
            ("mail_message_id.model", "=", self._name),
        ]
        if self:
            domain.append(("mail_message_id.res_id", "in", self.ids))
        if since:
            domain.append(("mail_message_id.date", ">", since))
        # sudo: mail.tracking.value - when, not what, whoever shows a notice
        values = self.env["mail.tracking.value"].sudo().search(domain)
        return [
            {
                "notice_id": value.mail_message_id.res_id,
                "name": value.field_id.name,
                "date": value.mail_message_id.date,
                "old": value.old_value_integer,
            }
            for value in values.sorted(lambda v: (v.mail_message_id.date, v.id))
        ]

    def _get_said_on(self, purpose, company):
        """Return when something the register says in notices was last written.

        Too late rather than too early: a write that changed no word counts.
        """
        # sudo: the register - when it changed, whoever shows a notice
        env = self.sudo().with_context(active_test=False).env
        company = company.with_env(env)
        purpose = purpose.with_env(env)
        records = (
            company,
            company.partner_id | company.rgpd_dpo_id | company.rgpd_referent_id,
            purpose,
            purpose.processing_id,
            env["ir.config_parameter"].search([("key", "=", BASE)]),
            env["rgpd.policy.version"].search(
                [("company_id", "=", company.id)], order="number", limit=1
            ),
        )
        dates = [date for record in records for date in record.mapped("write_date")]
        for model in PARTS:
            dates += env[model]._read_group([], [], ["write_date:max"])[0]
        return max(filter(None, dates))
