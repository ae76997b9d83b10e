from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import natural

# What a statement about everybody may take for sorting and joining
MEMORY = "128MB"
# After so many new rows the planner is told: the next statement reads them
MANY = 10000


class RgpdSubject(models.Model):
    """Keeps one row per anchor record, set-based."""

    _inherit = "rgpd.subject"

    @api.model
    def _refresh(self):
        """Bring the rows in line with all anchor records, set-based.

        :return: number of rows added or changed
        """
        self._take_memory()
        return sum(
            self._refresh_model(model)
            for model in self.env["rgpd.data.map"]._get_anchor_models()
            if model in self.env
        )

    @api.model
    def _take_memory(self):
        """Let the statements about everybody sort and join in memory.

        For this transaction alone; with the four megabytes of a fresh PostgreSQL each
        step goes through the disk. Whoever configured more keeps it. To compile such
        long statements takes PostgreSQL longer than to run them.
        """
        self.env.cr.execute("SET LOCAL jit = off")
        self.env.cr.execute(
            """SELECT set_config('work_mem', %s, TRUE)
                WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes(%s)""",
            (MEMORY, MEMORY),
        )

    def _refresh_records(self):
        for model, subjects in self.grouped("res_model").items():
            self._refresh_model(model, subjects.mapped("res_id"))

    @api.model
    def _refresh_model(self, model, ids=None):
        """Insert, correct and retire the rows of one anchor model.

        Compared first, both ways at once: a row that is right is neither written nor
        locked. The row of a record that is gone stays, inactive: evidence names its
        uid. Nobody made them: to look up who did takes a third of the time.

        :param ids: records concerned, or a ``range`` of them; all of them when None
        """
        self.env.flush_all()
        if isinstance(ids, range):
            self._take_memory()
        anchors, only = self._get_compared(model, ids)
        columns = ("active", "company_id", "is_natural", "natural_evidence")
        columns = [*map(SQL.identifier, (*columns, "is_in_file"))]
        [[count]] = self.env.execute_query(
            SQL(
                """
                WITH change AS MATERIALIZED (
                    SELECT s.id AS known_id, anchor.id, anchor.company_id,
                           anchor.is_natural, anchor.evidence AS natural_evidence,
                           anchor.evidence NOT IN %(outside)s AS is_in_file
                      FROM (%(anchors)s OFFSET 0) AS anchor
                 FULL JOIN (SELECT * FROM rgpd_subject
                             WHERE res_model = %(model)s AND %(only)s) s
                           ON s.res_id = anchor.id
                     WHERE s.id IS NULL
                           OR (anchor.id IS NULL AND s.active)
                           OR (anchor.id IS NOT NULL AND (
                               s.natural_override IS NOT NULL
                               OR (s.active, s.company_id, s.is_natural,
                                   s.natural_evidence, s.is_in_file)
                                  IS DISTINCT FROM (
                                   s.merged_into_id IS NULL, anchor.company_id,
                                   anchor.is_natural, anchor.evidence,
                                   anchor.evidence NOT IN %(outside)s)))
                ), retired AS (
                    UPDATE rgpd_subject s SET active = FALSE FROM change
                     WHERE s.id = change.known_id AND change.id IS NULL
                    RETURNING 1
                ), stored AS (
                    INSERT INTO rgpd_subject AS known (
                           res_model, res_id, uid, %(columns)s,
                           create_date, write_date)
                    SELECT %(model)s, id,
                           replace(gen_random_uuid()::varchar, '-', ''), TRUE,
                           company_id, is_natural, natural_evidence, is_in_file,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM change WHERE id IS NOT NULL ORDER BY id
                    ON CONFLICT (res_model, res_id) DO UPDATE
                       SET (%(columns)s) = ROW(%(values)s)
                     WHERE (%(known)s) IS DISTINCT FROM (%(values)s)
                    RETURNING 1
                )
                SELECT (SELECT count(*) FROM retired) + (SELECT count(*) FROM stored)
                """,
                model=model,
                outside=natural.OUTSIDE_EVIDENCE,
                anchors=anchors,
                only=only,
                columns=SQL(", ").join(columns),
                known=SQL(", ").join(SQL("known.%s", column) for column in columns),
                values=SQL(
                    """known.merged_into_id IS NULL, EXCLUDED.company_id,
                       CASE known.natural_override
                           WHEN 'natural' THEN TRUE WHEN 'legal' THEN FALSE
                           ELSE EXCLUDED.is_natural END,
                       CASE WHEN known.natural_override IS NULL
                           THEN EXCLUDED.natural_evidence ELSE 'choice' END,
                       EXCLUDED.is_in_file"""
                ),
            )
        )
        if count >= MANY:
            self.env.cr.execute("ANALYZE rgpd_subject")
        self.invalidate_model()
        return count

    def _get_compared(self, model, ids):
        """Return the query of the anchors, and the condition on their rows.

        :param ids: see `_refresh_model`
        """
        if ids is None:
            return self._get_anchor_query(model), SQL("TRUE")
        if not isinstance(ids, range):
            condition = SQL("res_id = ANY(%s)", list(ids))
            return self._get_anchor_query(model, ids), condition
        within = "%(id)s >= %(first)s AND %(id)s < %(stop)s"
        anchors = SQL(
            "SELECT * FROM (%s) every WHERE %s",
            self._get_anchor_query(model),
            SQL(within, id=SQL("id"), first=ids.start, stop=ids.stop),
        )
        condition = SQL(within, id=SQL("res_id"), first=ids.start, stop=ids.stop)
        return anchors, condition

    # === HOOKS FOR OTHER TOPICS AND GLUE ADD-ONS === #

    @api.model
    def _get_anchor_query(self, model, ids=None):
        """Return the query of anchor records: id, company_id, is_natural, evidence.

        To be extended for each further anchor model.
        """
        if model == "res.partner":
            return self._get_partner_query(ids)
        raise NotImplementedError(model)

    @api.model
    def _get_partner_query(self, ids=None):
        only = (
            SQL("partner.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        )
        technical = [
            partner.id
            for xmlid in self._get_technical_partner_xmlids()
            if (partner := self.env.ref(xmlid, raise_if_not_found=False))
        ]
        return SQL(
            """
            SELECT partner.id, partner.company_id,
                   CASE WHEN evidence.code IN ('company', 'address', 'own_company',
                                               'technical')
                        THEN FALSE ELSE TRUE END AS is_natural,
                   evidence.code AS evidence
              FROM res_partner AS partner
         LEFT JOIN res_company AS own ON own.partner_id = partner.id
         CROSS JOIN LATERAL (SELECT CASE
                   WHEN own.id IS NOT NULL THEN 'own_company'
                   WHEN partner.id = ANY(%(technical)s) THEN 'technical'
                   WHEN EXISTS (SELECT 1 FROM res_users AS account
                                 WHERE account.partner_id = partner.id
                                   AND account.share IS NOT TRUE) THEN 'staff'
                   WHEN partner.is_company IS NOT TRUE THEN CASE
                        WHEN partner.parent_id IS NULL THEN 'person'
                        WHEN COALESCE(partner.type, 'contact') = 'contact'
                             OR COALESCE(trim(partner.name), '') <> '' THEN 'contact'
                        ELSE 'address' END
                   WHEN partner.name ~* %(sole_trader)s OR partner.name ~* %(civility)s
                        THEN 'sole_trader_name'
                   ELSE 'company' END AS code) AS evidence
             WHERE %(only)s
            """,
            technical=technical,
            sole_trader=natural.SOLE_TRADER_REGEX,
            civility=natural.CIVILITY_REGEX,
            only=only,
        )

    @api.model
    def _get_technical_partner_xmlids(self):
        """Return the contacts Odoo itself uses; they stand for nobody."""
        return [
            "base.partner_root",
            "base.public_partner",
            "base.template_portal_user_id_res_partner",
        ]
