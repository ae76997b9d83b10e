from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import check_identity

from ..models.retention.rgpd_vault_access import MINUTES_OPEN


class RgpdVaultOpenWizard(models.TransientModel):
    """Open the intermediate archive of one person, for a stated motive.

    Access is occasional and justified (CNIL, sheet 14 on retention): the motive and the
    one who asks are logged before anything is shown, and the DPO sees the log.
    """

    _name = "rgpd.vault.open.wizard"
    _description = "Open the Archive"

    vault_id = fields.Many2one("rgpd.vault", required=True, readonly=True)
    person_name = fields.Char(
        related="vault_id.subject_id.display_name", string="Person"
    )
    motive_kind = fields.Selection(
        selection=lambda self: (
            self.env["rgpd.vault.access"]
            ._fields["motive_kind"]
            ._description_selection(self.env)
        ),
        string="Motive",
        required=True,
    )
    motive = fields.Char(
        string="Details",
        required=True,
        help="Why the archive has to be opened, without any name: number of the file, "
        "of the request. It stays in the log.",
    )
    minutes = fields.Integer(default=MINUTES_OPEN, readonly=True)

    def action_open(self):
        """Check what was typed, then ask who is asking, then open.

        :raise AccessError: for anybody outside the archive group
        :raise UserError: no motive, or the person has left the archive
        """
        self._check()
        return self.action_open_checked()

    @check_identity
    def action_open_checked(self):
        """Log the opening and show what the archive holds, for a limited time."""
        self._check()
        access = self.env["rgpd.vault.access"]._log(
            self.vault_id, self.motive_kind, self.motive
        )
        form = self.env.ref("rgpd_fichier_client.rgpd_vault_access_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Archive %(reference)s", reference=self.vault_id.reference
            ),
            "res_model": "rgpd.vault.access",
            "res_id": access.id,
            "views": [[form.id, "form"]],
        }

    def _check(self):
        self.ensure_one()
        self.vault_id._check_archive_user()
        if not self.vault_id.exists():
            raise UserError(self.env._("This person has left the archive."))
        self.vault_id.check_access("read")
        if len((self.motive or "").strip()) < 5:
            raise UserError(self.env._("Say in a few words why the archive is opened."))
