from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Look once at the books that an earlier version closed for ever."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["rgpd.document"]._reopen_books()
