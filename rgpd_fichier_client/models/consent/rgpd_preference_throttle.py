from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

LIMIT = 40
SCOPE = "rgpd.preference.throttle"


class RgpdPreferenceThrottle(models.Model):
    """Counts requests to the public pages, so that nobody can try many links.

    No address is kept: a row holds a keyed mark that changes every minute, and rows
    go after a few minutes.
    """

    _name = "rgpd.preference.throttle"
    _description = "Requests to public pages"
    _log_access = False

    mark = fields.Char(required=True, index=True, groups=fields.NO_ACCESS)
    moment = fields.Datetime(required=True)

    @api.model
    def _is_too_fast(self, address):
        """Count a request and tell whether this address asks too often.

        Rows are only added: two requests at once never wait for one another.

        :param str address: IP address of the visitor, used here and forgotten
        """
        now = fields.Datetime.now()
        # sudo: rgpd.preference.throttle, ir.config_parameter - a visitor has no rights
        rows = self.sudo()
        mark = hmac(rows.env, SCOPE, f"{address}|{now:%Y-%m-%d %H:%M}")[:32]
        if rows.search_count([("mark", "=", mark)], limit=LIMIT) >= LIMIT:
            return True
        rows.create({"mark": mark, "moment": now})
        return False

    @api.autovacuum
    def _gc_marks(self):
        """Forget the requests of the past."""
        limit = fields.Datetime.now() - timedelta(minutes=5)
        self.sudo().search([("moment", "<", limit)]).unlink()  # sudo: as above
