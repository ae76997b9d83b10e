import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.consent.fold import CHANNELS, PROSPECTING
from .selections import CHANNELS as CHANNEL_SELECTION

_logger = logging.getLogger(__name__)

# Which identifier stands for the person on each channel. A letter has none that is
# worth keeping; the person is then known by both of theirs.
KINDS_OF = {
    "email": ("email",),
    "sms": ("phone",),
    "phone": ("phone",),
    "post": ("email", "phone"),
    "partners": ("email", "phone"),
    "tracking": ("email",),
}


class RgpdSuppression(models.Model):
    """Objectors to prospecting, as digests and nothing else (art. 21.3 GDPR).

    Makes an objection last when the person's record is erased and their address
    comes back from another file. No name, no address, no other purpose: nobody reads
    the rows, the DPO sees how many there are.
    """

    _name = "rgpd.suppression"
    _inherit = ["rgpd.ever.mixin"]
    _description = "Suppression list"
    _order = "id desc"
    _log_access = False

    digest = fields.Char(required=True, groups=fields.NO_ACCESS)
    kind = fields.Selection([("email", "E-mail"), ("phone", "Phone")], required=True)
    channel = fields.Selection(CHANNEL_SELECTION, required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="Since", required=True)
    date_review = fields.Date(
        string="Review on",
        help="At least three years after the objection (CNIL, 27/01/2022).",
    )

    _digest_unique = models.Constraint(
        "UNIQUE(digest, channel, company_id)",
        "This address is on the suppression list already.",
    )

    @api.depends("kind", "channel")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.channel} · {row.kind}"

    # === BUSINESS METHODS === #

    @api.model
    def _get_digests(self, addresses, channel):
        """Return ``{res_id: {digest: kind}}`` for the channel; the key is outside.

        :raise UserError: the key cannot be read
        """
        wanted = [
            (res_id, kind, value)
            for res_id, address in addresses.items()
            for kind in KINDS_OF[channel]
            for value in (address.emails if kind == "email" else address.phones)
        ]
        # sudo: rgpd.key - anybody's objection is listed and looked up
        digests = (
            self.env["rgpd.key"]
            .sudo()
            ._digest_many(
                "suppression", [f"{kind}:{value}" for _id, kind, value in wanted]
            )
        )
        result = {}
        for (res_id, kind, _value), digest in zip(wanted, digests, strict=True):
            result.setdefault(res_id, {})[digest] = kind
        return result

    @api.model
    def _add(self, addresses, channel, company, purpose_code=None):
        """List the persons as objectors on a channel, or on all of them.

        An objection to something else than prospecting (a survey) is not listed: the
        list has one purpose.

        :param addresses: ``{res_id: Address}``
        """
        if purpose_code and purpose_code not in PROSPECTING:
            return
        today = fields.Date.context_today(self)
        years = self.env["rgpd.contact.rule"]._get_number("suppression_review_years", 3)
        rows = [
            (digest, kind, scope, company.id, today, today + relativedelta(years=years))
            for scope in (CHANNELS if channel == "all" else (channel,))
            for found in self._get_digests(addresses, scope).values()
            for digest, kind in found.items()
        ]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_suppression
                    (digest, kind, channel, company_id, date, date_review)
                VALUES %s ON CONFLICT DO NOTHING
                """,
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        self._ask_again()

    @api.model
    def _lift(self, addresses, channel, company, moment):
        """Take a person off the list: they consented anew (art. 21, invariant 9).

        A consent older than the objection takes nobody off.

        :param moment: UTC datetime of the consent
        """
        # sudo: rgpd.suppression - nobody may touch the rows by hand
        self.sudo().search(
            self._get_domain(addresses, channel, company, moment)
        ).unlink()

    @api.model
    def _is_listed(self, addresses, channel, company, moment):
        """Tell whether one of the addresses was listed before that moment."""
        if not self._has_rows(company, channel):
            return False
        domain = self._get_domain(addresses, channel, company, moment)
        return bool(self.sudo().search_count(domain, limit=1))  # sudo: as above

    @api.model
    def _get_domain(self, addresses, channel, company, moment):
        digests = [
            digest
            for found in self._get_digests(addresses, channel).values()
            for digest in found
        ]
        return [
            ("digest", "in", digests),
            ("channel", "=", channel),
            ("company_id", "=", company.id),
            ("date", "<=", fields.Datetime.context_timestamp(self, moment).date()),
        ]

    @api.model
    def _match(self, addresses, channel, company):
        """Return the ids among ``addresses`` that are listed; two queries at most."""
        if not self._has_rows(company, channel):
            # The key must be readable even so: an unreadable list is no empty list.
            self.env["rgpd.key"].sudo()._get("suppression")  # sudo: see above
            return set()
        by_digest = {}
        for res_id, found in self._get_digests(addresses, channel).items():
            for digest in found:
                by_digest.setdefault(digest, []).append(res_id)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT digest FROM rgpd_suppression
                 WHERE company_id = %s AND channel = %s AND digest = ANY(%s)
                """,
                company.id,
                channel,
                list(by_digest),
            )
        )
        return {res_id for (digest,) in rows for res_id in by_digest[digest]}

    @api.model
    def _has_rows(self, companies, channel=None):
        """Tell whether anybody is listed, so that nothing is computed for nobody."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM rgpd_suppression WHERE company_id = ANY(%s) "
                    "AND %s LIMIT 1",
                    list(companies.ids),
                    SQL("channel = %s", channel) if channel else SQL("TRUE"),
                )
            )
        )

    # === BUSINESS METHODS: addresses that come in === #

    @api.model
    def _welcome(self, records):
        """Look at the addresses of records that were entered, and tell the staff.

        Nothing is refused and nothing can fail: whoever enters a contact, a lead or a
        file of them goes on. One statement a transaction when nobody ever was listed.
        """
        if not self._has_ever_held():
            return
        companies = self.env.companies or self.env.company
        if not self._has_rows(companies):
            return
        try:
            with self.env.cr.savepoint():
                found = self._find_channels(records, companies)
                if found:
                    self._tell_staff(records.browse(found), found)
                self._follow(records, companies)
        except Exception as error:  # noqa: BLE001 - work goes on, the gate stays shut
            _logger.warning(
                "Suppression list not looked at for %s new addresses: %s",
                len(records),
                type(error).__name__,
            )

    @api.model
    def _find_channels(self, records, companies):
        """Return ``{res_id: {channel}}`` of the records whose address is listed."""
        reader = self.env["rgpd.contact.address"]
        by_value = {}
        for record in records.sudo():  # sudo: anchors - as in the gate
            for kind, values in (
                ("email", reader._read_emails(record)),
                ("phone", reader._read_phones(record)),
            ):
                for value in values:
                    by_value.setdefault(f"{kind}:{value}", []).append(record.id)
        # sudo: rgpd.key - anybody's objection is looked up
        digests = self.env["rgpd.key"].sudo()._digest_many("suppression", [*by_value])
        ids = dict(zip(digests, by_value.values(), strict=True))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT digest, channel FROM rgpd_suppression
                 WHERE company_id = ANY(%s) AND digest = ANY(%s)
                """,
                list(companies.ids),
                list(ids),
            )
        )
        found = {}
        for digest, channel in rows:
            for res_id in ids[digest]:
                found.setdefault(res_id, set()).add(channel)
        return found

    @api.model
    def _tell_staff(self, records, channels):
        """Note the objection on the records, and show the user how many there are."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        bodies = {
            record.id: self.env._(
                "The person at this address objected to offers (%(channels)s). "
                "They get none, whichever file they come from; orders and invoices "
                "are not concerned (art. 21.3 GDPR).",
                channels=", ".join(
                    labels[code] for code in CHANNELS if code in channels[record.id]
                ),
            )
            for record in records
        }
        # sudo: mail.message - a note of the software on a record being entered
        records.sudo()._message_log_batch(bodies=bodies)
        if self.env.user._is_internal():
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "title": self.env._("Objection to offers"),
                    "message": self.env._(
                        "%(count)s of the addresses entered belong to persons who "
                        "objected to offers. They will get none.",
                        count=len(records),
                    ),
                },
            )

    @api.model
    def _follow(self, records, companies):
        """List the new address of somebody who objected under another one."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.res_id, c.company_id, c.channel, c.purpose_code
                  FROM rgpd_consent c
                  JOIN rgpd_subject s ON s.id = c.subject_id
                 WHERE s.res_model = %s AND s.res_id = ANY(%s)
                   AND c.status = 'objected' AND c.company_id = ANY(%s)
                """,
                records._name,
                list(records.ids),
                list(companies.ids),
            )
        )
        if not rows:
            return
        addresses = self.env["rgpd.contact.address"]._get(records)
        for res_id, company_id, channel, purpose_code in rows:
            self._add(
                {res_id: addresses[res_id]},
                channel,
                self.env["res.company"].browse(company_id),
                purpose_code,
            )
