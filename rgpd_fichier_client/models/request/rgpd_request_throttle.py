import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

SCOPE = "rgpd.request.throttle"

# what is counted -> (how many, in how many minutes)
LIMITS = {
    "form": (10, 60),  # demands sent by one visitor
    "mail": (3, 60),  # mails sent to one address: nobody is flooded by another's hand
    "link": (60, 60),  # links tried by one visitor
    "reply": (20, 60),  # messages and files sent on one account
}


class RgpdRequestThrottle(models.Model):
    """Counts what one address does on the public pages, without keeping the address.

    A row holds a keyed mark of the address that changes with each period, and a
    number; it goes with the next cleaning.
    """

    _name = "rgpd.request.throttle"
    _description = "Counter of Public Pages"
    _log_access = False

    mark = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    hits = fields.Integer(required=True, readonly=True, default=1)
    date_until = fields.Datetime(required=True, readonly=True, index=True)

    _mark_unique = models.Constraint("UNIQUE(mark)", "One counter per mark.")

    @api.model
    def _is_too_much(self, what, address):
        """Count one more and tell whether it is more than the limit.

        One statement counts, so that many visitors at once are counted right.

        :param str what: key of `LIMITS`
        :param str address: IP or e-mail address, used here and forgotten
        """
        limit, minutes = LIMITS[what]
        period = timedelta(minutes=minutes)
        now = fields.Datetime.now()
        start = now - (now - now.min) % period
        text = f"{what}|{start:%Y-%m-%d %H:%M}|{self._get_network(address)}"
        # sudo: ir.config_parameter - the secret that keys the mark
        mark = hmac(self.sudo().env, SCOPE, text)
        [(hits,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO rgpd_request_throttle AS known (mark, hits, date_until)
                VALUES (%s, 1, %s)
                ON CONFLICT (mark) DO UPDATE SET hits = known.hits + 1
                RETURNING hits
                """,
                mark,
                start + period,
            )
        )
        return hits > limit

    @api.model
    def _get_network(self, address):
        """Return what counts as one visitor: a whole IPv6 network is one."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return (address or "").lower()
        if found.version == 4:
            return str(found)
        return str(ipaddress.ip_network((found, 64), strict=False))

    @api.autovacuum
    def _gc_counters(self):
        """Forget the periods that are over."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM rgpd_request_throttle WHERE date_until <= %s",
                fields.Datetime.now(),
            )
        )
