import base64
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.journal import sealing


class RgpdErasure(models.Model):
    """The certificates of many persons at once."""

    _inherit = "rgpd.erasure"

    @api.model
    def _insert(self, vals_list, identifiers):
        """Write certificates with what the sweep has to look for, in one statement.

        Made one by one they cost as much as the erasure itself.

        :param vals_list: as for ``create``, see ``_prepare_erasure``
        :param identifiers: ``{uid of the person: [Identifier]}``, sealed for the sweep
        :return: the certificates, in order
        """
        self._check_sentinel()
        erasures = self.browse(self._take_ids(len(vals_list)))
        if not erasures:
            return erasures
        key = self.env["rgpd.key"]._get("vault")
        rows = []
        for erasure_id, vals in zip(erasures.ids, vals_list, strict=True):
            uid = vals["subject_uid"]
            data = [[i.kind, i.value] for i in identifiers[uid]]
            blob = sealing.seal(key, data, self._prepare_seal_context(erasure_id, uid))
            row = {name: value or None for name, value in vals.items()}
            rows.append(
                {**row, "id": erasure_id, "blob": base64.b64encode(blob).decode()}
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_erasure (id, subject_uid, ground, scope, motive, state,
                       company_id, actor, erased_on, attempt_count, is_partial,
                       kept_until, erased_count, kept_count, identifiers_sealed,
                       has_identifiers)
                SELECT id, subject_uid, ground, 'person', motive, state, company_id,
                       actor, erased_on, 1, COALESCE(is_partial, FALSE), kept_until,
                       COALESCE(erased_count, 0), COALESCE(kept_count, 0),
                       convert_to(blob, 'UTF8'), TRUE
                  FROM jsonb_to_recordset(%s::jsonb) AS (
                       id int, subject_uid varchar, ground varchar, motive varchar,
                       state varchar, company_id int, actor int, erased_on timestamp,
                       is_partial boolean, kept_until date, erased_count int,
                       kept_count int, blob text)
                """,
                json.dumps(rows, default=_to_text),
            )
        )
        return erasures

    def _take_ids(self, count):
        """Return so many numbers of new rows, in order."""
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
                " FROM generate_series(1, %s)",
                self._table,
                count,
            )
        )
        return sorted(row[0] for row in rows)


def _to_text(value):
    """Write a moment or a day as the database reads it."""
    return fields.Datetime.to_string(value) if hasattr(value, "hour") else str(value)
