from odoo import api, models


class RgpdEraser(models.AbstractModel):
    _inherit = "rgpd.eraser"

    def _erase_batch(self, subjects, kept, codes, ground, motive):
        """Delete what was extracted to check the copies of these persons."""
        # sudo: rgpd.request - requests of any company
        requests = self.env["rgpd.request"].sudo()
        partners = [s.res_id for s in subjects if s.res_model == "res.partner"]
        requests = requests.search(
            [
                ("copy_ids", "!=", False),
                "|",
                ("partner_id", "in", partners),
                ("subject_id", "in", subjects.ids),
            ]
        )
        requests.copy_ids._erase()
        return super()._erase_batch(subjects, kept, codes, ground, motive)

    @api.model
    def _get_held(self, subjects):
        """A restriction keeps the data as well: the person may need them (Art. 18.1).

        Whoever refused the erasure of unlawful data, or needs them for a claim, must
        not lose them to a period that ends meanwhile.
        """
        held = super()._get_held(subjects)
        # sudo: rgpd.restriction - that of any company suspends the erasure
        restrictions = (
            self.env["rgpd.restriction"]
            .sudo()
            .search(
                [("subject_id", "in", subjects.ids), ("date_lifted", "=", False)],
            )
        )
        for subject in restrictions.subject_id.with_env(self.env) & subjects:
            held.setdefault(
                subject,
                self.env._(
                    "The use of these data is restricted (Art. 18 GDPR): they are kept "
                    "until the restriction is lifted, after the person was told."
                ),
            )
        return held

    def _after_erase(self, scope, codes):
        """Letters the company wrote first lose their names with the person."""
        result = super()._after_erase(scope, codes)
        self.env["rgpd.request.letter"]._forget(scope.subjects)
        return result
