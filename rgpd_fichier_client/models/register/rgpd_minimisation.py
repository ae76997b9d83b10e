from odoo import api, fields, models
from odoo.tools import SQL


class RgpdMinimisation(models.Model):
    """Where the register and the database disagree, and what nobody needs (Art. 5.1.c).

    Four questions: data held that no purpose needs, data announced that nobody holds,
    fields nobody ever fills, fields everybody fills although nothing demands it.
    """

    _name = "rgpd.minimisation"
    _description = "Minimisation report"
    _auto = False
    _depends = {
        "rgpd.data.field": [
            "effective_category_id",
            "effective_status",
            "is_present",
            "model",
        ],
        "rgpd.processing": ["active", "company_id", "state"],
        "rgpd.purpose": ["active", "company_id", "data_category_ids", "processing_id"],
    }
    _order = "kind desc, category_id, id"
    _rec_name = "category_id"

    kind = fields.Selection(
        [
            ("no_purpose", "1. Data without purpose"),
            ("no_data", "2. Purpose without data"),
            ("never", "3. Field never filled"),
            ("always", "4. Optional field always filled"),
        ],
        string="Finding",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    category_id = fields.Many2one(
        "rgpd.data.category", string="Data category", readonly=True
    )
    purpose_id = fields.Many2one("rgpd.purpose", readonly=True)
    processing_id = fields.Many2one(related="purpose_id.processing_id", string="Sheet")
    field_id = fields.Many2one(
        "rgpd.data.field", string="Technical field", readonly=True
    )
    model_label = fields.Char(related="field_id.model_label", string="Model")
    label = fields.Char(related="field_id.label", string="Field")
    record_count = fields.Integer(string="Records", readonly=True)
    advice = fields.Char(string="What to do", compute="_compute_advice")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_advice(self):
        texts = self._get_advice()
        for line in self:
            line.advice = texts.get(line.kind)

    def _get_advice(self):
        return {
            "no_purpose": self.env._(
                "Add a purpose that needs them, or stop collecting and erase them."
            ),
            "no_data": self.env._(
                "Take the category out of the purpose, or say where the data are."
            ),
            "never": self.env._("Hide the field: what is not asked cannot leak."),
            "always": self.env._(
                "Check that everybody must give it; if not, say that it is optional."
            ),
        }

    @property
    def _table_query(self):
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._get_no_purpose_query(),
            self._get_no_data_query(),
            self._get_field_query(),
        )

    def _get_no_purpose_query(self):
        """Categories held that no purpose of any sheet in use needs."""
        data = self.env["rgpd.processing.data"]
        return SQL(
            """
            SELECT category.id * 10 + 1 AS id, 'no_purpose' AS kind,
                   NULL::int AS company_id, category.id AS category_id,
                   NULL::int AS purpose_id, NULL::int AS field_id, held.record_count
              FROM rgpd_data_category category
              JOIN (%(held)s) held ON held.category_id = category.id
             WHERE held.record_count > 0 AND category.code <> 'other'
               AND NOT EXISTS (
                   SELECT FROM (%(used)s) used
                     JOIN rgpd_processing sheet ON sheet.id = used.processing_id
                    WHERE used.category_id = category.id AND sheet.state <> 'archived'
               )
            """,
            held=data._get_held_query(),
            used=data._get_used_query(),
        )

    def _get_no_data_query(self):
        """Categories that a purpose announces and of which nothing is held."""
        relation = self.env["rgpd.purpose"]._fields["data_category_ids"]
        return SQL(
            """
            SELECT (purpose.id * 10000 + used.%(category)s) * 10 + 2, 'no_data',
                   purpose.company_id, used.%(category)s, purpose.id, NULL, 0
              FROM rgpd_purpose purpose
              JOIN rgpd_processing sheet
                   ON sheet.id = purpose.processing_id AND sheet.state <> 'archived'
              JOIN %(table)s used ON used.%(purpose)s = purpose.id
              LEFT JOIN (%(held)s) held ON held.category_id = used.%(category)s
             WHERE purpose.active
               AND (held.category_id IS NULL
                    OR held.count_date IS NOT NULL AND held.record_count = 0)
            """,
            table=SQL.identifier(relation.relation),
            purpose=SQL.identifier(relation.column1),
            category=SQL.identifier(relation.column2),
            held=self.env["rgpd.processing.data"]._get_held_query(),
        )

    def _get_field_query(self):
        """Personal fields that hold nothing, or that everybody fills freely."""
        return SQL(
            """
            SELECT field.id * 10 + CASE WHEN filled_count = 0 THEN 3 ELSE 4 END,
                   CASE WHEN filled_count = 0 THEN 'never' ELSE 'always' END,
                   NULL, effective_category_id, NULL, field.id, record_count
              FROM rgpd_data_field field
             WHERE is_present AND effective_status = 'classified'
               AND count_date IS NOT NULL AND record_count > 0 AND ttype <> 'boolean'
               AND is_optional
               AND (filled_count = 0
                    OR filled_count >= record_count AND provided_by_person)
            """
        )

    def action_open(self):
        """Open what the finding is about."""
        self.ensure_one()
        record = self.purpose_id or self.field_id
        if not record:
            return self.category_id.action_open_fields()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
