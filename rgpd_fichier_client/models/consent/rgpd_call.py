from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.consent.gate import SERVICE
from ...core.consent.hours import next_calling_time

CONSUMER = "prospect_phone_b2c"
PROFESSIONAL = "prospect_phone_b2b"
FRANCE = ZoneInfo("Europe/Paris")


class RgpdCall(models.AbstractModel):
    """Calls to people: the verdict first, then the number (L. 223-1 C. conso.)."""

    _name = "rgpd.call"
    _description = "Calls"

    @api.model
    def _check(self, records, company=None, moment=None):
        """Tell for each record whether the person may be called, and for what.

        A professional is called as one, everybody else as a consumer; who asked for
        the call (purpose of the record) is called for that.

        :return: as ``rgpd.contact.gate._check``, with ``purpose``
        """
        gate = self.env["rgpd.contact.gate"]
        by_purpose = {}
        for res_id, code in self._get_purposes(records).items():
            by_purpose.setdefault(code, []).append(res_id)
        verdicts = {}
        for code, ids in by_purpose.items():
            found = gate._check(records.browse(ids), code, "phone", company, moment)
            verdicts.update(
                {
                    res_id: {**verdict, "purpose": code}
                    for res_id, verdict in found.items()
                }
            )
        return verdicts

    @api.model
    def _get_purposes(self, records):
        """Return ``{res_id: purpose code}``, the record's own purpose first."""
        addresses = self._get_addresses(records)
        own = self._get_own_purposes(records)
        return {
            res_id: own.get(res_id)
            or (PROFESSIONAL if address.is_professional else CONSUMER)
            for res_id, address in addresses.items()
        }

    @api.model
    def _get_own_purposes(self, records):
        """Return ``{res_id: purpose code}`` of records that name one; hook."""
        return {}

    @api.model
    def _get_addresses(self, records):
        partners = self.env["rgpd.contact.gate"]._get_partners(records)
        return self.env["rgpd.contact.address"]._get_joined(records.exists(), partners)

    @api.model
    def _start(self, record):
        """Note the call of one person and return the action that dials.

        :raise UserError: the person may not be called, with the reason
        """
        record.check_access("read")
        verdict = self._check(record).get(record.id)
        if not verdict or not verdict["allowed"]:
            raise UserError(self._get_refusal_text(verdict))
        is_prospecting = verdict["purpose"] not in SERVICE
        kind = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        # sudo: mail.message - whoever may call notes the call; it counts among the
        # four of thirty days (D. 223-9)
        record.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._(
                "Call allowed: %(why)s (%(article)s)",
                why=verdict["sentence"],
                article=verdict["article"],
            ),
            subtype_xmlid="mail.mt_note",
            mail_activity_type_id=kind.id if kind and is_prospecting else False,
        )
        self._journal(record, verdict, "call.started")
        person = self.env["rgpd.contact.person"]._of(record)
        self.env["rgpd.information"]._note_contact(person, self.env.company)
        phone = self._get_addresses(record)[record.id].phones[0]
        return {"type": "ir.actions.act_url", "url": f"tel:{phone}", "target": "self"}

    @api.model
    def _get_refusal_text(self, verdict):
        if not verdict:
            return self.env._("This record no longer exists.")
        return self.env._(
            "Do not call. %(why)s (%(article)s)",
            why=verdict["sentence"],
            article=verdict["article"],
        )

    @api.model
    def _journal(self, record, verdict, kind):
        """Keep the verdict of a call; no number and no name in it."""
        person = self.env["rgpd.contact.person"]._of(record)
        # sudo: rgpd.journal - whoever calls leaves evidence of the verdict
        self.env["rgpd.journal"].sudo()._record(
            kind,
            person,
            {key: verdict[key] for key in ("purpose", "code", "article")},
        )

    @api.model
    def _get_next_moment(self):
        """Return the next UTC moment at which consumers may be called in France.

        Now when no moment can be told: the verdicts then say why.
        """
        now = fields.Datetime.now()
        rules = self.env["rgpd.contact.rule"]
        calling = rules._get_calling_rules()
        if calling is None:
            return now
        local = now.replace(tzinfo=timezone.utc).astimezone(FRANCE).replace(tzinfo=None)
        found = next_calling_time(local, calling, rules._get_extra_holidays())
        if found is None:
            return now
        return (
            found.replace(tzinfo=FRANCE).astimezone(timezone.utc).replace(tzinfo=None)
        )
