from odoo import api, models
from odoo.exceptions import UserError

from ...core.consent.link import NO


class RgpdConsentStranger(models.AbstractModel):
    """What a consent cannot do when nobody knows who gave it (Art. 7.1, 21.3 GDPR).

    Anybody types the number of somebody else into a public form. Such a consent takes
    no address off the suppression list, and does not undo a no that whoever has this
    address said on any record.
    """

    _name = "rgpd.consent.stranger"
    _description = "Consents of Strangers"

    @api.model
    def _must_wait(self, record, act, is_mailbox_proved):
        """Tell whether a consent waits because the owner of the address said no.

        :param record: the record the consent is for
        :param act: ``PreparedAct`` of ``rgpd.consent.recorder``
        :raise UserError: the mailbox has answered, but says nothing about the number
        """
        if act.decision != "given" or not act.is_stranger:
            return False
        said_no = self._has_said_no(record, act)
        if said_no and is_mailbox_proved:
            raise UserError(
                self.env._(
                    "Somebody with this number said no. They can change their mind by "
                    "their own link, or by what they write or sign."
                )
            )
        return said_no

    @api.model
    def _has_said_no(self, record, act):
        """Tell whether one of the addresses is listed, or its owner said no."""
        partners = self.env["rgpd.contact.gate"]._get_partners(record)
        addresses = self.env["rgpd.contact.address"]._get_joined(record, partners)
        if self.env["rgpd.suppression"]._match(addresses, act.channel, act.company):
            return True
        choices = self.env["rgpd.contact.choice"]._get(
            record, partners, addresses, act.purpose.code, act.channel, act.company
        )
        return any(choice.status in NO for choice, _other in choices.values())
