from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.register import canonical
from .rgpd_notice import CHANNELS


class RgpdNoticeVersion(models.Model):
    """The exact text that was shown to persons; it never changes (Art. 7.1).

    Created by ``rgpd.notice._get_version`` only: there is no right to create, write
    or delete a version by hand.
    """

    _name = "rgpd.notice.version"
    _description = "Version of a notice"
    _order = "id desc"
    _rec_name = "number"

    notice_id = fields.Many2one(
        "rgpd.notice", required=True, readonly=True, ondelete="restrict", index=True
    )
    number = fields.Integer(required=True, readonly=True)
    purpose_id = fields.Many2one("rgpd.purpose", readonly=True, ondelete="restrict")
    channel = fields.Selection(CHANNELS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lang = fields.Char(string="Language", required=True, readonly=True)
    text = fields.Text(required=True, readonly=True)
    source = fields.Char(
        readonly=True, help="Who gave the data that the text speaks of (Art. 14.2.f)."
    )
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)

    @api.depends("notice_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(notice)s, version %(number)s",
                notice=version.notice_id.name,
                number=version.number,
            )

    @api.model
    def _find_or_create(self, vals):
        """Return the version with this very text, else add the next one."""
        # sudo: rgpd.notice.version - nobody may create one by hand
        versions_sudo = self.sudo()
        digest = canonical.get_digest(vals["text"])
        same = versions_sudo.search(
            [
                ("notice_id", "=", vals["notice_id"]),
                ("company_id", "=", vals["company_id"]),
                ("purpose_id", "=", vals["purpose_id"]),
                ("channel", "=", vals["channel"]),
                ("lang", "=", vals["lang"]),
                ("source", "=", vals["source"]),
                ("sha256", "=", digest),
            ],
            limit=1,
        )
        if not same:
            last = versions_sudo.search(
                [("notice_id", "=", vals["notice_id"])], order="number desc", limit=1
            )
            same = versions_sudo.create(
                vals | {"number": last.number + 1, "sha256": digest}
            )
        return same.sudo(self.env.su)

    # A version is evidence: this write only refuses.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("A version of a notice never changes: change the notice.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("A version of a notice is evidence: it is not deleted.")
        )

    def _verify(self):
        """Return the versions whose text no longer matches their digest."""
        return self.filtered(
            lambda version: canonical.get_digest(version.text) != version.sha256
        )
