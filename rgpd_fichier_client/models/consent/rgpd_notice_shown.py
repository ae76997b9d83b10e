import logging
from datetime import timedelta

from odoo import api, fields, models

from ...core.consent.delivery import GIVE_UP_DAYS, select_returned

_logger = logging.getLogger(__name__)


class RgpdNoticeShown(models.Model):
    """A notice whose message comes back has told nobody (Art. 13 and 14 GDPR)."""

    _inherit = "rgpd.notice.shown"

    @api.model
    def _note_mail_returned(self, refs, email, partners, is_dead=False):
        """Take back the notices of a mail that was not delivered; never raises.

        Whoever knows an address can write a report that names no message: it proves
        nothing, and staff look into it.

        :param refs: numbers of the message, as the report gives them; maybe none
        :param email: the address that returned it, normalised, or ``None``
        :param partners: contacts who have that address
        :param is_dead: whether the address itself is wrong or closed
        """
        try:
            with self.env.cr.savepoint():
                # sudo: rgpd.notice.shown - the mail gateway has no rights of its own
                shown = self.sudo()._find_carried(refs, partners)
                returned = shown._select_returned(email, partners)
                if refs:
                    returned._note_returned(email if is_dead else None)
                else:
                    returned._note_doubt()
        except Exception as error:  # noqa: BLE001 - Odoo goes on with the report
            self._log_returned(error)

    @api.model
    def _note_sms_returned(self, refs):
        """Take back the notices of SMS that were not delivered; never raises."""
        try:
            with self.env.cr.savepoint():
                # sudo: rgpd.notice.shown - the provider has no rights of its own
                self.sudo().search(
                    [("message_ref", "in", list(refs)), ("returned_on", "=", False)]
                )._note_returned()
        except Exception as error:  # noqa: BLE001 - the report is taken all the same
            self._log_returned(error)

    @api.model
    def _log_returned(self, error):
        _logger.warning(
            "A notice that came back could not be recorded: %s", type(error).__name__
        )

    @api.model
    def _find_carried(self, refs, partners):
        """Return the notices a message carried.

        A report that names no message is about one of the last days.
        """
        domain = [("returned_on", "=", False), ("message_ref", "!=", False)]
        if refs:
            return self.search([*domain, ("message_ref", "in", list(refs))])
        since = fields.Datetime.now() - timedelta(days=GIVE_UP_DAYS)
        subjects = self.env["rgpd.subject"].sudo()._of(partners, create=False)
        return self.search(
            [
                *domain,
                ("subject_id", "in", subjects.ids),
                ("place", "=", "first_mail"),
                ("moment", ">=", since),
            ]
        )

    def _select_returned(self, email, partners):
        """Return those of these notices that the report is about."""
        addresses = self.env["rgpd.contact.address"]
        emails, others = {}, partners
        for shown in self:
            person = shown._get_person()
            emails[shown.id] = (
                addresses._get(person)[person.id].emails if person else ()
            )
            if person and person._name == "res.partner":
                others -= person
        return self.browse(select_returned(emails, email, bool(others)))

    def _get_person(self):
        """Return the record of the person, empty when it is gone."""
        self.ensure_one()
        if not self.subject_id:
            return self.env["res.partner"]
        subject = self.subject_id._get_survivor()
        return self.env["rgpd.preference.token"]._get_person(subject)

    def _note_returned(self, email=None):
        """Record that these notices told nobody: who was to be told still is.

        :param email: the address of a mail, when it does not work any more
        """
        if not self:
            return
        # sudo: rgpd.notice.shown, rgpd.information - as above, or a provider of SMS
        self.sudo().returned_on = fields.Datetime.now()
        rows = self.env["rgpd.information"].sudo()
        rows.search([("shown_id", "in", self.ids)])._reopen_returned(email)

    def _note_doubt(self):
        """Let staff look into a report that does not prove what it says."""
        # sudo: rgpd.information - as above
        rows = self.env["rgpd.information"].sudo()
        rows.search([("shown_id", "in", self.ids)])._note_doubt()
