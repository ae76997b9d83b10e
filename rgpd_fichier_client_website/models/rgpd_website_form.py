import json
import logging

from odoo import api, models
from odoo.tools import get_lang

from odoo.addons.rgpd_fichier_client.core.consent.evidence import text_digest

_logger = logging.getLogger(__name__)

SHOWN = "rgpd_shown_"
TICKED = "rgpd_choice_"
MAX_CHOICES = 20
# Names that the fields of forms have → the channel they give an address for
EMAILS = {"email", "email_from", "partner_email"}
PHONES = {"phone", "mobile", "partner_phone"}
# The notices that a form of the website shows
PARTS = ("contact", "phone")


class RgpdWebsiteForm(models.AbstractModel):
    """The notice and the unticked boxes of forms made with the website builder.

    Sending the form never depends on them (Art. 7.4 GDPR), and a fault here leaves it
    alone. What is recorded is the very text the person saw, recognised by its digest.

    Whoever sends a form may type the address of somebody else, and Odoo then links the
    record to them. So what a form says counts for the record it made, or for the person
    who is logged in, and a consent waits until a mailbox has answered (Art. 7.1 GDPR);
    only a no counts for whomever it names.
    """

    _name = "rgpd.website.form"
    _description = "Notices and Choices in the Forms of the Website"

    # === WHAT IS SHOWN === #

    @api.model
    def _render_block(self, model_name, names, company):
        """Return the HTML to show in a form, empty when there is nothing.

        :param model_name: model that the form makes a record of
        :param names: names of the fields of the form
        """
        try:
            with self.env.cr.savepoint():
                names = {name for name in names or () if isinstance(name, str)}
                values = {
                    "notices": self._get_notices(names, company),
                    "boxes": self._get_boxes(model_name, names, company),
                }
                if not any(values.values()):
                    return ""
                template = "rgpd_fichier_client_website.website_form_block"
                return str(self.env["ir.qweb"]._render(template, values))
        except Exception as error:  # noqa: BLE001 - the form is shown all the same
            self._log("shown", error)
            return ""

    @api.model
    def _get_notices(self, names, company):
        """Return the short notices, see ``rgpd.form.notice``."""
        if not company.sudo().rgpd_website_notice:
            return []
        notices = self.env["rgpd.form.notice"]
        found = [notices._get(part, company) for part in self._get_parts(names)]
        return [notice for notice in found if notice]

    @api.model
    def _get_parts(self, names):
        """Return the parts of a form that have a notice, see ``rgpd.form.notice``."""
        return [part for part in PARTS if part != "phone" or names & PHONES]

    @api.model
    def _get_boxes(self, model_name, names, company):
        """Return ``[{"id", "digest", "text"}]`` of the choices that make sense."""
        if not self._leads_to_person(model_name):
            return []
        lang = get_lang(self.env).code
        return [
            self._prepare_box(notice, company, lang)
            for notice in self._get_offered(company)
            if self._asks_for(notice.channel, names)
            and self._can_keep(notice, model_name, names, company)
        ]

    @api.model
    def _can_keep(self, notice, model_name, names, company):
        """Tell whether a tick of the visitor could ever count; a no always does."""
        is_consent = self._get_purpose(notice, company).legal_basis == "consent"
        if not is_consent or not self.env.user._is_public():
            return True
        # sudo: res.company - a setting, whoever visits
        must_answer = company.sudo().rgpd_double_optin != "none"
        return self._is_person(model_name) and (not must_answer or names & EMAILS)

    @api.model
    def _is_person(self, model_name):
        """Tell whether a record of the model stands for a person by itself."""
        return model_name in self.env["rgpd.data.map"]._get_anchor_models()

    @api.model
    def _leads_to_person(self, model_name):
        """Tell whether a record of the model stands for somebody who can choose."""
        if model_name not in self.env:
            return False
        fields_of_model = self.env[model_name]._fields
        return self._is_person(model_name) or "partner_id" in fields_of_model

    @api.model
    def _asks_for(self, channel, names):
        """Tell whether the form asks for an address of the channel."""
        if channel == "email":
            return bool(names & EMAILS)
        if channel in ("sms", "phone"):
            return bool(names & PHONES)
        return channel != "post" or "street" in names

    @api.model
    def _get_offered(self, company):
        """Return the choices of the company whose purpose is in force."""
        # sudo: rgpd.notice - shown to the public
        notices = company.sudo().rgpd_website_notice_ids.filtered("active")
        return notices.filtered(
            lambda notice: (
                notice.channel in self._get_purpose(notice, company)._get_channels()
                if self._get_purpose(notice, company)
                else False
            )
        )[:MAX_CHOICES]

    @api.model
    def _get_purpose(self, notice, company):
        return self.env["rgpd.signature.choice"]._get_purpose(notice, company)

    @api.model
    def _prepare_box(self, notice, company, lang):
        purpose = self._get_purpose(notice, company)
        text = notice._render_text(purpose, company, lang, notice.channel)
        return {"id": notice.id, "text": text, "digest": text_digest(text)}

    # === WHAT IS RECORDED === #

    @api.model
    def _take(self, form):
        """Take out of a form what is ours.

        :param dict form: changed in place: Odoo does not know these fields
        :return: ``(digests of the notices, {notice id: digest}, ids ticked, names of
            the fields that are left)``
        """
        digests = self.env["rgpd.form.notice"]._pop(form, PARTS)
        shown, ticked = {}, set()
        for key in [*form]:
            prefix = next((p for p in (SHOWN, TICKED) if key.startswith(p)), None)
            if not prefix:
                continue
            value = form.pop(key)
            number = key.removeprefix(prefix)
            if not number.isdecimal() or not isinstance(value, str):
                continue
            if prefix == TICKED:
                ticked.add(int(number))
            else:
                shown[int(number)] = value[:64]
        return digests, shown, ticked, {*form}

    @api.model
    def _note_submission(self, model_name, response, taken, company):
        """Record what a form showed and what was ticked in it; never raises.

        :param response: answer of Odoo, in JSON; it names the record that was made
        :param taken: what :meth:`_take` returned
        """
        if not any(taken[:3]):
            return
        try:
            with self.env.cr.savepoint():
                result = json.loads(response)
                res_id = result.get("id") if isinstance(result, dict) else None
                if not res_id or model_name not in self.env:
                    return
                # sudo: any model - the record that the visitor just made
                record = self.env[model_name].sudo().browse(res_id)
                self._record(record, self._get_visitor(record), taken, company)
        except Exception as error:  # noqa: BLE001 - the form was taken
            self._log("recorded", error)

    @api.model
    def _get_visitor(self, record):
        """Return who sent the form: who is logged in, or the record it made.

        Never the contact that Odoo found by what was typed.

        :return: record of an anchor model, or empty
        """
        person = self.env["rgpd.contact.person"]._of(record)
        user = self.env.user
        is_known = person == user.partner_id and not user._is_public()
        return person if is_known or person == record else record.browse()

    @api.model
    def _record(self, record, visitor, taken, company):
        """Record the texts shown to the visitor, then each box that was ticked.

        :param visitor: see :meth:`_get_visitor`
        """
        digests, shown, ticked, names = taken
        parts = self._get_parts(names)
        digests = {part: digests[part] for part in parts if part in digests}
        self.env["rgpd.form.notice"]._note(visitor, digests, "web_form", company)
        offered = self._get_offered(company).filtered(
            lambda n: n.id in shown and self._asks_for(n.channel, names)
        )
        for notice in offered:
            try:
                with self.env.cr.savepoint():
                    version = notice._get_shown_version(
                        self._get_purpose(notice, company),
                        notice.channel,
                        company,
                        shown[notice.id],
                    )
                    if not version:
                        continue
                    if visitor:
                        self.env["rgpd.notice.shown"]._note(
                            visitor, version, "web_form", record
                        )
                    if notice.id in ticked:
                        self._record_choice(record, visitor, notice, version, company)
            except Exception as error:  # noqa: BLE001 - the form was taken
                self._log("recorded", error)

    @api.model
    def _record_choice(self, record, visitor, notice, version, company):
        """Record one ticked box; what nobody proved waits for the owner of the mailbox.

        A no counts for whomever the record leads to: no harm comes of it.
        """
        purpose = self._get_purpose(notice, company)
        is_consent = purpose.legal_basis == "consent"
        if not visitor and not is_consent:
            visitor = self.env["rgpd.contact.person"]._of(record)
        if not visitor:
            return
        # sudo: rgpd.subject, rgpd.consent - the act of a visitor who has no rights
        subject = self.env["rgpd.subject"].sudo()._of(visitor)
        is_known = (
            visitor == self.env.user.partner_id and not self.env.user._is_public()
        )
        self.env["rgpd.consent"].sudo()._record(
            subject,
            purpose.code,
            notice.channel,
            "given" if is_consent else "objected",
            version=version,
            method="box",
            collection_point="web_form",
            company=company,
            origin=record,
            actor="self",
            request_key=f"website:{record._name}:{record.id}:{notice.id}",
            is_stranger=not is_known,
        )

    @api.model
    def _log(self, what, error):
        _logger.warning(
            "The choices of a website form could not be %s: %s",
            what,
            type(error).__name__,
        )
