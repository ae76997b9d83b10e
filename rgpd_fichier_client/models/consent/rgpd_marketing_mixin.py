from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("marketing", "Offers, news or invitations"),
    ("service", "About an order, a contract or a duty"),
]


class RgpdMarketingMixin(models.AbstractModel):
    """What a message to many people is for, and whom it may reach."""

    _name = "rgpd.marketing.mixin"
    _description = "Purpose of a message to many people"

    rgpd_kind = fields.Selection(
        KINDS,
        string="This message is about",
        help="Offers go only to those who may be contacted for their purpose (art. "
        "L. 34-5 CPCE). A message about an order or a duty reaches everybody, and "
        "holds no advertising.",
    )
    rgpd_purpose_ids = fields.Many2many(
        "rgpd.purpose",
        string="Purposes",
        domain=lambda self: self.env["rgpd.contact.report"]._get_marketing_domain(
            self._rgpd_get_channel()
        ),
        help="Why these people are written to. With several purposes, each person is "
        "written to for the first one that allows it: consent, then customers, then "
        "professionals.",
    )
    rgpd_company_id = fields.Many2one(
        "res.company",
        string="Sender (controller)",
        default=lambda self: self.env.company,
        help="The company whose consents and customers count.",
    )
    rgpd_report = fields.Json(
        string="Recipients",
        compute="_compute_rgpd_report",
        help="Who gets the message, and who is left out and why.",
    )

    @api.depends("rgpd_kind", "rgpd_purpose_ids", "rgpd_company_id")
    def _compute_rgpd_report(self):
        for message in self:
            message.rgpd_report = (
                message._rgpd_count() if message._rgpd_is_marketing() else False
            )

    def _rgpd_count(self, count_all=False):
        """Return the report of one message."""
        self.ensure_one()
        return self.env["rgpd.contact.report"]._get(
            self._rgpd_get_recipients(),
            self.rgpd_purpose_ids,
            self._rgpd_get_channel(),
            self.rgpd_company_id or self.env.company,
            count_all=count_all,
        )

    @api.readonly
    def rgpd_count_recipients(self):
        """Count the recipients of a long list; called by the widget."""
        self.check_access("read")
        return self._rgpd_count(count_all=True)

    def _rgpd_is_marketing(self):
        self.ensure_one()
        return self.rgpd_kind == "marketing"

    def _rgpd_check_purpose(self):
        """Refuse a message of marketing that has no purpose.

        :raise UserError: in plain words
        """
        for message in self:
            if message._rgpd_is_marketing() and not message.rgpd_purpose_ids:
                raise UserError(
                    self.env._(
                        "Choose the purpose of this message first: it decides who may "
                        "get it (art. L. 34-5 CPCE)."
                    )
                )

    # === HOOKS === #

    def _rgpd_get_channel(self):
        """Return the channel on which the message leaves, of none too."""
        return "email"

    def _rgpd_get_recipients(self):
        """Return the records the message is for."""
        raise NotImplementedError
