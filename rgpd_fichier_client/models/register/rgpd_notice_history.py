from odoo import api, models
from odoo.tools import get_lang

from ...core.register.notice import get_period


class RgpdNotice(models.Model):
    """Which text was in force on a day of the past (Art. 5.2 and 7.1 GDPR)."""

    _inherit = "rgpd.notice"

    @api.model
    def _get_version_at(
        self, moment, purpose, company=None, lang=None, kind=None, source=None
    ):
        """Return the version in force at a moment; see :meth:`_get_version`.

        The text of today where it has not changed since; else the last one shown
        before, while the notice had the words it had then.

        :param moment: naive datetime in UTC
        :return: ``rgpd.notice.version``; empty when the notice was not written yet, or
            when nobody was shown the text it had then
        """
        company = company or self.env.company
        lang = get_lang(self.env, lang).code
        notice = self._find(purpose, None, company, kind or "choice")
        start, end = (
            get_period(notice._get_changes(), moment) if notice else (None, None)
        )
        if not start:
            return self.env["rgpd.notice.version"]
        if not end:
            return notice._get_current_version(purpose, None, company, lang, source)
        # sudo: rgpd.notice.version - whoever shows a notice
        versions = self.env["rgpd.notice.version"].sudo()
        return versions.search(
            [
                ("notice_id", "=", notice.id),
                ("purpose_id", "=", purpose.id),
                ("company_id", "=", company.id),
                ("lang", "=", lang),
                ("create_date", ">=", start),
                ("create_date", "<", end),
            ],
            order="id desc",
        ).filtered(lambda version: not source or source in version.text)[:1]

    def _get_changes(self):
        """Return when the notice was written and when its text changed, in order."""
        self.ensure_one()
        # sudo: mail.tracking.value - when, not what, whoever shows a notice
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("field_id.model", "=", self._name),
                    ("field_id.name", "=", "text"),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
                ]
            )
        )
        dates = [self.create_date, *changes.mail_message_id.mapped("date")]
        return sorted(filter(None, dates))
