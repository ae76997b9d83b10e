from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import normalise
from ..journal.sql_array import int_array
from .contact_index import get_digits_condition, get_keys_condition
from .digits_index import get_digits_sql
from .rgpd_person_finder_query import BETWEEN

PHONES = ("phone", "mobile")
# A shorter number is an extension that many have, a longer text is no number (E.164,
# and 00 before it): the finder reads neither
FEWEST_DIGITS, MOST_DIGITS = 9, 17


class RgpdSubject(models.Model):
    """People known by a registration, an answer or the like, and by nothing else.

    Nobody made a contact of them, and no lead or mailing contact has their address:
    the record itself stands for the person. As soon as one of these has the address
    they stand for it, and the record is one of theirs. So each record belongs to
    exactly one: the finder follows an address to what this query leaves out.
    """

    _inherit = "rgpd.subject"

    @api.model
    def _get_anchor_query(self, model, ids=None):
        """Return the query of the records of strangers.

        :param ids: records looked at, or a ``range`` of them; all of them when None
        """
        if model not in self.env["rgpd.data.map"]._get_stranger_models():
            return super()._get_anchor_query(model, ids)
        columns = self.env["rgpd.data.map"]._get_stranger_columns(model)
        addresses = [*columns.get_paths("email"), *columns.get_paths("phone")]
        if not addresses:
            return SQL(
                "SELECT 0 AS id, NULL::int AS company_id, TRUE AS is_natural,"
                " 'person' AS evidence WHERE FALSE"
            )
        return SQL(
            """
            SELECT s.id, %(company)s AS company_id, TRUE AS is_natural,
                   CASE WHEN %(employer)s THEN 'contact' ELSE 'person' END AS evidence
              FROM %(table)s AS s
             WHERE %(only)s AND (%(held)s) AND %(alone)s
                   AND NOT EXISTS (
                       SELECT 1 FROM (%(known)s) known WHERE known.id = s.id)
            """,
            company=self._get_stranger_company(model),
            employer=_any(_is_filled(name) for name in columns.companies),
            table=SQL.identifier(self.env[model]._table),
            only=_get_only(ids),
            held=_any(_is_filled(name) for name in addresses),
            alone=SQL(" AND ").join(
                [
                    SQL("TRUE"),
                    *(
                        SQL("%s IS NULL", SQL.identifier("s", name))
                        for name in columns.persons
                    ),
                ]
            ),
            known=self._get_known_query(model, columns, ids),
        )

    @api.model
    def _get_compared(self, model, ids):
        if model not in self.env["rgpd.data.map"]._get_stranger_models():
            return super()._get_compared(model, ids)
        # A slice is looked at as one: who is known is found for its records alone
        _anchors, condition = super()._get_compared(model, ids)
        return self._get_anchor_query(model, ids), condition

    @api.model
    def _filter_strangers(self, model, ids):
        """Return those of the records that stand for a person themselves."""
        if not ids:
            return set()
        query = self._get_anchor_query(model, sorted(ids))
        return {row[0] for row in self.env.execute_query(query)}

    @api.model
    def _get_stranger_company(self, model):
        field = self.env[model]._fields.get("company_id")
        if field is None or not field.store or field.comodel_name != "res.company":
            return SQL("NULL::int")
        return SQL("s.company_id")

    # === WHO IS KNOWN ALREADY === #

    @api.model
    def _get_known_query(self, model, columns, ids):
        """Return the query of the records whose address is that of somebody known."""
        queries = []
        if columns.emails:
            written = SQL(" UNION ALL ").join(
                self._get_tokens_query(model, name, ids)
                for name in columns.get_paths("email")
            )
            queries += self._get_known_emails(written, ids)
        for name in columns.get_paths("phone"):
            queries += self._get_known_phones(model, name, ids)
        return SQL(" UNION ALL ").join(queries)

    @api.model
    def _get_tokens_query(self, model, name, ids):
        """Return the query of the addresses in a column, as the finder reads them."""
        return SQL(
            "SELECT s.id, unnest(%(parts)s) AS token FROM %(table)s s"
            " WHERE %(only)s AND %(column)s LIKE '%%@%%'",
            parts=_get_parts(SQL.identifier("s", name)),
            table=SQL.identifier(self.env[model]._table),
            only=_get_only(ids),
            column=SQL.identifier("s", name),
        )

    @api.model
    def _get_known_emails(self, written, ids):
        """Yield queries of the records whose address is one of somebody known."""
        join = "SELECT t.id FROM (%s) t JOIN %s p ON p.%s = t.token WHERE %s"
        for own in self.env["rgpd.data.map"]._get_own_anchor_models():
            field = self.env[own]._fields.get("email_normalized")
            if field is not None and field.store:
                yield SQL(
                    join,
                    written,
                    SQL.identifier(self.env[own]._table),
                    SQL.identifier(field.name),
                    self._get_known_condition(own),
                )
        logins = SQL.identifier("res_users")
        yield SQL(join, written, logins, SQL.identifier("login"), SQL("TRUE"))
        # Odoo normalises the first of several addresses alone
        several = SQL("p.email ~ '[,;]'")
        if ids is not None and not isinstance(ids, range):
            # The index of contacts answers for some addresses, and for no join
            tokens = sorted({row[1] for row in self.env.execute_query(written)})
            if not tokens:
                return
            forms = {form for one in tokens for form in normalise.email_spellings(one)}
            keys = get_keys_condition([*forms, *(f"'{form}'" for form in forms)])
            several = SQL("%s AND %s", several, keys)
        yield SQL(
            """SELECT t.id FROM (%s) t
                JOIN (SELECT unnest(%s) AS token FROM res_partner p
                       WHERE %s AND %s) p ON p.token = t.token""",
            written,
            _get_parts(SQL("p.email")),
            several,
            self._get_known_condition("res.partner"),
        )

    @api.model
    def _get_known_phones(self, model, name, ids):
        """Yield queries of the records whose number is one of somebody known."""
        digits = get_digits_sql(SQL.identifier("s", name))
        held = SQL(
            "SELECT s.id, %(digits)s AS digits FROM %(table)s s"
            " WHERE %(only)s AND length(%(digits)s) >= %(fewest)s",
            digits=digits,
            table=SQL.identifier(self.env[model]._table),
            only=_get_only(ids),
            fewest=FEWEST_DIGITS,
        )
        some = None
        if ids is not None and not isinstance(ids, range):
            # The index of contacts answers for some numbers, and for no join
            some = sorted({row[1] for row in self.env.execute_query(held)})
        for own in self.env["rgpd.data.map"]._get_own_anchor_models():
            for phone in PHONES:
                field = self.env[own]._fields.get(phone)
                if field is None or not field.store:
                    continue
                condition = self._get_known_condition(own)
                if some is not None:
                    among = get_digits_condition(own, phone, some)
                    condition = SQL("%s AND %s", condition, among)
                yield SQL(
                    """SELECT t.id FROM (%(held)s) t
                         JOIN (SELECT %(key)s AS digits FROM %(table)s p
                                WHERE %(column)s IS NOT NULL AND %(condition)s
                                      AND length(regexp_replace(%(column)s, '[^0-9]',
                                                                '', 'g')) <= %(most)s
                              ) p USING (digits)""",
                    held=held,
                    key=get_digits_sql(SQL.identifier("p", phone)),
                    column=SQL.identifier("p", phone),
                    most=MOST_DIGITS,
                    table=SQL.identifier(self.env[own]._table),
                    condition=condition,
                )

    @api.model
    def _get_known_condition(self, own):
        """A lead with customer stands for nobody: its address leads nowhere.

        Nor does that of an organisation: it has no end, and whoever gave its address
        would have none with it.
        """
        if own == "res.partner":
            return SQL(
                """(p.is_company IS NOT TRUE OR EXISTS (
                     SELECT 1 FROM rgpd_subject trader
                      WHERE trader.res_model = 'res.partner' AND trader.res_id = p.id
                        AND trader.is_natural))"""
            )
        return SQL(
            "p.id IN (SELECT anchor.id FROM (%s) anchor WHERE anchor.is_natural)",
            self._get_anchor_query(own),
        )


def _get_only(ids):
    if ids is None:
        return SQL("TRUE")
    if isinstance(ids, range):
        return SQL("s.id >= %s AND s.id < %s", ids.start, ids.stop)
    return SQL("s.id = ANY(%s)", int_array(ids))


def _get_parts(column):
    """Return the SQL of the addresses in a text, in lower case."""
    return SQL(
        "string_to_array(regexp_replace(lower(%s), %s, ' ', 'g'), ' ')",
        column,
        BETWEEN,
    )


def _is_filled(name):
    return SQL("COALESCE(trim(%s), '') <> ''", SQL.identifier("s", name))


def _any(conditions):
    return SQL(" OR ").join([SQL("FALSE"), *conditions])
