import logging

from odoo import api, models
from odoo.tools import get_lang

from ...core.consent.evidence import text_digest
from ...core.consent.minor import is_child
from ...core.consent.signatory import is_same_person

_logger = logging.getLogger(__name__)

MAX_CHOICES = 20
# Statuses after which a person is not asked the same thing again.
SETTLED = ("given", "withdrawn", "objected")


class RgpdSignatureChoice(models.AbstractModel):
    """Boxes shown beside the signature of a quotation, apart from the acceptance.

    Signing never depends on them (art. 7.2 and 7.4 GDPR): they are unticked, optional,
    and a fault here leaves the signature alone. What is recorded is the very text the
    person saw, recognised by its digest; reading the page writes nothing.
    """

    _name = "rgpd.signature.choice"
    _description = "Choices Offered with a Signature"

    # === WHAT IS SHOWN === #

    @api.model
    def _get(self, order, user):
        """Return the boxes to show to `user` on the quotation; none on any fault.

        :param order: `sale.order`
        :param user: who looks, the public user when not logged in
        :return: list of ``{"id", "digest", "text", "is_objection"}``
        """
        try:
            with self.env.cr.savepoint():
                person = self._get_person(order, user)
                notices = self._get_offered(order, person) if person else ()
                lang = get_lang(self.env).code
                return [self._prepare(notice, order, lang) for notice in notices]
        except Exception as error:  # noqa: BLE001 - the quotation is shown all the same
            self._log("shown", order, error)
            return []

    @api.model
    def _get_person(self, order, user):
        """Return the contact whose choice it is, or an empty record.

        Somebody who is logged in speaks for themselves; a link speaks for the contact
        of the quotation; staff speak for nobody, and a company is not a person.
        """
        if user._is_internal():
            return self.env["res.partner"]
        return self._get_natural(
            order.partner_id if user._is_public() else user.partner_id
        )

    @api.model
    def _get_natural(self, partner):
        """Return the contact with all rights, empty when it is not a human."""
        # sudo: res.partner - who may see the order may choose with it
        partner = partner.sudo()
        subject = self.env["rgpd.subject"].sudo()._of(partner, create=False)[:1]
        is_natural = subject.is_natural if subject else not partner.is_company
        return partner if is_natural else partner.browse()

    @api.model
    def _get_offered(self, order, person):
        """Return the notices to show: chosen by the company, usable, not settled."""
        company = order.company_id
        # sudo: rgpd.notice - shown to the public
        notices = company.sudo().rgpd_sign_notice_ids.filtered("active")
        if not notices or self.env["rgpd.contact.gate"]._get_blocked(person):
            return notices.browse()
        addresses = self.env["rgpd.contact.address"]._get(person)
        address = addresses[person.id]
        majority = self.env["rgpd.contact.minor"]._get(person, {}, addresses)
        today = self.env["rgpd.consent.event"]._get_today()
        if is_child(majority.get(person.id), today):
            # A child is asked for no consent; objecting stays open (art. 8 GDPR)
            notices = notices.filtered(
                lambda notice: self._is_objection(notice.purpose_id)
            )
        subject = self.env["rgpd.subject"].sudo()._of(person, create=False)
        return notices.filtered(
            lambda notice: (
                self._is_usable(notice, company, address)
                and not self._is_settled(notice, company, subject)
            )
        )[:MAX_CHOICES]

    @api.model
    def _is_usable(self, notice, company, address):
        purpose = self._get_purpose(notice, company)
        return bool(
            purpose
            and notice.channel in purpose._get_channels()
            and address.has(notice.channel)
        )

    @api.model
    def _get_purpose(self, notice, company):
        """Return the purpose in force of the notice for the company."""
        # sudo: rgpd.purpose - shown to the public
        purposes = self.env["rgpd.purpose"].sudo()
        return purposes._get_purpose(notice.purpose_id.code, company)

    @api.model
    def _is_settled(self, notice, company, subject):
        """Tell whether the person decided already: never ask again who said no."""
        if not subject:
            return False
        choices = (
            self.env["rgpd.consent"]
            .sudo()
            ._get_choices(subject, notice.purpose_id.code, notice.channel, company)
        )
        return any(choice.status in SETTLED for choice in choices.values())

    @api.model
    def _prepare(self, notice, order, lang):
        purpose = self._get_purpose(notice, order.company_id)
        text = notice._render_text(purpose, order.company_id, lang, notice.channel)
        return {
            "id": notice.id,
            "digest": text_digest(text),
            "text": text,
            "is_objection": self._is_objection(purpose),
        }

    @api.model
    def _is_objection(self, purpose):
        return purpose.legal_basis != "consent"

    # === WHAT IS RECORDED === #

    @api.model
    def _read_boxes(self, boxes):
        """Return ``{notice id: (digest, ticked)}`` from what a browser sent.

        Anything may come from outside: what is not understood is left out.
        """
        if not isinstance(boxes, list):
            return {}
        return {
            box["id"]: (box["digest"], box.get("ticked") is True)
            for box in boxes[:MAX_CHOICES]
            if isinstance(box, dict)
            and type(box.get("id")) is int
            and isinstance(box.get("digest"), str)
        }

    @api.model
    def _record(self, order, user, boxes):
        """Record the boxes ticked with the signature of the order; never raises.

        Boxes that were not offered, or with another text, count for nothing. A box
        left unticked is not a refusal.

        :param order: signed `sale.order`
        :param boxes: as sent by the browser, see `_read_boxes`
        :rtype: rgpd.consent.event
        """
        events = self.env["rgpd.consent.event"]
        try:
            with self.env.cr.savepoint():
                person = self._get_person(order, user)
                seen, shown, ticked = self._take(order, person, boxes)
                self._note_shown(order, person, shown, seen)
                if ticked and not self._is_signatory(order, user, person):
                    self._note_other_signatory(order, len(ticked))
                    return events
                confirmation = self.env["rgpd.consent.confirmation"]
                is_proved = confirmation._is_proved_by_login(user, person)
                for notice in ticked:
                    events |= self._record_signed(
                        order, person, notice, seen[notice.id][0], is_proved
                    )
        except Exception as error:  # noqa: BLE001 - the order stays signed
            self._log("recorded", order, error)
            return self.env["rgpd.consent.event"]
        return events

    @api.model
    def _take(self, order, person, boxes):
        """Return ``(seen, shown, ticked)``: what the browser sent, and the notices
        among those that are offered to the person.
        """
        seen = self._read_boxes(boxes)
        offered = self.env["rgpd.notice"]
        if seen and person:
            offered = self._get_offered(order, person)
        shown = offered.filtered(lambda notice: notice.id in seen)
        return seen, shown, shown.filtered(lambda notice: seen[notice.id][1])

    @api.model
    def _record_signed(self, order, person, notice, digest, is_mailbox_proved):
        """Record one box ticked with a signature, once per signature.

        The link of a quotation is passed on by mail: it proves no mailbox.
        """
        moment = order.signed_on.isoformat()
        return self._record_one(
            order,
            person,
            notice,
            digest,
            method="signature",
            request_key=f"signature:{order.id}:{moment}:{notice.id}",
            is_mailbox_proved=is_mailbox_proved,
        )

    @api.model
    def _record_one(self, order, person, notice, digest, **act):
        """Record one ticked box as an act of the person.

        :param digest: SHA-256 of the text that was on the screen
        :param act: see ``rgpd.consent._record``
        :return: the event, empty when the text shown cannot be proved
        """
        purpose = self._get_purpose(notice, order.company_id)
        version = notice._get_shown_version(
            purpose, notice.channel, order.company_id, digest
        )
        if not version:
            return self.env["rgpd.consent.event"]
        # sudo: rgpd.consent - the act of a visitor who has no rights
        return (
            self.env["rgpd.consent"]
            .sudo()
            ._record(
                person,
                purpose.code,
                notice.channel,
                "objected" if self._is_objection(purpose) else "given",
                version=version,
                company=order.company_id,
                origin=order,
                **{"collection_point": "portal", "actor": "self", **act},
            )
        )

    @api.model
    def _is_signatory(self, order, user, person):
        """Tell whether the person and who signed are the same."""
        if not user._is_public():
            return True
        return is_same_person(order.signed_by or "", person.name or "")

    @api.model
    def _note_shown(self, order, person, shown, seen, place="portal"):
        """Keep the texts that came with the order, and to whom (art. 5.2 GDPR).

        Among them the way to object when ordering, a condition of prospecting
        customers (art. L. 34-5 CPCE); a text nobody can prove counts for nothing.
        """
        for notice in shown:
            version = notice._get_shown_version(
                self._get_purpose(notice, order.company_id),
                notice.channel,
                order.company_id,
                seen[notice.id][0],
            )
            if version:
                self.env["rgpd.notice.shown"]._note(person, version, place, order)
                if notice.purpose_id.code == "softoptin":
                    order.rgpd_objection_offered = True

    @api.model
    def _note_other_signatory(self, order, count):
        """Tell the salesperson that somebody else ticked boxes: nothing is lost."""
        order.message_post(
            body=self.env._(
                "%(count)s choices about offers were ticked when the quotation was "
                "accepted, under another name than the contact's. They were not "
                "recorded: a choice counts only for who makes it. Ask the person.",
                count=count,
            ),
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _log(self, what, order, error):
        _logger.warning(
            "Choices of quotation %s could not be %s: %s",
            order.id,
            what,
            type(error).__name__,
        )
