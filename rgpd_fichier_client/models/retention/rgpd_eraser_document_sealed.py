from odoo import api, models
from odoo.tools import SQL

from ...core.retention.erasure_plan import Kept
from .rgpd_eraser_document import TEXTS
from .rgpd_eraser_document_books import ARTICLE_OF_BOOKS

# As the reports of an erasure call what stays because of a seal
SEAL = "seal"


class RgpdEraser(models.AbstractModel):
    """Names that the seal of somebody else's invoice keeps.

    The inalterability hash is made from the labels of the lines: the name of whoever
    paid for an organisation, or got its goods, stays in one. The certificate says so,
    and until when: that of each entry is made from the one before, so a label is needed
    until the years of the last entry of its journal are over (L123-22 C. com.).
    """

    _inherit = "rgpd.eraser"

    def _redact_foreign(self, scope, report):
        result = super()._redact_foreign(scope, report)
        self._keep_sealed_names(scope, report)
        return result

    def _keep_sealed_names(self, scope, report):
        """Tell which labels of sealed entries still say a name that left the rest."""
        books = self.env["rgpd.eraser.accounting"]
        for name, ids, redact in self._get_foreign_redactors(scope):
            sealed = books._get_sealed(name, ids)
            naming = self._filter_sealed_names(name, sealed, redact.of_model(name))
            if not naming:
                continue
            end = books._get_seal_end(self.env[name].browse(naming))
            for row_id in naming:
                for person in scope.owners.get((name, row_id), ()):
                    known = scope.kept[person].get(SEAL)
                    last = max(end, known.end) if known else end
                    scope.kept[person][SEAL] = Kept(
                        SEAL, ARTICLE_OF_BOOKS, last, "invoice"
                    )
            report.add("kept", name, ("invoice",), naming, "accounting", SEAL)

    def _filter_sealed_names(self, name, ids, redact):
        """Return those of these rows whose sealed texts say a name.

        :param redact: from the number of a row to what cleans its texts
        """
        fields_of = self.env[name]._fields
        columns = [
            SQL.identifier(column)
            for column in self.env["rgpd.eraser.accounting"]._get_sealed_columns(name)
            if column in fields_of
            and fields_of[column].store
            and fields_of[column].type in TEXTS
        ]
        if not ids or not columns:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, concat_ws(E'\\n', %s) FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(columns),
                SQL.identifier(self.env[name]._table),
                sorted(ids),
            )
        )
        return {row_id for row_id, text in rows if redact(row_id)(text) != text}


class RgpdEraserAccounting(models.AbstractModel):
    _inherit = "rgpd.eraser.accounting"

    @api.model
    def _get_seal_end(self, rows):
        """Return the day until which the seals made after these rows are needed."""
        moves = rows if rows._name == "account.move" else rows.move_id
        last = [
            self.env["account.move"].search(
                [("journal_id", "=", journal.id), ("inalterable_hash", "!=", False)],
                order="date DESC",
                limit=1,
            )
            for journal in moves.journal_id
        ]
        years = self._get_years()
        return max(self._get_end(move, years) for move in last if move)
