from datetime import datetime

from odoo import api, fields, models

OPEN = ("draft", "sent")


class RgpdPaymentChoice(models.AbstractModel):
    """Boxes shown beside the payment of a quotation that nobody signed.

    Paying never depends on them (art. 7.2 and 7.4 GDPR), and a fault here leaves the
    payment alone. An objection counts at the click. A consent waits until the payment
    is accepted, whoever says so later: the browser, the bank or a scheduled action.
    """

    _name = "rgpd.payment.choice"
    _description = "Choices Offered with a Payment"

    # === WHAT IS SHOWN === #

    @api.model
    def _get(self, order, user):
        """Return the boxes to show beside the payment, as ``rgpd.signature.choice``.

        Whoever signed was asked then: nobody is asked twice for one order.
        """
        if not self._is_offered(order):
            return []
        return self.env["rgpd.signature.choice"]._get(order, user)

    @api.model
    def _is_offered(self, order):
        """Tell whether paying is what accepts the quotation."""
        return order.state in OPEN and not order.signature

    # === AT THE CLICK === #

    @api.model
    def _take(self, order, user, boxes, is_named):
        """Record what counts at once and return what waits for the payment.

        :param order: `sale.order` about to be paid
        :param boxes: as sent by the browser
        :param is_named: a visitor who is not logged in said they are the contact
        :return: value of ``payment.transaction.rgpd_choices``; ``False`` when nothing
            waits. Never raises
        """
        choices = self.env["rgpd.signature.choice"]
        try:
            with self.env.cr.savepoint():
                if not self._is_offered(order):
                    return False
                person = choices._get_person(order, user)
                seen, shown, ticked = choices._take(order, person, boxes)
                choices._note_shown(order, person, shown, seen)
                if ticked and user._is_public() and not is_named:
                    choices._note_other_signatory(order, len(ticked))
                    return False
                return self._split(order, user, person, ticked, seen)
        except Exception as error:  # noqa: BLE001 - the payment goes on
            choices._log("taken", order, error)
            return False

    @api.model
    def _split(self, order, user, person, ticked, seen):
        """Record the objections; return the consents, which wait."""
        choices = self.env["rgpd.signature.choice"]
        now = fields.Datetime.now().isoformat()
        waiting = []
        for notice in ticked:
            digest = seen[notice.id][0]
            purpose = choices._get_purpose(notice, order.company_id)
            if not choices._is_objection(purpose):
                waiting.append({"id": notice.id, "digest": digest, "ticked": True})
                continue
            choices._record_one(
                order,
                person,
                notice,
                digest,
                method="payment",
                request_key=f"payment:{order.id}:{now}:{notice.id}",
            )
        if not waiting:
            return False
        confirmation = self.env["rgpd.consent.confirmation"]
        return {
            # sudo: rgpd.subject - the random number of the person
            "subject": self.env["rgpd.subject"].sudo()._of(person).uid,
            "moment": now,
            "is_mailbox_proved": confirmation._is_proved_by_login(user, person),
            "boxes": waiting,
        }

    # === WHEN THE PAYMENT IS ACCEPTED === #

    @api.model
    def _record(self, order, key, waiting):
        """Record the consents that waited for the payment; never raises.

        Whoever said no in the meantime is asked nothing any more: it is not recorded.

        :param order: the order paid
        :param key: what makes the payment unique
        :param waiting: what :meth:`_take` returned
        :rtype: rgpd.consent.event
        """
        choices = self.env["rgpd.signature.choice"]
        events = self.env["rgpd.consent.event"]
        try:
            with self.env.cr.savepoint():
                person = self._get_person(waiting["subject"])
                seen, _shown, ticked = choices._take(order, person, waiting["boxes"])
                for notice in ticked:
                    events |= choices._record_one(
                        order,
                        person,
                        notice,
                        seen[notice.id][0],
                        method="payment",
                        moment=datetime.fromisoformat(waiting["moment"]),
                        request_key=f"payment:{key}:{notice.id}",
                        is_mailbox_proved=waiting["is_mailbox_proved"],
                    )
        except Exception as error:  # noqa: BLE001 - the payment is accepted
            choices._log("recorded", order, error)
            return self.env["rgpd.consent.event"]
        return events

    @api.model
    def _get_person(self, uid):
        """Return the contact who ticked, empty when erased since."""
        # sudo: rgpd.subject - a payment accepted by nobody in particular
        subject = self.env["rgpd.subject"].sudo().search([("uid", "=", uid)])
        survivor = subject and subject._get_survivor()
        return self.env["rgpd.preference.token"]._get_person(survivor)
