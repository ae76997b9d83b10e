from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.consent.fold import CHANNELS, PROSPECTING
from .selections import CHANNELS as CHANNEL_SELECTION

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
    def _add(self, records, channel, company, purpose_code=None):
        """List the persons as objectors on a channel, or on all of them.

        An objection to something else than prospecting (a survey) is not listed: the
        list has one purpose.
        """
        if purpose_code and purpose_code not in PROSPECTING:
            return
        addresses = self.env["rgpd.contact.address"]._get(records.exists())
        today = fields.Date.context_today(self)
        years = (
            self.env["rgpd.contact.rule"]
            ._get_values()
            .get("suppression_review_years", 3)
        )
        rows = [
            (digest, kind, scope, company.id, today, today + relativedelta(years=years))
            for scope in (CHANNELS if channel == "all" else (channel,))
            for found in self._get_digests(addresses, scope).values()
            for digest, kind in found.items()
        ]
        if rows:
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

    @api.model
    def _lift(self, records, channel, company):
        """Take a person off the list: they consented anew (art. 21, invariant 9)."""
        addresses = self.env["rgpd.contact.address"]._get(records)
        digests = [
            d for found in self._get_digests(addresses, channel).values() for d in found
        ]
        # sudo: rgpd.suppression - nobody may touch the rows by hand
        self.sudo().search(
            [
                ("digest", "in", digests),
                ("channel", "=", channel),
                ("company_id", "=", company.id),
            ]
        ).unlink()

    @api.model
    def _match(self, addresses, channel, company):
        """Return the ids among ``addresses`` that are listed; two queries at most."""
        if not self._has_rows(channel, company):
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
    def _has_rows(self, channel, company):
        """Tell whether anybody is listed, so that nothing is computed for nobody."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM rgpd_suppression WHERE company_id = %s "
                    "AND channel = %s LIMIT 1",
                    company.id,
                    channel,
                )
            )
        )
