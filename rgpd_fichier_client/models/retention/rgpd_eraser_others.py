from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import discovery_unknown, natural
from ...core.retention import erasure_others, erasure_scope
from ..journal.sql_array import int_array


class RgpdEraserScope(models.AbstractModel):
    """Leave the records of somebody else that name the person whole."""

    _inherit = "rgpd.eraser.scope"

    @api.model
    def _spare_others(self, scope, found, links):
        """Take the rows of somebody else, and what hangs on them, out of the masking.

        :param found: ``{model: {id: [link keys]}}``
        """
        main = discovery_unknown.find_main(links)
        doubtful = erasure_others.find_doubtful(found, links, main)
        foreign = {
            (model, row_id)
            for model, ids in doubtful.items()
            for row_id in self._get_of_other_persons(main[model], ids)
        }
        if foreign:
            # Read again, as it is rare: many pairs are not kept for it
            pairs = self._get_pairs(found, links, scope)
            reached = erasure_scope.propagate(
                scope.anchors, (pair for pair in pairs if pair[1] not in foreign)
            )
            hanging = erasure_others.find_hanging(scope.owners, reached, foreign)
            hanging -= self._get_posted_files(scope)
            scope.rows = erasure_others.spare(scope.rows, foreign, hanging)

    def _get_posted_files(self, scope):
        """Return the files of messages the person wrote: theirs wherever they hang."""
        messages = scope.authored.get("mail.message")
        if not messages:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT attachment_id FROM message_attachment_rel"
                " WHERE message_id = ANY(%s)",
                int_array(sorted(messages)),
            )
        )
        return {("ir.attachment", row_id) for (row_id,) in rows}

    def _get_of_other_persons(self, link, ids):
        """Return those of the rows that are certainly about another natural person.

        A row of the employer or of the own company, in the name of a colleague, or of
        nobody, may well be about whoever it names beside: it is masked.
        """
        field = self.env[link.model]._fields[link.path]
        if field.company_dependent or not field.store:
            return []
        partner = SQL.identifier(link.path)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) AND %s IS NOT NULL",
                partner,
                SQL.identifier(self.env[link.model]._table),
                int_array(sorted(ids)),
                partner,
            )
        )
        partners = self.env["res.partner"].browse({row[1] for row in rows})
        persons = {
            subject.res_id
            for subject in self.env["rgpd.subject"]._of(partners)
            if subject.is_natural
            and subject.natural_evidence not in natural.OUTSIDE_EVIDENCE
        }
        return [row_id for row_id, partner_id in rows if partner_id in persons]
