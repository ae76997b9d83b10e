from odoo import api, fields, models
from odoo.tools import SQL

from .selections import CHANNELS

FREQUENCIES = [
    ("any", "As you see fit"),
    ("week", "At most once a week"),
    ("month", "At most once a month"),
    ("quarter", "At most once every three months"),
]
# Channels by which a person can be reached; the others are no way to talk to them.
PREFERRED = [row for row in CHANNELS if row[0] in ("email", "sms", "phone", "post")]


class RgpdPreference(models.Model):
    """How a person likes to be contacted, per company. No consent, no evidence."""

    _name = "rgpd.preference"
    _description = "Contact preferences"
    _rec_name = "frequency"

    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    frequency = fields.Selection(FREQUENCIES, required=True, default="any")
    channel = fields.Selection(PREFERRED, string="Preferred channel")
    offered_at = fields.Datetime(
        string="Last offer",
        readonly=True,
        help="When an offer by e-mail or SMS last left for whoever wishes for fewer.",
    )

    _subject_unique = models.Constraint(
        "UNIQUE(subject_id, company_id)", "One row per person and company."
    )
    _frequency_idx = models.Index("(company_id, offered_at) WHERE frequency <> 'any'")

    @api.model
    def _get(self, subject, company):
        """Return ``(frequency, preferred channel or None)`` of a person."""
        # sudo: rgpd.preference - shown to the person, who has no rights
        row = self.sudo().search(
            [("subject_id", "=", subject.id), ("company_id", "=", company.id)]
        )
        return (row.frequency or "any", row.channel or None)

    @api.model
    def _set(self, subject, company, frequency, channel):
        """Keep what the person asks for; what is not understood changes nothing.

        :return: whether anything changed
        """
        known_frequency, known_channel = self._get(subject, company)
        if frequency not in dict(FREQUENCIES):
            frequency = known_frequency
        if channel == "":
            channel = None
        elif channel not in dict(PREFERRED):
            channel = known_channel
        if (frequency, channel) == (known_frequency, known_channel):
            return False
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_preference (subject_id, company_id, frequency, channel,
                       create_uid, write_uid, create_date, write_date)
                VALUES (%s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC')
                ON CONFLICT (subject_id, company_id) DO UPDATE
                   SET frequency = EXCLUDED.frequency, channel = EXCLUDED.channel,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                subject.id,
                company.id,
                frequency,
                channel,
                self.env.uid,
                self.env.uid,
            )
        )
        self.invalidate_model()
        return True

    def _get_sentence(self):
        """Return the wish in words, empty when the person leaves it to the company."""
        self.ensure_one()
        lists = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("frequency", "channel")
        }
        parts = []
        if self.frequency != "any":
            parts.append(lists["frequency"][self.frequency])
        if self.channel:
            channel = lists["channel"][self.channel]
            parts.append(self.env._("preferably by: %(channel)s", channel=channel))
        return ", ".join(parts)

    @api.model
    def _forget(self, subjects):
        """Delete the wishes of persons who are erased."""
        # sudo: rgpd.preference - nobody may delete a wish by hand
        self.sudo().search([("subject_id", "in", subjects.ids)]).unlink()
