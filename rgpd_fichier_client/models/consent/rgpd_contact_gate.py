import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...core.consent.fold import CHANNELS, NO_CHOICE
from ...core.consent.gate import TOO_SOON, Declared, Facts, Situation, decide
from .rgpd_contact_address import EMAILS, PARTS_OF, PHONES

_logger = logging.getLogger(__name__)

BATCH = 5000
NO_FACTS = Facts()


class RgpdContactGate(models.AbstractModel):
    """The only answer to "may we contact this person?" (invariant 9)."""

    _name = "rgpd.contact.gate"
    _description = "Contact gate"

    # === BUSINESS METHODS === #

    @api.model
    def _check(self, records, purpose_code, channel, company=None, moment=None):
        """Tell for each record whether the person may be contacted now.

        Set-based: a handful of queries per batch whatever the number of records, and
        one verdict object per reason: read it, do not change it. Fails closed: without
        key, rule or purpose the answer is no, with its code.

        :param records: recordset of any anchor model, or of a model whose records
            belong to a partner (an order, an opportunity): the partner is asked about
        :param purpose_code: a purpose of the register
        :param channel: ``email sms phone post partners tracking``
        :param company: the controller, the current company by default
        :param moment: UTC datetime of the contact, now by default: a list of calls is
            made before the calls
        :return: ``{res_id: {"allowed", "code", "article", "sentence"}}``
        """
        company = company or self.env.company
        purpose = self._get_purpose(purpose_code, company)
        refusal = self._get_general_refusal(purpose, channel)
        verdicts, known = {}, {}
        for ids in split_every(BATCH, records.ids):
            batch = records.browse(ids)
            if refusal:
                answers = dict.fromkeys(ids, refusal)
            else:
                answers = self._check_batch(
                    batch, purpose_code, channel, company, moment
                )
            for res_id, answer in answers.items():
                if answer not in known:
                    known[answer] = self._prepare_verdict(*answer)
                verdicts[res_id] = known[answer]
            if len(records) > BATCH:
                self._forget(batch)
        return verdicts

    @api.model
    def _check_any(self, records, purpose_codes, channel, company=None):
        """Tell whether one of several purposes lets the persons be contacted.

        A letter of news may go to consumers who agreed, to customers and to
        professionals: each is contacted for the first purpose that allows it.

        :param purpose_codes: in order of preference
        :return: as :meth:`_check`, with ``purpose``: the one that allows it, or the
            first of those asked when none does
        """
        result, left = {}, records
        for code in purpose_codes:
            verdicts = self._check(left, code, channel, company)
            known = {}
            for res_id, verdict in verdicts.items():
                # Allowed but for the wish of the person says more than the others
                is_told = verdict["allowed"] or verdict["code"] == TOO_SOON
                if is_told or res_id not in result:
                    key = (verdict["code"], verdict["sentence"])
                    if key not in known:
                        known[key] = {**verdict, "purpose": code}
                    result[res_id] = known[key]
            left = left.browse(
                [res_id for res_id in left.ids if not result[res_id]["allowed"]]
            )
        return result

    @api.model
    def _prepare_verdict(self, allowed, code, article, open_on=None):
        sentences = self.env["rgpd.contact.sentence"]
        return {
            "allowed": allowed,
            "code": code,
            "article": article,
            "sentence": sentences._get_until(code, open_on),
        }

    @api.model
    def _forget(self, batch):
        """Free what was read about a batch, so that memory stays flat."""
        # Whole models: dropping each record of each field takes longer than reading
        for model in {batch._name, "res.partner"}:
            self.env[model].invalidate_model()

    @api.model
    def _get_purpose(self, code, company):
        """Return the active purpose of that code, or an empty recordset."""
        # sudo: rgpd.purpose - a salesperson gets an answer without the register
        return self.env["rgpd.purpose"].sudo()._get_purpose(code, company)

    @api.model
    def _get_general_refusal(self, purpose, channel):
        """Return the answer that is the same for everybody, or ``None``.

        A purpose is used on the channels the register gives it, and on no other.
        """
        if channel not in CHANNELS:
            return (False, "unknown_channel", "Art. 5.1.b RGPD")
        if not purpose:
            return (False, "no_purpose", "Art. 5.1.b RGPD")
        channels = purpose._get_channels()
        if channels and channel not in channels:
            return (False, "channel_not_for_purpose", "Art. 5.1.b RGPD")
        return None

    @api.model
    def _check_batch(self, records, purpose_code, channel, company, moment=None):
        """Return ``{res_id: (allowed, code, article, day)}`` for one batch."""
        existing = records.exists()
        partners = self._get_partners(existing)
        addresses = self.env["rgpd.contact.address"]._get_joined(
            existing, partners, self._get_parts(channel)
        )
        choices = self.env["rgpd.contact.choice"]._get(
            existing, partners, addresses, purpose_code, channel, company, moment
        )
        suppressed = self._get_suppressed(addresses, channel, company)
        blocked = self._get_blocked_or_partner(records, partners)
        facts = self._get_facts(existing, partners, purpose_code, channel, company)
        bounces = self.env["rgpd.contact.bounce"]._get(addresses, channel, company)
        minors = self.env["rgpd.contact.minor"]._get(existing, partners, addresses)
        common = self._prepare_common(purpose_code, channel, company, moment)
        open_days = self.env["rgpd.contact.frequency"]._get(
            existing, partners, addresses, channel, company, common["now"]
        )
        locals_by_zone, holidays_by_place = {}, {}
        answers = {}
        for res_id in records.ids:
            address = addresses.get(res_id)
            zone = address.timezone if address else None
            if zone not in locals_by_zone:
                locals_by_zone[zone] = self._get_local(common["now"], address)
            place = address.department if address else None
            local = locals_by_zone[zone]
            if (place, local.year) not in holidays_by_place:
                holidays_by_place[place, local.year] = self._get_holidays(
                    common, place, local.year
                )
            choice, other = choices.get(res_id, (NO_CHOICE, NO_CHOICE))
            verdict = decide(
                Situation(
                    **common | {"extra_holidays": holidays_by_place[place, local.year]},
                    local=local,
                    choice=choice,
                    other_choice=other,
                    suppressed=None if suppressed is None else res_id in suppressed,
                    address=address.kind(channel) if address else None,
                    is_professional=bool(address and address.is_professional),
                    blocked=blocked.get(res_id),
                    facts=facts.get(res_id, NO_FACTS),
                    bounces=res_id in bounces,
                    majority=minors.get(res_id),
                    open_on=open_days.get(res_id),
                )
            )
            answers[res_id] = (
                verdict.allowed,
                verdict.code,
                verdict.article,
                verdict.open_on,
            )
        return answers

    @api.model
    def _get_parts(self, channel):
        """Return which parts of an address the verdict on a channel depends on.

        A child is found again by whatever address they share with a known record.
        """
        if self.env["rgpd.contact.minor"]._get_ticked():
            return PARTS_OF[channel] | {EMAILS, PHONES}
        return PARTS_OF[channel]

    @api.model
    def _prepare_common(self, purpose_code, channel, company, moment):
        """Return the part of a situation that is the same for everybody."""
        rules = self.env["rgpd.contact.rule"]
        return {
            "purpose": purpose_code,
            "channel": channel,
            "now": moment or fields.Datetime.now(),
            "declared": self._get_declared(company),
            "calling": rules._get_calling_rules(),
            "extra_holidays": rules._get_extra_holidays(),
        }

    @api.model
    def _get_holidays(self, common, department, year):
        """Return the holidays of a year that are not those of all of France."""
        local = self.env["rgpd.local.holiday"]._get_days(department, year)
        return common["extra_holidays"] | local

    @api.model
    def _get_local(self, now, address):
        """Return the time where the person is."""
        if not address:
            return now
        return fields.Datetime.context_timestamp(
            self.with_context(tz=address.zone.key), now
        ).replace(tzinfo=None)

    @api.model
    def _get_partners(self, records):
        """Return ``{res_id: partner id}`` of records that a partner stands for."""
        field = records._fields.get("partner_id")
        if not records or field is None or field.comodel_name != "res.partner":
            return {}
        # sudo: anchors - the verdict must not depend on who may read the customer
        records = records.sudo()
        records.fetch(["partner_id"])
        return {rec.id: rec.partner_id.id for rec in records if rec.partner_id}

    @api.model
    def _get_blocked_or_partner(self, records, partners):
        """Return ``{res_id: code}``, what blocks a partner blocking their records.

        Here the intermediate archive blocks too; it does not stop a person from
        consenting again, so it is not among what :meth:`_get_blocked` says.
        """
        persons = self.env["res.partner"].browse(set(partners.values()))
        blocked = self._get_blocked(records)
        if records._name not in self.env["rgpd.data.map"]._get_anchor_models():
            for res_id in set(records.ids) - set(partners):
                blocked.setdefault(res_id, "person_unknown")
        of_partners = self._get_blocked(persons) if persons else {}
        for res_id in self._get_archived(records):
            blocked.setdefault(res_id, "person_in_archive")
        for partner_id in self._get_archived(persons) if persons else ():
            of_partners.setdefault(partner_id, "person_in_archive")
        for res_id, partner_id in partners.items():
            if partner_id in of_partners:
                blocked.setdefault(res_id, of_partners[partner_id])
        return blocked

    @api.model
    def _get_suppressed(self, addresses, channel, company):
        """Return the ids on the suppression list, ``None`` when it is unreadable."""
        try:
            return self.env["rgpd.suppression"]._match(addresses, channel, company)
        except UserError:
            _logger.warning("The suppression key cannot be read: prospecting denied.")
            return None

    @api.model
    def _get_declared(self, company):
        """Return what the company vouches for."""
        company = company.sudo()  # sudo: res.company - settings, for whoever asks
        return Declared(
            similar_only=company.rgpd_softoptin_similar,
            unsubscribe_in_messages=company.rgpd_messages_unsubscribe,
            objection_at_collection_since=company.rgpd_softoptin_since or None,
            profession_only=company.rgpd_b2b_profession,
            informs_at_collection=company.rgpd_informs_at_collection,
            contract_calls_only=company.rgpd_contract_calls,
            banned_sector=company.rgpd_phone_banned,
            press=company.rgpd_press,
        )

    # === HOOKS: lower topics and glue add-ons extend === #

    @api.model
    def _get_blocked(self, records):
        """Return ``{res_id: code}`` of those nobody may contact or sign up.

        Codes: ``person_missing``, ``person_archived``, ``person_erased``,
        ``person_restricted``. Retention adds those who were erased. Children are not
        blocked: a parent consents for them, see ``rgpd.contact.minor``.
        """
        is_active = self._get_active(records)
        blocked = {}
        for res_id in records.ids:
            if res_id not in is_active:
                blocked[res_id] = "person_missing"
            elif not is_active[res_id]:
                blocked[res_id] = "person_archived"
        return blocked

    @api.model
    def _get_active(self, records):
        """Return ``{res_id: is it active}`` of the records that exist, in one query."""
        active = records._fields.get("active")
        if active is not None and not active.store:
            # sudo: anchors - the verdict of whoever asks
            return {rec.id: rec.active for rec in records.sudo().exists()}
        if active is not None:
            records.flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL("TRUE") if active is None else SQL("active"),
                SQL.identifier(records._table),
                list(records.ids),
            )
        )
        return dict(rows)

    @api.model
    def _get_archived(self, records):
        """Return the ids of persons in intermediate archive; retention knows them."""
        return set()

    @api.model
    def _get_facts(self, records, partners, purpose_code, channel, company):
        """Return ``{res_id: Facts}``: sales, contract in progress, calls."""
        return self.env["rgpd.contact.fact"]._get(
            records, partners, purpose_code, channel, company
        )

    @api.model
    def _get_sentence(self, code):
        """Return the plain sentence of a reason code, in the user's language."""
        return self.env["rgpd.contact.sentence"]._get(code)
