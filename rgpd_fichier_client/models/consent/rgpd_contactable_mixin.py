from odoo import api, fields, models

from ...core.consent.gate import CHANNELS_OF

# Where an address of the channel may be, on whatever model has the field; a record
# that has none of them may still be reached through its customer.
ADDRESSES = {
    "email": ("email", "email_from", "partner_id"),
    "sms": ("phone", "partner_id"),
    "phone": ("phone", "partner_id"),
    "post": ("street", "city", "partner_id"),
}


class RgpdContactableMixin(models.AbstractModel):
    """The filter "may be contacted by … for …", usable as the domain of a mailing."""

    _name = "rgpd.contactable.mixin"
    _description = "Persons who May Be Contacted"

    rgpd_may_contact = fields.Selection(
        selection="_get_rgpd_scopes",
        string="May be contacted for",
        compute="_compute_rgpd_may_contact",
        search="_search_rgpd_may_contact",
        help="To search with: the persons the contact check allows today for a purpose "
        "and a channel. Usable as the recipients of a mailing.",
    )

    # === SEARCH: "may be contacted by … for …" === #

    @api.model
    def _get_rgpd_scopes(self):
        """Return the purposes and channels that can be asked about."""
        # sudo: rgpd.purpose - a salesperson does not read the register
        purposes = self.env["rgpd.purpose"].sudo()._get_purposes()
        names = dict(
            self.env["rgpd.consent"]._fields["channel"]._description_selection(self.env)
        )
        return [
            (f"{purpose.code}.{channel}", f"{purpose.name} · {names[channel]}")
            for purpose in purposes
            if purpose.code in CHANNELS_OF
            for channel in purpose._get_channels()
            if channel in CHANNELS_OF[purpose.code]
        ]

    def _compute_rgpd_may_contact(self):
        """Stay empty: a person may be contacted for several purposes at once."""
        self.rgpd_may_contact = False

    @api.model
    def _search_rgpd_may_contact(self, operator, value):
        """Return the persons the gate allows today, asked in one go per scope."""
        if operator != "in":
            return NotImplemented
        allowed = set()
        for scope in filter(None, value):
            purpose_code, _dot, channel = str(scope).partition(".")
            records = self.search(self._get_rgpd_reachable(channel))
            gate = self.env["rgpd.contact.gate"]
            verdicts = gate._check(records, purpose_code, channel)
            allowed.update(i for i, verdict in verdicts.items() if verdict["allowed"])
        return fields.Domain("id", "in", list(allowed))

    @api.model
    def _get_rgpd_reachable(self, channel):
        """Return the domain of those who have an address at all on the channel."""
        names = [name for name in ADDRESSES.get(channel, ()) if name in self._fields]
        if channel not in ADDRESSES or not names:
            return fields.Domain.TRUE
        return fields.Domain.OR(fields.Domain(name, "!=", False) for name in names)
