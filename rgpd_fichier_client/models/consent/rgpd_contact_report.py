from collections import Counter

from odoo import api, models

from ...core.consent.fold import PROSPECTING
from ...core.consent.gate import UNTIL_OBJECTION

# Above this number of records the count is made when it is asked for.
COUNT_LIMIT = 10_000
# Channels a message may leave on, each a field of the purpose.
NAMED = ("email", "sms", "phone", "post", "partners")


class RgpdContactReport(models.AbstractModel):
    """Who of a list may be contacted and who is left out, before anything is sent."""

    _name = "rgpd.contact.report"
    _description = "Report on the recipients of a message"

    @api.model
    def _get_marketing_domain(self, channel):
        """Return the domain of the purposes that a message of marketing may have."""
        codes = sorted(PROSPECTING | UNTIL_OBJECTION)
        domain = [("code", "in", codes)]
        # A survey names no channel in the register: it may use any.
        named = [f"channel_{name}" for name in NAMED if name != channel]
        domain += ["|", (f"channel_{channel}", "=", True)]
        domain += ["&"] * (len(named) - 1) + [(name, "=", False) for name in named]
        return domain

    @api.model
    def _get(self, records, purposes, channel, company, count_all=False):
        """Return the report as JSON values, for the widget.

        :param purposes: the ``rgpd.purpose`` of the message, in any order
        :return: ``{"total", "allowed", "is_counted", "lines"}``, a line for each
            reason: ``code``, ``sentence``, ``article``, ``count``
        """
        total = len(records)
        if total > COUNT_LIMIT and not count_all:
            return {"total": total, "allowed": 0, "is_counted": False, "lines": []}
        verdicts = self.env["rgpd.contact.gate"]._check_any(
            records, self._get_codes(purposes), channel, company
        )
        return self._summarise(verdicts)

    @api.model
    def _summarise(self, verdicts):
        """Return the report on verdicts, whatever was asked about.

        :param dict verdicts: as from :meth:`rgpd.contact.gate._check`
        """
        reasons = {}
        counts = Counter()
        for verdict in verdicts.values():
            if not verdict["allowed"]:
                counts[verdict["code"]] += 1
                reasons[verdict["code"]] = verdict
        left_out = sum(counts.values())
        sentences = self.env["rgpd.contact.sentence"]
        return {
            "total": len(verdicts),
            "allowed": len(verdicts) - left_out,
            "is_counted": True,
            "lines": [
                {
                    "code": code,
                    # That of a verdict may name the day of one person
                    "sentence": sentences._get(code),
                    "article": reasons[code]["article"],
                    "count": count,
                }
                for code, count in counts.most_common()
            ],
        }

    @api.model
    def _get_codes(self, purposes):
        """Return the codes in the order of the register: consent comes first."""
        # sudo: rgpd.purpose - whoever writes the message names its purposes
        return purposes.sudo().sorted("sequence").mapped("code")

    @api.model
    def _get_excluded(self, records, purposes, channel, company, code=None):
        """Return the records left out, for one reason or for all of them."""
        verdicts = self.env["rgpd.contact.gate"]._check_any(
            records, self._get_codes(purposes), channel, company
        )
        return records.browse(
            [
                res_id
                for res_id, verdict in verdicts.items()
                if not verdict["allowed"] and code in (None, verdict["code"])
            ]
        )
