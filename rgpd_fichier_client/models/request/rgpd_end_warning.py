from odoo import fields, models


class RgpdEndWarning(models.Model):
    """The message that asks whether to stay in touch is a letter to the person."""

    _inherit = "rgpd.end.warning"

    letter_id = fields.Many2one(
        "rgpd.request.letter",
        string="Message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="rgpd_fichier_client.group_rgpd_officer",
        help="As it was sent; its names go when the person is erased.",
    )

    def _send_question(self, purpose_code):
        """Send the letter of the end of retention, as a message about offers.

        It carries the purpose the person may be contacted for: it is checked again
        when it leaves, says why it was sent, and lets the person object in one click.
        """
        self.ensure_one()
        letters = self.env["rgpd.request.letter"]
        letter = letters._prepare_for_subject(
            self.subject_id.sudo(),  # sudo: rgpd.subject - for the job
            "retention_end",
            self.company_id,
            date_effect=fields.Date.add(self.date_end, days=1),
        )
        if letter.channel != "email":
            return False
        letter.action_send()
        letter._mark_as_offer(purpose_code)
        self.letter_id = letter
        return True

    def _get_last_asked(self):
        """Count the letters that were sent by hand as well."""
        last = super()._get_last_asked()
        # sudo: rgpd.request.letter - only a day is read
        letter = (
            self.env["rgpd.request.letter"]
            .sudo()
            .search(
                [
                    ("subject_id", "=", self.subject_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("kind", "=", "retention_end"),
                    ("state", "=", "sent"),
                ],
                order="date_sent DESC",
                limit=1,
            )
        )
        by_hand = letter.date_sent and letter.date_sent.date()
        return max(filter(None, (last, by_hand)), default=None)
