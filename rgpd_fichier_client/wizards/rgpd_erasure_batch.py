from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_users import check_identity

from .rgpd_erasure_wizard import GROUNDS_BY_HAND

# More than that is not looked at one by one: the simulation is made for it.
MOST = 200


class RgpdErasureBatch(models.TransientModel):
    """Erase several persons by hand: see each one first, then confirm their number.

    What a live reason keeps stays, person by person, and each gets a certificate. Who
    may not be erased is listed with the cause and left out.
    """

    _name = "rgpd.erasure.batch"
    _description = "Erase Several Persons"

    ground = fields.Selection(GROUNDS_BY_HAND, required=True, default="request")
    motive = fields.Char(
        help="Why, without any name: the number of the requests, the letter. It stays "
        "in the evidence after the persons are gone.",
    )
    line_ids = fields.One2many("rgpd.erasure.batch.line", "batch_id", string="Persons")
    going_count = fields.Integer(string="To erase", compute="_compute_counts")
    partial_count = fields.Integer(string="In part", compute="_compute_counts")
    refused_count = fields.Integer(string="Left out", compute="_compute_counts")
    confirm_count = fields.Integer(
        string="Number of persons to erase",
        help="Type the number shown above: an erasure cannot be undone, not even from "
        "a backup.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        for batch in self:
            outcomes = batch.line_ids.mapped("outcome")
            batch.partial_count = outcomes.count("partial")
            batch.refused_count = outcomes.count("refused")
            batch.going_count = len(outcomes) - batch.refused_count

    # === ACTION METHODS === #

    def action_erase(self):
        """Check what was typed, then ask who is asking, then erase.

        :raise AccessError: for anybody but a DPO
        :raise UserError: not confirmed, or nobody to erase
        """
        self._check_confirmed()
        return self.action_erase_checked()

    @check_identity
    def action_erase_checked(self):
        """Erase the persons and show the certificates; the identity is checked."""
        return self._erase_confirmed()

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, records):
        """Open the wizard for contacts chosen in a list.

        :raise AccessError: the user is no DPO, or may not read one of them
        :raise UserError: nobody, or too many for a look at each
        """
        self._check_dpo()
        records.check_access("read")
        subjects = self.env["rgpd.subject"]._of(records)
        if not subjects:
            raise UserError(self.env._("These records stand for no person."))
        if len(subjects) > MOST:
            raise UserError(
                self.env._(
                    "Choose at most %(most)s persons, so that you can look at each. "
                    "For more, use a simulation.",
                    most=MOST,
                )
            )
        batch = self.create(
            {
                "line_ids": [
                    fields.Command.create({"subject_id": subject.id})
                    for subject in subjects
                ],
            }
        )
        return batch._get_action()

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase several persons"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _erase_confirmed(self):
        """Erase who may go; return the action that shows the certificates."""
        self._check_confirmed()
        going = self.line_ids.filtered(lambda line: line.outcome != "refused")
        erasures = self.env["rgpd.eraser"]._erase(
            going.subject_id, self.ground, self.motive
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_erasure_action"
        )
        action["domain"] = [("id", "in", erasures.ids)]
        return action

    def _check_confirmed(self):
        self.ensure_one()
        self._check_dpo()
        if not self.going_count:
            raise UserError(self.env._("Nobody of this list may be erased."))
        if not (self.motive or "").strip():
            raise UserError(self.env._("Say why, without any name."))
        if self.confirm_count != self.going_count:
            raise UserError(
                self.env._(
                    "Type the number of persons to erase (%(count)s) to confirm.",
                    count=self.going_count,
                )
            )

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO may erase a person."))
