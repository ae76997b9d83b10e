from odoo import fields, models
from odoo.tools import SQL


class RgpdProcessingData(models.Model):
    """What the database really holds of each category that a sheet speaks of.

    Read from the data map; the numbers are those of the last count (every week, or by
    hand in the map).
    """

    _name = "rgpd.processing.data"
    _description = "Data of a sheet in the database"
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
    _order = "processing_id, category_id"
    _rec_name = "category_id"

    processing_id = fields.Many2one("rgpd.processing", string="Sheet", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    category_id = fields.Many2one(
        "rgpd.data.category", string="Data category", readonly=True
    )
    model_count = fields.Integer(string="Models", readonly=True)
    field_count = fields.Integer(string="Fields", readonly=True)
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        help="Records that hold something of this category, when last counted.",
    )
    count_date = fields.Datetime(string="Counted on", readonly=True)
    state = fields.Selection(
        [
            ("held", "Held"),
            ("empty", "No value"),
            ("none", "No field for it"),
            ("unknown", "Not counted yet"),
        ],
        string="In the database",
        readonly=True,
        help="A sheet that announces data nobody holds says too much; remove the "
        "category from its purposes, or say where the data are (paper, other tool).",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT used.processing_id * 10000 + used.category_id AS id,
                   used.processing_id, used.company_id, used.category_id,
                   COALESCE(held.model_count, 0) AS model_count,
                   COALESCE(held.field_count, 0) AS field_count,
                   COALESCE(held.record_count, 0) AS record_count,
                   held.count_date,
                   CASE WHEN held.field_count IS NULL THEN 'none'
                        WHEN held.record_count > 0 THEN 'held'
                        WHEN held.count_date IS NULL THEN 'unknown'
                        ELSE 'empty' END AS state
              FROM (%(used)s) used
              LEFT JOIN (%(held)s) held ON held.category_id = used.category_id
            """,
            used=self._get_used_query(),
            held=self._get_held_query(),
        )

    def _get_used_query(self):
        """Return the categories that the purposes of each sheet use."""
        relation = self.env["rgpd.purpose"]._fields["data_category_ids"]
        return SQL(
            """
            SELECT DISTINCT purpose.processing_id, sheet.company_id,
                   used.%(category)s AS category_id
              FROM rgpd_purpose purpose
              JOIN rgpd_processing sheet ON sheet.id = purpose.processing_id
              JOIN %(table)s used ON used.%(purpose)s = purpose.id
             WHERE purpose.active
            """,
            table=SQL.identifier(relation.relation),
            purpose=SQL.identifier(relation.column1),
            category=SQL.identifier(relation.column2),
        )

    def _get_held_query(self):
        """Return what the data map holds of each category.

        A record of a model counts once: for the most filled of its fields.
        """
        return SQL(
            """
            SELECT category_id, count(*) AS model_count,
                   sum(field_count)::int AS field_count,
                   sum(filled)::int AS record_count, min(count_date) AS count_date
              FROM (SELECT effective_category_id AS category_id, model,
                           count(*) AS field_count,
                           COALESCE(max(filled_count), 0) AS filled,
                           min(count_date) AS count_date
                      FROM rgpd_data_field
                     WHERE is_present AND effective_status <> 'not_personal'
                       AND effective_category_id IS NOT NULL
                     GROUP BY effective_category_id, model) per_model
             GROUP BY category_id
            """
        )

    def action_open_fields(self):
        """Show the fields of the category in the data map."""
        self.ensure_one()
        return self.category_id.action_open_fields() | {
            "name": self.category_id.display_name,
            "domain": [
                ("effective_category_id", "=", self.category_id.id),
                ("is_present", "=", True),
            ],
        }


class RgpdProcessing(models.Model):
    _inherit = "rgpd.processing"

    data_line_ids = fields.One2many(
        "rgpd.processing.data", "processing_id", string="In the database", readonly=True
    )
