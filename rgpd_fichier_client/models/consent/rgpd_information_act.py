import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class RgpdInformation(models.Model):
    """What is told by hand, and what contacts by other ways start (Art. 14.3)."""

    _inherit = "rgpd.information"

    # === ACTION METHODS === #

    def action_tell(self):
        """Ask when and how the persons were told."""
        self.check_access("write")
        waiting = self.filtered(lambda row: row.state == "waiting")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_information_tell_action"
        )
        return action | {
            "context": {"default_information_ids": [fields.Command.set(waiting.ids)]}
        }

    # === BUSINESS METHODS === #

    def _get_text(self, moment=None):
        """Return the exact text for this person: what was given, else that of today.

        Nothing is stored by looking at it.

        :param moment: when they were told; the text in force then, empty in doubt
        """
        self.ensure_one()
        if self.shown_id:
            return self.shown_id.text
        purpose = self.purpose_id.sudo()  # sudo: rgpd.purpose - told to the person
        notices, company = self.env["rgpd.notice"], self.company_id
        lang, source = self._get_lang(), self.source
        if moment:
            return notices._get_text_at(
                moment, purpose, company, lang, "indirect", source
            )[1]
        notice = notices._find(purpose, None, company, "indirect")
        if not notice:
            return ""
        return notice._render_text(purpose, company, lang, source=source)

    def _get_version_at(self, moment):
        """Return the text for this person in force at a moment; none in doubt."""
        self.ensure_one()
        return self.env["rgpd.notice"]._get_version_at(
            moment,
            self.purpose_id.sudo(),  # sudo: rgpd.purpose - told to the person
            company=self.company_id,
            lang=self._get_lang(),
            kind="indirect",
            source=self.source,
        )

    @api.model
    def _get_told_text(self, subject, company):
        """Return what a person was told, for the page that an SMS leads to."""
        # sudo: rgpd.information - the code of the link is the right of the visitor
        row = self.sudo().search(
            [("subject_id", "=", subject.id), ("company_id", "=", company.id)]
        )
        return row._get_text() if row else ""

    @api.model
    def _search_waiting(self, records, company):
        """Return ``{res_id: row}`` of the persons who are still to be told.

        :param records: recordset of any anchor model
        """
        # sudo: rgpd.subject, rgpd.information - whoever writes to the persons
        subjects = self.env["rgpd.subject"].sudo()._of(records, create=False)
        rows = self.sudo().search(
            [
                ("subject_id", "in", subjects.ids),
                ("company_id", "=", company.id),
                ("state", "=", "waiting"),
            ]
        )
        return {row.subject_id.res_id: row for row in rows}

    def _note_contact_on(self, day):
        """Set the first contact by hand, unless an earlier one is known."""
        # sudo: rgpd.information - whoever spoke to the person
        rows = self.sudo().filtered(
            lambda row: not row.first_contact_on or row.first_contact_on > day
        )
        if rows:
            rows.first_contact_on = day

    @api.model
    def _note_contacts(self, records, company):
        """Record that many persons were contacted, set-based; never raises.

        :param records: recordset of any anchor model
        """
        try:
            with self.env.cr.savepoint():
                rows = self._search_waiting(records, company).values()
                self.sudo().union(*rows)._note_first_contact()
        except Exception as error:  # noqa: BLE001 - the message has left
            _logger.warning(
                "First contacts could not be recorded: %s", type(error).__name__
            )
