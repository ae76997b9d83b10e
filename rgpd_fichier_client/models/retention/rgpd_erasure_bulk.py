import base64
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.journal import sealing
from ..journal.sql_array import int_array, text_array

# What the certificates of a batch say alike: most of them all of it
SAID = (
    "ground",
    "motive",
    "state",
    "company_id",
    "actor",
    "erased_on",
    "is_partial",
    "kept_until",
)


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
        blobs = [
            self._seal_for(key, erasure_id, vals["subject_uid"], identifiers)
            for erasure_id, vals in zip(erasures.ids, vals_list, strict=True)
        ]
        said = {}
        numbers = [
            said.setdefault(tuple(vals.get(name) or None for name in SAID), len(said))
            for vals in vals_list
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO rgpd_erasure (id, subject_uid, ground, scope, motive, state,
                       company_id, actor, erased_on, attempt_count, is_partial,
                       kept_until, erased_count, kept_count, identifiers_sealed,
                       has_identifiers)
                SELECT v.id, v.uid, s.ground, 'person', s.motive, s.state, s.company_id,
                       s.actor, s.erased_on, 1, COALESCE(s.is_partial, FALSE),
                       s.kept_until, v.erased_count, v.kept_count,
                       convert_to(v.blob, 'UTF8'), TRUE
                  FROM unnest(%(ids)s, %(uids)s, %(numbers)s, %(erased)s, %(kept)s,
                              %(blobs)s)
                       AS v (id, uid, number, erased_count, kept_count, blob)
                  JOIN jsonb_to_recordset(%(said)s::jsonb) AS s (
                       number int, ground varchar, motive varchar, state varchar,
                       company_id int, actor int, erased_on timestamp,
                       is_partial boolean, kept_until date) USING (number)
                 ORDER BY v.id
                """,
                ids=int_array(erasures.ids),
                uids=text_array(vals["subject_uid"] for vals in vals_list),
                numbers=int_array(numbers),
                erased=int_array(vals.get("erased_count") or 0 for vals in vals_list),
                kept=int_array(vals.get("kept_count") or 0 for vals in vals_list),
                blobs=text_array(blobs),
                said=json.dumps(
                    [
                        {"number": number, **dict(zip(SAID, values, strict=True))}
                        for values, number in said.items()
                    ],
                    default=_to_text,
                ),
            )
        )
        return erasures

    def _seal_for(self, key, erasure_id, uid, identifiers):
        """Return what the sweep has to look for, sealed for the row it is kept in."""
        data = [[i.kind, i.value] for i in identifiers[uid]]
        context = self._prepare_seal_context(erasure_id, uid)
        return base64.b64encode(sealing.seal(key, data, context)).decode()

    def _get_failed(self):
        """Return those that failed: the rows of the others are not read for it."""
        self.flush_recordset(["state"])
        query = SQL(
            "SELECT id FROM rgpd_erasure WHERE id = ANY(%s) AND state = 'failed'",
            int_array(self.ids),
        )
        return self.browse(row[0] for row in self.env.execute_query(query))

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
