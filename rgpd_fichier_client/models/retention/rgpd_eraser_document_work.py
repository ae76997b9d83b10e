from odoo import api, models
from odoo.tools import SQL


class RgpdEraserDocumentWork(models.AbstractModel):
    """Carry out an erasure on documents: the figures stay, the persons leave."""

    _name = "rgpd.eraser.document.work"
    _inherit = "rgpd.eraser.work"
    _description = "Work of the Eraser on Documents"

    @api.model
    def _mask_documents(self, scope):
        """Mask, redact and delete what hangs on the documents, then cut the links.

        :rtype: odoo.addons.rgpd_fichier_client.core.retention.erasure_scope.Report
        """
        records = scope.records
        report = self._mask_scope(scope, scope.kept, ())
        self._point_at_stand_ins(scope, report)
        self._cut_anchors(records)
        is_order = records._name in scope.get_anchor_models()
        category = "order" if is_order else "invoice"
        report.add("kept", records._name, (category,), records.ids, "aggregate")
        for model, ids in scope.kept_books.items():
            report.add("kept", model, ("invoice",), ids, "accounting", "invoice")
        for model, ids in scope.shared_books.items():
            report.add("kept", model, ("invoice",), ids, "other_person")
        for model, ids in scope.linked_books.items():
            report.add("kept", model, ("identity",), ids, "posted")
        return report

    def _is_archived(self, model, codes):
        """A document without a person stays where it is: it is a figure."""
        return False

    # === LINKS === #

    def _point_at_stand_ins(self, scope, report):
        """Let every link of these rows to a person lead to a contact that is nobody.

        In SQL: a changed customer would give the document another salesperson, other
        prices and other taxes.
        """
        targets = self._get_targets(scope)
        if not targets:
            return
        for link in self.env["rgpd.data.map"]._get_links():
            ids = scope.get_rows_to_point(link.model)
            if link.model in scope.get_anchor_models():
                ids = scope.records.ids
            if not ids or link.target != "res.partner" or link.role == "staff":
                continue
            if link.kind == "m2m":
                self._cut({"scope": scope}, link, ids)
            elif link.kind == "direct":
                changed = self._point(scope, link, ids, targets)
                report.add("erased", link.model, ("identity",), changed)

    def _get_targets(self, scope):
        """Return ``{person: contact to name instead}``.

        Who bought for an organisation leaves the organisation there: it is no person.
        A sole trader is one, named on the document or not.
        """
        stand_ins = self.env["rgpd.stand.in"]
        company = scope.company
        buyers = {s.res_id for s in scope.subjects}
        targets = {}
        for person in self.env["res.partner"].browse(scope.persons):
            household = person.commercial_partner_id
            if household.is_company and household.id not in scope.natural:
                targets[person.id] = household.id
                continue
            # The turnover is counted by the country of the buyer, unknown or not
            country = person.country_id
            if person.id not in buyers:
                country = country or household.country_id
            targets[person.id] = stand_ins._get(company, country).id
        return targets

    def _point(self, scope, link, ids, targets):
        """Replace persons in one column; return the ids of the rows that changed.

        On each row only those whom its own documents name.
        """
        model, name = self.env[link.model], link.path
        column = SQL.identifier(name)
        pairs = self._get_pairs_to_cut(scope, link.model, ids)
        pairs = [pair for pair in pairs if pair[1] in targets]
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s AS t SET %(column)s = v.target
                     FROM unnest(%(ids)s::int[], %(old)s::int[], %(new)s::int[])
                          AS v (id, person, target)
                    WHERE t.id = v.id AND t.%(column)s = v.person
                RETURNING t.id""",
                table=SQL.identifier(model._table),
                column=column,
                ids=[row_id for row_id, _person in pairs],
                old=[person for _row_id, person in pairs],
                new=[targets[person] for _row_id, person in pairs],
            )
        )
        model.browse(ids).invalidate_recordset([name], flush=False)
        return {row[0] for row in rows}

    def _get_pairs_to_cut(self, scope, model, ids):
        """Return (row id, partner) of all who leave each of these rows."""
        return [
            (row_id, person)
            for row_id in ids
            for person in scope.persons_of(model, row_id)
        ]

    def _cut(self, work, link, ids):
        """Cut the link between each row and those whom its own documents name."""
        scope = work["scope"]
        if link.target != "res.partner" or link.kind not in ("m2m", "direct"):
            return super()._cut(work, link, ids)
        inverse = link.path.startswith("<")
        owner = self.env[link.target if inverse else link.model]
        field = owner._fields[link.path.lstrip("<")]
        pairs = self._get_pairs_to_cut(scope, link.model, ids)
        rows, persons = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if link.kind == "m2m":
            here, there = field.column1, field.column2
            if inverse:
                here, there = there, here
            query = SQL(
                """DELETE FROM %(table)s t USING unnest(%(rows)s::int[],
                          %(persons)s::int[]) AS v (id, person)
                    WHERE t.%(here)s = v.id AND t.%(there)s = v.person""",
                table=SQL.identifier(field.relation),
                here=SQL.identifier(here),
                there=SQL.identifier(there),
                rows=rows,
                persons=persons,
            )
        elif not field.required:
            query = SQL(
                """UPDATE %(table)s t SET %(column)s = NULL
                     FROM unnest(%(rows)s::int[], %(persons)s::int[]) AS v (id, person)
                    WHERE t.id = v.id AND t.%(column)s = v.person""",
                table=SQL.identifier(owner._table),
                column=SQL.identifier(link.path),
                rows=rows,
                persons=persons,
            )
        else:
            return None
        self.env.cr.execute(query)
        owner.browse(ids).invalidate_recordset([field.name], flush=False)
        return None

    def _cut_anchors(self, records):
        """Cut what leads to another record that stands for a person (a lead)."""
        anchors = set(self.env["rgpd.data.map"]._get_own_anchor_models())
        anchors.discard("res.partner")
        for name, field in records._fields.items():
            if field.comodel_name not in anchors or field.required:
                continue
            if field.type == "many2one" and field.store and field.column_type:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = NULL WHERE id = ANY(%s)",
                        SQL.identifier(records._table),
                        SQL.identifier(name),
                        records.ids,
                    )
                )
                records.invalidate_recordset([name], flush=False)
