from odoo import api, models, modules
from odoo.tools import SQL

from . import later_index


class RgpdDataMap(models.AbstractModel):
    _inherit = "rgpd.data.map"

    def _post_init(self):
        result = super()._post_init()
        self.env.ref("rgpd_fichier_client.rgpd_index_cron")._trigger()
        return result

    @api.model
    def _cron_build_indexes(self):
        """Build the indexes that the installation left out, and those left half built.

        :return: names of those whose build was started
        """
        indexes = self._get_later_indexes()
        valid = self._get_valid_indexes(indexes)
        to_build = [name for name in indexes if not valid.get(name)]
        # A test holds a transaction until its end, for which the build would wait
        concurrently = not modules.module.current_test
        steps = [
            step
            for name in to_build
            for step in indexes[name][0].get_steps(
                indexes[name][1], name in valid, concurrently
            )
        ]
        if not concurrently:
            for step in steps:
                self.env.cr.execute(step)
        elif steps:
            later_index.start(self.env.cr.dbname, steps)
        return to_build

    def _get_valid_indexes(self, names):
        """Return ``{name: is it of use}`` of those that are there."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.relname, i.indisvalid
                     FROM pg_class c
                     JOIN pg_index i ON i.indexrelid = c.oid
                    WHERE c.relnamespace = current_schema::regnamespace
                      AND c.relname IN %s""",
                tuple(names),
            )
        )
        return dict(rows)

    def _get_later_indexes(self):
        """Return ``{name in the database: (definition, model)}``."""
        return {
            table_object.full_name(model): (table_object, model)
            for model in self.env.values()
            if model._auto and not model._abstract
            for table_object in model._table_objects.values()
            if isinstance(table_object, later_index.LaterIndex)
        }
