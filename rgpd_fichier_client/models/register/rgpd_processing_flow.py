from odoo import fields, models
from odoo.tools import SQL

from .rgpd_recipient import RECIPIENT_KINDS

RECIPIENTS = """
    SELECT link.%(recipient_sheet)s AS processing_id, recipient.id,
           'rgpd.recipient' AS model, recipient.kind, partner.country_id
      FROM %(recipient_table)s link
      JOIN rgpd_recipient recipient
           ON recipient.id = link.%(recipient)s AND recipient.active
      LEFT JOIN res_partner partner ON partner.id = recipient.partner_id
    UNION
    SELECT rank.processing_id, rank.processor_id, 'rgpd.processor',
           CASE WHEN rank.depth = 0 THEN 'processor' ELSE 'subprocessor' END,
           place.country_id
      FROM ranks rank
      LEFT JOIN (SELECT id AS processor_id, country_id FROM rgpd_processor
                 UNION SELECT rgpd_processor_id, res_country_id
                         FROM rgpd_processor_hosting_rel
                 UNION SELECT rgpd_processor_id, res_country_id
                         FROM rgpd_processor_access_rel) place
           ON place.processor_id = rank.processor_id
    UNION
    SELECT processing_id, id, 'rgpd.transfer', 'third_country', country_id
      FROM rgpd_transfer
"""


class RgpdProcessingFlow(models.Model):
    """Who receives what: purpose, data, recipient, country (Art. 30.1.d and e).

    One row per combination, processors at every rank included; a view for analyses.
    """

    _name = "rgpd.processing.flow"
    _description = "Who receives what"
    _auto = False
    _depends = {
        "rgpd.processing": [
            "active",
            "company_id",
            "processor_ids",
            "recipient_ids",
            "state",
        ],
        "rgpd.processor": [
            "access_country_ids",
            "country_id",
            "hosting_country_ids",
            "name",
            "parent_id",
        ],
        "rgpd.purpose": ["active", "data_category_ids", "processing_id"],
        "rgpd.recipient": ["active", "kind", "name", "partner_id"],
        "rgpd.transfer": ["country_id", "name", "processing_id"],
    }
    _order = "processing_id, purpose_id, category_id, id"
    _rec_name = "recipient"

    processing_id = fields.Many2one("rgpd.processing", string="Sheet", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(related="processing_id.state")
    purpose_id = fields.Many2one("rgpd.purpose", readonly=True)
    category_id = fields.Many2one(
        "rgpd.data.category", string="Data category", readonly=True
    )
    recipient = fields.Char(readonly=True)
    recipient_kind = fields.Selection(
        [*RECIPIENT_KINDS, ("subprocessor", "Sub-processor")], readonly=True
    )
    country_id = fields.Many2one("res.country", readonly=True)
    is_outside_eea = fields.Boolean(string="Outside the EEA", readonly=True)

    @property
    def _table_query(self):
        # PostgreSQL overrates the ranks a hundredfold and compiles the query: it takes
        # two seconds instead of some hundredths.
        self.env.cr.execute("SET LOCAL jit = off")
        sheets = self.env["rgpd.processing"]._fields
        categories = self.env["rgpd.purpose"]._fields["data_category_ids"]
        recipients, processors = sheets["recipient_ids"], sheets["processor_ids"]
        receivers = SQL(
            RECIPIENTS,
            recipient_table=SQL.identifier(recipients.relation),
            recipient_sheet=SQL.identifier(recipients.column1),
            recipient=SQL.identifier(recipients.column2),
        )
        return SQL(
            """
            WITH RECURSIVE ranks (processing_id, processor_id, depth) AS (
                SELECT %(sheet)s, %(processor)s, 0 FROM %(processors)s
                UNION
                SELECT rank.processing_id, child.id, 1
                  FROM ranks rank
                  JOIN rgpd_processor child ON child.parent_id = rank.processor_id
            ), receivers AS (%(receivers)s)
            SELECT row_number() OVER (
                       ORDER BY purpose.id, used.%(category)s, receiver.model,
                                receiver.id, receiver.country_id
                   )::int AS id,
                   sheet.id AS processing_id, sheet.company_id,
                   purpose.id AS purpose_id, used.%(category)s AS category_id,
                   COALESCE(
                       recipient.name ->> %(lang)s, recipient.name ->> 'en_US',
                       processor.name, transfer.name
                   ) AS recipient,
                   receiver.kind AS recipient_kind, receiver.country_id,
                   receiver.country_id IS NOT NULL AND NOT EXISTS (
                       SELECT FROM rgpd_adequacy eea
                        WHERE eea.country_id = receiver.country_id
                          AND eea.kind = 'eea' AND eea.active
                   ) AS is_outside_eea
              FROM rgpd_processing sheet
              JOIN rgpd_purpose purpose
                   ON purpose.processing_id = sheet.id AND purpose.active
              JOIN %(used)s used ON used.%(purpose)s = purpose.id
              JOIN receivers receiver ON receiver.processing_id = sheet.id
              LEFT JOIN rgpd_recipient recipient
                   ON recipient.id = receiver.id AND receiver.model = 'rgpd.recipient'
              LEFT JOIN rgpd_processor processor
                   ON processor.id = receiver.id AND receiver.model = 'rgpd.processor'
              LEFT JOIN rgpd_transfer transfer
                   ON transfer.id = receiver.id AND receiver.model = 'rgpd.transfer'
             WHERE sheet.active AND sheet.state <> 'archived'
            """,
            receivers=receivers,
            processors=SQL.identifier(processors.relation),
            sheet=SQL.identifier(processors.column1),
            processor=SQL.identifier(processors.column2),
            used=SQL.identifier(categories.relation),
            purpose=SQL.identifier(categories.column1),
            category=SQL.identifier(categories.column2),
            lang=self.env.lang or "en_US",
        )
