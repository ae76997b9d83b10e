import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.consent.frequency import ANY, LONGEST, open_day
from .rgpd_contact_choice import KEYS_OF

_logger = logging.getLogger(__name__)

# Channels on which messages leave by the thousand; a letter or a call is one act.
CHANNELS = ("email", "sms")


class RgpdContactFrequency(models.AbstractModel):
    """Offers no more often than the person wishes (art. 21.2 GDPR).

    The wish is said once, on the page of choices; it holds for every record of the
    same person, found by the address, as their choices do. Somebody else who shares the
    mailbox keeps their own.
    """

    _name = "rgpd.contact.frequency"
    _description = "Wished Frequency, for the Contact Gate"

    # === WHAT THE GATE ASKS === #

    @api.model
    def _get(self, records, partners, addresses, channel, company, now):
        """Return ``{res_id: day}`` from which an offer may leave again.

        Only of those who wish for fewer and got one lately. A company in which nobody
        does costs one statement.

        :param addresses: ``{res_id: Address}``
        :param now: UTC moment of the contact
        """
        if channel not in CHANNELS:
            return {}
        since = fields.Datetime.subtract(now, days=LONGEST)
        wishes = self._find(records, partners, addresses, channel, company, since)
        gate = self.env["rgpd.contact.gate"]
        return {
            res_id: max(
                open_day(
                    frequency,
                    gate._get_local(offered_at, addresses.get(res_id)).date(),
                )
                for _id, frequency, offered_at in rows
            )
            for res_id, rows in wishes.items()
        }

    # === WHAT LEAVES === #

    @api.model
    def _get_rows(self, records, channel, company):
        """Return ``{res_id: {id of the wish}}`` of those who wish for fewer offers."""
        if not self._is_wished(company):
            return {}
        gate = self.env["rgpd.contact.gate"]
        existing = records.exists()
        partners = gate._get_partners(existing)
        addresses = self.env["rgpd.contact.address"]._get_joined(
            existing, partners, gate._get_parts(channel)
        )
        wishes = self._find(existing, partners, addresses, channel, company)
        return {res_id: {row[0] for row in rows} for res_id, rows in wishes.items()}

    @api.model
    def _get_repeated(self, rows_by_message):
        """Return the messages of a batch to somebody an earlier one is for already.

        They were all allowed, for none has left yet.

        :param dict rows_by_message: ``{message id: {id of the wish}}``, as they leave
        """
        seen, repeated = set(), set()
        for message_id, rows in rows_by_message.items():
            if rows & seen:
                repeated.add(message_id)
            seen |= rows
        return repeated

    @api.model
    def _note(self, row_ids):
        """Note that an offer has left for those who wish for fewer; never raises.

        One statement, so that two messages at once lose no moment.
        """
        if not row_ids:
            return
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        """
                        UPDATE rgpd_preference
                           SET offered_at = GREATEST(offered_at, %s)
                         WHERE id = ANY(%s) AND frequency <> %s
                        """,
                        fields.Datetime.now(),
                        list(row_ids),
                        ANY,
                    )
                )
            self.env["rgpd.preference"].invalidate_model(["offered_at"])
        except Exception as error:  # noqa: BLE001 - the messages have left
            _logger.warning(
                "That offers left could not be noted for %s wishes: %s",
                len(row_ids),
                type(error).__name__,
            )

    # === HELPERS === #

    @api.model
    def _is_wished(self, company, since=None):
        """Tell whether anybody wishes for fewer offers, and got one since a moment."""
        self.env["rgpd.preference"].flush_model()
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM rgpd_preference p WHERE %s LIMIT 1",
                    self._get_condition(company, since),
                )
            )
        )

    @api.model
    def _get_condition(self, company, since):
        """Return the condition on the wishes ``p`` that count."""
        condition = SQL("p.company_id = %s AND p.frequency <> 'any'", company.id)
        if since:
            condition = SQL("%s AND p.offered_at > %s", condition, since)
        return condition

    @api.model
    def _find(self, records, partners, addresses, channel, company, since=None):
        """Return ``{res_id: {(id, frequency, moment of the last offer)}}``."""
        if not self._is_wished(company, since):
            return {}
        choices = self.env["rgpd.contact.choice"]
        condition = self._get_condition(company, since)
        own = choices._get_own(records, partners)
        twins = choices._get_twins(
            addresses,
            KEYS_OF[channel],
            SQL(
                "EXISTS (SELECT 1 FROM rgpd_preference p "
                "WHERE p.subject_id = s.id AND %s)",
                condition,
            ),
        )
        wanted = {subject_id for ids in own.values() for subject_id in ids} | set(twins)
        rows = {
            subject_id: row
            for subject_id, *row in self.env.execute_query(
                SQL(
                    """
                    SELECT p.subject_id, p.id, p.frequency, p.offered_at
                      FROM rgpd_preference p
                     WHERE p.subject_id = ANY(%s) AND %s
                    """,
                    list(wanted),
                    condition,
                )
            )
        }
        pairs = [(res_id, sid) for res_id, ids in own.items() for sid in ids]
        pairs += self._get_same(records, own, twins)
        found = {}
        for res_id, subject_id in pairs:
            if subject_id in rows:
                found.setdefault(res_id, set()).add(tuple(rows[subject_id]))
        return found

    @api.model
    def _get_same(self, records, own, twins):
        """Return ``[(res_id, subject id)]`` of the other records of the same person."""
        choices = self.env["rgpd.contact.choice"]
        others = [
            (res_id, subject_id, name)
            for subject_id, (name, res_ids) in twins.items()
            for res_id in res_ids
            if subject_id not in own.get(res_id, ())
        ]
        names = choices._get_names(records.browse({res_id for res_id, *_ in others}))
        return [
            (res_id, subject_id)
            for res_id, subject_id, name in others
            if choices._is_same(names.get(res_id), name)
        ]
