from odoo import api, models
from odoo.tools import SQL

LABELS = ("field_description", "help")


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _reflect_fields(self, model_names):
        """Look for new personal data when an add-on brings or changes fields."""
        before = self._rgpd_get_labels(model_names)
        result = super()._reflect_fields(model_names)
        self._rgpd_drop_old_translations(before)
        self.env["rgpd.data.map"]._trigger_discovery()
        self.env["rgpd.data.map"]._trigger_indexes()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Look for new personal data when somebody adds a field by hand."""
        fields = super().create(vals_list)
        self.env["rgpd.data.map"]._trigger_discovery()
        return fields

    # === LABELS === #

    @api.model
    def _rgpd_get_labels(self, model_names):
        """Return ``{id: labels in the language of the sources}`` of our own fields."""
        labels = [SQL("%s ->> 'en_US'", SQL.identifier(name)) for name in LABELS]
        rows = self.env.execute_query(
            SQL(
                """SELECT id, %s FROM ir_model_fields
                    WHERE model = ANY(%s) AND (
                          starts_with(model, 'rgpd.') OR starts_with(name, 'rgpd_'))""",
                SQL(", ").join(labels),
                list(model_names),
            )
        )
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _rgpd_drop_old_translations(self, before):
        """Forget what translates a label that is another one by now.

        Odoo loads the translations of an add-on at its update where there are none yet:
        that of the former label would stay for ever.

        :param before: see ``_rgpd_get_labels``
        """
        if not before:
            return
        self.env.flush_all()
        for number, name in enumerate(LABELS):
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    """UPDATE ir_model_fields f
                          SET %(column)s = jsonb_build_object(
                              'en_US', f.%(column)s -> 'en_US')
                         FROM unnest(%(ids)s::int[], %(texts)s::text[])
                              AS old (id, label)
                        WHERE f.id = old.id
                          AND f.%(column)s ->> 'en_US' <> old.label""",
                    column=column,
                    ids=list(before),
                    texts=[labels[number] for labels in before.values()],
                )
            )
        self.invalidate_model(LABELS, flush=False)
