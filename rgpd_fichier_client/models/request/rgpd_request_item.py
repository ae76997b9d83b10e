from odoo import fields, models


class RgpdRequestItem(models.Model):
    """One right within a request, with the decision taken on it."""

    _name = "rgpd.request.item"
    _description = "Right Exercised in a Request"
    _order = "request_id, id"
    _rec_name = "right"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    right = fields.Selection(
        [
            ("access", "Access (Art. 15)"),
            ("rectification", "Rectification (Art. 16)"),
            ("erasure", "Erasure (Art. 17)"),
            ("restriction", "Restriction (Art. 18)"),
            ("portability", "Portability (Art. 20)"),
            ("objection", "Objection (Art. 21)"),
            ("withdraw", "Withdrawal of consent (Art. 7.3)"),
            ("automated", "Automated decision (Art. 22)"),
            ("post_mortem", "Directives after death (LIL Art. 85)"),
        ],
        required=True,
        default="access",
        help="What the person asks for. Objection to prospecting needs no reason and "
        "takes effect at once.",
    )
    decision = fields.Selection(
        [
            ("granted", "Granted"),
            ("partial", "Granted in part"),
            ("refused", "Refused"),
            ("none", "No data held"),
        ],
        help="What was decided; a refusal, even in part, needs a ground.",
    )
    ground = fields.Selection(
        [
            ("unfounded", "Manifestly unfounded (Art. 12.5)"),
            ("excessive", "Excessive, repeated (Art. 12.5)"),
            ("identity", "Identity not established (Art. 12.2, 12.6)"),
            ("others", "Rights of other people (Art. 15.4)"),
            ("legal_obligation", "Legal obligation to keep (Art. 17.3.b)"),
            ("legal_claims", "Legal claims (Art. 17.3.e)"),
            ("expression", "Freedom of expression (Art. 17.3.a)"),
            ("compelling", "Compelling legitimate grounds (Art. 21.1)"),
            ("not_applicable", "Conditions of the right not met"),
        ],
        string="Ground of refusal",
    )
    note = fields.Text(string="Facts", help="Facts that support the decision.")

    _ground_required = models.Constraint(
        "CHECK(decision IS NULL OR decision NOT IN ('refused', 'partial')"
        " OR ground IS NOT NULL)",
        "A refusal, even in part, needs a ground of the law (Art. 12.4 GDPR).",
    )
    _right_once = models.UniqueIndex(
        '(request_id, "right")', "This right is in the request already."
    )

    def _get_right_label(self):
        """Return the label of the right in the user's language."""
        self.ensure_one()
        return dict(self._fields["right"]._description_selection(self.env))[self.right]
