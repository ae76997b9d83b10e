import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..journal.sql_array import int_array

NOTES = [
    ("live_reason", "A reason to keep it is still alive"),
    ("accounting", "Accounting record or its audit trail"),
    ("required", "Column that cannot be emptied; it identifies nobody alone"),
    ("other_person", "Record of another person who shares this datum"),
    ("unread", "File that cannot be read: to be looked at by somebody"),
    ("partly", "File of which a part cannot be read: to be looked at by somebody"),
    ("shared", "Datum also carried by another person of the file"),
    ("evidence", "Evidence of compliance, under random numbers"),
    ("redacted", "Found by the sweep and removed"),
    ("unknown", "Found by the sweep: to be examined"),
    ("posted", "Posted entry, needed for the account of the customer who stays"),
    ("aggregate", "Amount, date and product: they lead to nobody any more"),
    ("other_message", "Messages of other people: identifiers removed, text kept"),
]


# What a line says besides whose it is and of how many records
SAID = ("kind", "model", "category", "article", "end_date", "note")


class RgpdErasureLine(models.Model):
    """One line of a certificate: what went, stays or was found, and why."""

    _name = "rgpd.erasure.line"
    _description = "Line of an Erasure"
    _order = "erasure_id desc, kind, model, category, id"
    _log_access = False

    erasure_id = fields.Many2one(
        "rgpd.erasure", required=True, index=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("erased", "Erased"), ("kept", "Kept"), ("residue", "Residue")],
        required=True,
        readonly=True,
    )
    model = fields.Char(readonly=True)
    model_name = fields.Char(compute="_compute_names", string="Where")
    category = fields.Char(readonly=True, string="Category code")
    category_name = fields.Char(compute="_compute_names", string="What")
    count = fields.Integer(readonly=True, string="Records")
    article = fields.Char(
        readonly=True, string="Legal ground", help="Text that makes it stay."
    )
    end_date = fields.Date(readonly=True, string="Until")
    note = fields.Selection(NOTES, readonly=True, string="Why")
    # Kept lines of another company are none of one's business
    company_id = fields.Many2one(
        related="erasure_id.company_id", store=True, index=True
    )

    @api.depends("model", "category")
    @api.depends_context("lang")
    def _compute_names(self):
        # sudo: rgpd.data.category - labels of a closed list, no personal data
        categories = self.env["rgpd.data.category"].sudo().search([])  # pylint: disable=no-search-all
        names = {category.code: category.name for category in categories}
        # sudo: ir.model - the name of a model, in the language of the user
        model_names = self.env["ir.model"].sudo()
        for line in self:
            is_known = line.model in self.env
            name = model_names._get(line.model).name if is_known else line.model
            line.model_name = name
            codes = (line.category or "").split(",")
            line.category_name = ", ".join(names.get(c, c) for c in codes if c)

    @api.model_create_multi
    def create(self, vals_list):
        self.env["rgpd.erasure"].with_context(**self.env.context)._check_sentinel()
        return super().create(vals_list)

    @api.model
    def _insert(self, vals_list):
        """Write the lines of many certificates in one statement.

        Each person has several; made one by one they cost as much as the erasure.
        Those of many persons say the same: that is sent once.
        """
        self.env["rgpd.erasure"].with_context(**self.env.context)._check_sentinel()
        self.env["rgpd.erasure"].flush_model(["company_id"])
        said = {}
        numbers = [
            said.setdefault(tuple(vals.get(name) or None for name in SAID), len(said))
            for vals in vals_list
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_erasure_line (erasure_id, company_id, kind, model,
                       category, count, article, end_date, note)
                SELECT e.id, e.company_id, s.kind, s.model, s.category, v.count,
                       s.article, s.end_date, s.note
                  FROM unnest(%(erasures)s, %(numbers)s, %(counts)s)
                       WITH ORDINALITY AS v (erasure_id, number, count, rank)
                  JOIN jsonb_to_recordset(%(said)s::jsonb) AS s (
                       number int, kind varchar, model varchar, category varchar,
                       article varchar, end_date date, note varchar) USING (number)
                  JOIN rgpd_erasure e ON e.id = v.erasure_id
                 ORDER BY v.rank
                """,
                erasures=int_array(vals["erasure_id"] for vals in vals_list),
                numbers=int_array(numbers),
                counts=int_array(vals.get("count") or 0 for vals in vals_list),
                said=json.dumps(
                    [
                        {"number": number, **dict(zip(SAID, values, strict=True))}
                        for values, number in said.items()
                    ],
                    default=fields.Date.to_string,
                ),
            )
        )
        self.invalidate_model(flush=False)
        self.env["rgpd.erasure"].invalidate_model(["line_ids"], flush=False)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A line of a certificate cannot change."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(
            self.env._("The evidence of an erasure cannot be deleted (Art. 5.2).")
        )

    def _to_dict(self):
        """Plain values for the canonical certificate."""
        self.ensure_one()
        return {
            "kind": self.kind,
            "model": self.model or False,
            "category": self.category or False,
            "count": self.count,
            "article": self.article or False,
            "end_date": self.end_date or False,
            "note": self.note or False,
        }
