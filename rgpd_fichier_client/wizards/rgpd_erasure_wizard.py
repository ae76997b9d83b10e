from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_users import check_identity

GROUNDS_BY_HAND = [
    ("request", "Request of the person (Art. 17)"),
    ("objection", "Objection (Art. 21)"),
    ("withdrawal", "Withdrawal of consent (Art. 17.1 b)"),
    ("retention", "End of the retention period"),
]


class RgpdErasureWizard(models.TransientModel):
    """Erase one person by hand: see first, confirm with a word, then the certificate.

    For a request of the person (Art. 17), an objection or a withdrawn consent. What a
    live reason keeps stays, and the certificate says so.
    """

    _name = "rgpd.erasure.wizard"
    _description = "Erase a Person"

    subject_id = fields.Many2one(
        "rgpd.subject", string="Person", required=True, readonly=True
    )
    person_name = fields.Char(related="subject_id.display_name", string="Name")
    ground = fields.Selection(GROUNDS_BY_HAND, required=True, default="request")
    motive = fields.Char(
        required=True,
        help="Why, without any name: the number of the request, the letter. It stays"
        " in the evidence after the person is gone.",
    )
    refusal = fields.Text(compute="_compute_preview")
    kept_text = fields.Text(string="What stays", compute="_compute_preview")
    erased_text = fields.Text(string="What goes", compute="_compute_preview")
    confirmation = fields.Char(
        string="Type ERASE to confirm",
        help="An erasure cannot be undone, not even from a backup: it is done again "
        "after a restore.",
    )

    # === COMPUTE METHODS === #

    @api.depends("subject_id", "ground")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            subject = wizard.subject_id.sudo()
            eraser = wizard.env["rgpd.eraser"].sudo()
            wizard.refusal = eraser._get_refusals(subject).get(subject)
            kept = eraser._get_kept(subject, wizard.ground)[subject.id]
            wizard.kept_text = wizard._get_kept_text(kept)
            wizard.erased_text = wizard._get_found_text(subject)

    def _get_kept_text(self, kept):
        # sudo: rgpd.data.category - labels of a closed list, no personal data
        categories = self.env["rgpd.data.category"].sudo().search([])  # pylint: disable=no-search-all
        names = {category.code: category.name for category in categories}
        date = self.env["ir.qweb.field.date"]
        lines = []
        for code, reason in sorted(kept.items()):
            end = date.value_to_html(reason.end, {}) if reason.end else "?"
            lines.append(
                self.env._(
                    "%(category)s: until %(end)s (%(article)s)",
                    category=names.get(code, code),
                    end=end,
                    article=reason.article or "",
                )
            )
        return "\n".join(lines) or self.env._("Nothing: no reason keeps anything.")

    def _get_found_text(self, subject):
        record = self.env[subject.res_model].sudo().browse(subject.res_id)
        found = self.env["rgpd.person.finder"]._find_own(record.exists())
        # sudo: ir.model - the names of models, in the language of the officer
        models_sudo = self.env["ir.model"].sudo()
        lines = [
            f"{models_sudo._get(model).name} ({len(rows)})"
            for model, rows in sorted(found.items())
            if model in self.env
        ]
        return "\n".join(lines)

    # === ACTION METHODS === #

    def action_erase(self):
        """Check what was typed, then ask who is asking, then erase.

        :raise AccessError: for anybody but a DPO
        :raise UserError: refused, or not confirmed
        """
        self._check_confirmed()
        return self.action_erase_checked()

    @check_identity
    def action_erase_checked(self):
        """Erase the person and show the certificate; the identity is checked."""
        return self._erase_confirmed()

    # === BUSINESS METHODS === #

    def _erase_confirmed(self):
        """Erase the person; return the action that shows the certificate.

        :raise UserError: refused, not confirmed, or being erased by somebody else
        """
        self._check_confirmed()
        self._before_erase()
        erasures = self.env["rgpd.eraser"]._erase(
            self.subject_id, self.ground, self.motive
        )
        self._after_erase(erasures)
        if not erasures:
            raise UserError(
                self.env._(
                    "Somebody else is erasing this person right now: look at the "
                    "certificates in a moment."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "rgpd.erasure",
            "res_id": erasures[:1].id,
            "views": [[False, "form"]],
        }

    def _before_erase(self):
        """Keep what will be needed once the person is gone; hook for lower topics."""

    def _after_erase(self, erasures):
        """Link the certificates to what asked for the erasure; hook."""

    @api.model
    def _open_for(self, records):
        """Open the wizard for one contact.

        :raise AccessError: the user is no DPO
        :raise UserError: not exactly one contact
        """
        self._check_dpo()
        if len(records) != 1:
            raise UserError(self.env._("Choose one person at a time."))
        subject = self.env["rgpd.subject"]._of(records)
        if not subject:
            raise UserError(self.env._("This record stands for no person."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase a person"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_subject_id": subject.id},
        }

    def _check_confirmed(self):
        self.ensure_one()
        self._check_dpo()
        if self.refusal:
            raise UserError(self.refusal)
        if (self.confirmation or "").strip().upper() not in self._get_words():
            raise UserError(
                self.env._(
                    "Type %(word)s to confirm the erasure.", word=self._get_word()
                )
            )

    def _check_dpo(self):
        if not self.env.user.has_group("rgpd_fichier_client.group_rgpd_dpo"):
            raise AccessError(self.env._("Only the DPO may erase a person."))

    def _get_word(self):
        return self.env._("ERASE")

    def _get_words(self):
        return {"ERASE", self._get_word().upper()}
