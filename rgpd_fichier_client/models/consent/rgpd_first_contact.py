import logging

from odoo import api, models
from odoo.tools import get_lang, mail

from ..journal.savepoint import savepoint

_logger = logging.getLogger(__name__)


class RgpdFirstContact(models.AbstractModel):
    """What the first message to a person carries, and what it starts.

    Art. 13: who gave their data is told; Art. 14.3.b: who did not give them is told in
    the first message at the latest. Both once, and recorded when the message has left.
    Messages of marketing have an end of their own, see ``mail.mail``; these here are
    about orders and questions, and nothing ever stops them.
    """

    _name = "rgpd.first.contact"
    _description = "First Message to a Person"

    @api.model
    def _complete(self, email, outgoing):
        """Add the notice to what is the first message to a person, in place.

        :param email: ``mail.mail`` that is about to leave
        :param list outgoing: as ``mail.mail._prepare_outgoing_list`` returns it
        """
        try:
            with savepoint(self.env):
                for values in outgoing:
                    reader = self._get_reader(
                        email, values["partner_id"], values["email_to_normalized"]
                    )
                    _waiting, version = self._get_due(reader, email)
                    if version:
                        self._append(values, version)
        except Exception as error:  # noqa: BLE001 - the message leaves all the same
            self._log("added", email, error)

    @api.model
    def _note(self, email, partners, addresses):
        """Record what left with a message, and that the person was contacted.

        :param partners: those it was sent to
        :param addresses: further e-mail addresses it was sent to
        """
        normalized = mail.email_normalize_all(", ".join(addresses or ()))
        try:
            with savepoint(self.env):
                for partner in [*(partners or ()), False]:
                    reader = self._get_reader(email, partner, normalized)
                    waiting, version = self._get_due(reader, email)
                    waiting._note_first_contact()
                    if version and waiting:
                        waiting._close(
                            version, "first_mail", message_ref=email.message_id
                        )
                    elif version:
                        self.env["rgpd.notice.shown"]._note(
                            reader,
                            version,
                            "first_mail",
                            self._get_record(email),
                            message_ref=email.message_id,
                        )
        except Exception as error:  # noqa: BLE001 - the message has left
            self._log("recorded", email, error)

    # === WHO AND WHAT === #

    @api.model
    def _get_reader(self, email, partner, addresses):
        """Return the record of the person a message reaches; maybe empty.

        Staff are no readers, nor companies. Without recipient, the person behind the
        record counts when the message goes to an address of theirs.
        """
        if partner:
            person = self.env["rgpd.signature.choice"]._get_natural(partner)
            is_staff = any(user._is_internal() for user in person.user_ids)
            return person.browse() if is_staff else person
        record = self._get_record(email)
        person = record and self.env["rgpd.contact.person"]._of(record)
        if not person:
            return self.env["res.partner"]
        known = self.env["rgpd.contact.address"]._get(person)[person.id].emails
        return person if set(known) & set(addresses or ()) else person.browse()

    @api.model
    def _get_record(self, email):
        """Return the record a message is about, empty when there is none."""
        if not email.model or email.model not in self.env or not email.res_id:
            return self.env["res.partner"]
        # sudo: any model - whoever sends the message
        return self.env[email.model].sudo().browse(email.res_id).exists()

    @api.model
    def _get_due(self, person, email):
        """Return ``(row, version)``: still to be told (Art. 14), text to carry now."""
        versions = self.env["rgpd.notice.version"]
        waiting = self.env["rgpd.information"]
        if not person:
            return waiting, versions
        record = self._get_record(email)
        company = self.env.company
        if record and "company_id" in record._fields and record.company_id:
            company = record.company_id
        waiting = waiting._find_waiting(person, company)
        company_sudo = company.sudo()  # sudo: res.company - settings of the controller
        if waiting:
            by_mail = company_sudo.rgpd_inform_by_mail
            return waiting, waiting._get_version() if by_mail else versions
        if company_sudo.rgpd_first_mail_notice and not self._was_told(person, company):
            return waiting, self._get_version(person, company)
        return waiting, versions

    @api.model
    def _was_told(self, person, company):
        """Tell whether the person was shown any notice of the company."""
        # sudo: rgpd.subject, rgpd.notice.shown - whoever writes to the person
        subject = self.env["rgpd.subject"].sudo()._of(person, create=False)
        shown = self.env["rgpd.notice.shown"].sudo()
        return bool(
            shown.search_count(
                [
                    ("subject_id", "in", subject.ids),
                    ("company_id", "=", company.id),
                    ("kind", "!=", "choice"),
                    ("returned_on", "=", False),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_version(self, person, company):
        """Return the short notice of a first message, in the person's language."""
        person = person.sudo()  # sudo: anchors - the sender may not read the person
        lang = get_lang(self.env, person.lang if "lang" in person._fields else None)
        # sudo: rgpd.purpose - shown to the person
        purpose = self.env["rgpd.purpose"].sudo()._get_purpose("quote", company)
        if not purpose:
            return self.env["rgpd.notice.version"]
        return self.env["rgpd.notice"]._get_version(
            purpose, company=company, lang=lang.code, kind="mail"
        )

    @api.model
    def _append(self, values, version):
        """Put the text under the message."""
        footer = self.env["ir.qweb"]._render(
            "rgpd_fichier_client.first_mail_notice",
            {"text": self.env["rgpd.form.notice"]._get_html(version.sudo().text)},
        )
        if "o_rgpd_first_notice" in (values["body"] or ""):
            return
        values["body"] = mail.append_content_to_html(
            values["body"] or "", footer, plaintext=False
        )
        values["body_alternative"] = mail.html2plaintext(values["body"])

    @api.model
    def _log(self, what, email, error):
        _logger.warning(
            "The notice of message %s could not be %s: %s",
            email.id,
            what,
            type(error).__name__,
        )
