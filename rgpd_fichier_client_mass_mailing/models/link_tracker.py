import re

from odoo import api, models

SHORT_LINK = re.compile(r"https?://[^\s\"'<>]+/r/([A-Za-z0-9]+)(?:/[ms]/[0-9]+)?")


class LinkTracker(models.Model):
    _inherit = "link.tracker"

    @api.model
    def _rgpd_restore_links(self, text):
        """Return a message with its links as they were written (art. 82 LIL)."""
        codes = set(SHORT_LINK.findall(text))
        if not codes:
            return text
        # sudo: link.tracker - the sender may not read the trackers
        rows = self.env["link.tracker.code"].sudo().search([("code", "in", [*codes])])
        urls = {row.code: row.link_id.url for row in rows}
        return SHORT_LINK.sub(
            lambda match: urls.get(match.group(1), match.group()), text
        )
