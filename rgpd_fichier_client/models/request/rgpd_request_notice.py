from odoo import api, fields, models
from odoo.exceptions import UserError

OPERATIONS = [
    ("rectification", "Correct the data"),
    ("erasure", "Erase the data"),
    ("restriction", "Restrict the use of the data"),
]


class RgpdRequestNotice(models.Model):
    """One recipient told of a correction, an erasure or a restriction (Art. 19).

    The register says who they are; each is told by a letter, and answers.
    """

    _name = "rgpd.request.notice"
    _description = "Notice to a Recipient"
    _order = "request_id, id"
    _rec_name = "recipient_name"

    request_id = fields.Many2one(
        "rgpd.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    operation = fields.Selection(OPERATIONS, required=True)
    processor_id = fields.Many2one(
        "rgpd.processor", ondelete="set null", index="btree_not_null"
    )
    recipient_id = fields.Many2one(
        "rgpd.recipient",
        string="Recipient of the register",
        ondelete="set null",
        index="btree_not_null",
    )
    recipient_name = fields.Char(string="Recipient", required=True)
    recipient_email = fields.Char(string="E-mail")
    date_wanted = fields.Date(
        string="To be done by", help="Day asked for in the letter."
    )
    date_sent = fields.Date(string="Told on", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("todo", "To be told"),
            ("sent", "Told, answer awaited"),
            ("done", "Confirmed"),
            ("refused", "Refused"),
            ("impossible", "Impossible or disproportionate"),
        ],
        string="Answer",
        required=True,
        default="todo",
        help="Art. 19 GDPR: each recipient is told unless that proves impossible or "
        "takes a disproportionate effort; say why in the remark.",
    )
    date_answered = fields.Date(string="Answered on")
    note = fields.Char(string="Remark", help="Without personal data.")

    _once = models.UniqueIndex(
        "(request_id, operation, recipient_name)",
        "This recipient is told of it already.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Date the answer by itself."""
        if vals.get("state") in ("done", "refused") and not vals.get("date_answered"):
            vals = {**vals, "date_answered": fields.Date.context_today(self)}
        result = super().write(vals)
        if "state" in vals:
            for notice in self:
                notice.request_id._journal(
                    "notice", operation=notice.operation, answer=notice.state
                )
        return result

    # === ACTION METHODS === #

    def action_letter(self):
        """Prepare the letter to this recipient."""
        self.ensure_one()
        letter = self.env["rgpd.request.letter"]._prepare(
            self.request_id, "recipients", notice_id=self.id
        )
        return letter._get_action()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_for(self, request, operation):
        """Return the notices of a request for one operation, made if missing.

        Who received the data is read from the register: the sheets of the purposes
        that concern the person.

        :raise UserError: Art. 19 does not cover this operation
        """
        if operation not in dict(OPERATIONS):
            raise UserError(
                self.env._(
                    "Recipients are told of a correction, an erasure or a restriction "
                    "(Art. 19 GDPR)."
                )
            )
        known = request.notice_ids.filtered(lambda n: n.operation == operation)
        names = set(known.mapped("recipient_name"))
        vals_list = [
            vals
            for vals in self._prepare_vals(request, operation)
            if vals["recipient_name"] not in names
        ]
        return known | self.create(vals_list)

    @api.model
    def _prepare_vals(self, request, operation):
        # sudo: register - recipients of the company, whoever handles the request
        information = self.env["rgpd.access.information"].sudo()
        purposes, _ends = information._get_purposes(
            request._get_person(), request.company_id
        )
        sheets = purposes.processing_id
        rows = {}
        for processor in sheets.processor_ids:
            email = processor.contact_email or processor.partner_id.email
            rows[processor.name] = {"processor_id": processor.id, "email": email}
        outside = sheets.recipient_ids.filtered(lambda r: r.kind != "internal")
        for recipient in outside.filtered("partner_id"):
            partner = recipient.partner_id
            rows.setdefault(
                partner.name, {"recipient_id": recipient.id, "email": partner.email}
            )
        return [
            {
                "request_id": request.id,
                "operation": operation,
                "recipient_name": name,
                "recipient_email": row.pop("email") or False,
                **row,
            }
            for name, row in rows.items()
        ]
