from odoo import api, models, modules
from odoo.tools import SQL

from . import later_index


class RgpdDataMap(models.AbstractModel):
    _inherit = "rgpd.data.map"

    def _post_init(self):
        result = super()._post_init()
        self._trigger_indexes()
        return result

    @api.model
    def _trigger_indexes(self):
        """Ask the job for the indexes that an installation or an update left out."""
        cron = self.env.ref(
            "rgpd_fichier_client.rgpd_index_cron", raise_if_not_found=False
        )
        if cron:
            # sudo: ir.cron - whoever may update an add-on causes this
            cron.sudo()._trigger()

    @api.model
    def _cron_build_indexes(self):
        """Build the indexes that an installation left out, and those of no use.

        :return: names of those whose build was started
        """
        indexes = self._get_later_indexes()
        useful = self._get_useful_indexes(indexes)
        # A test holds a transaction until its end, for which the build would wait
        concurrently = not modules.module.current_test
        builds = {
            name: list(index.get_steps(model, concurrently))
            for name, (index, model) in indexes.items()
            if name not in useful
        }
        if not concurrently:
            for steps in builds.values():
                for step in steps:
                    self.env.cr.execute(step)
        elif builds:
            later_index.start(self.env.cr.dbname, builds)
        return list(builds)

    def _get_useful_indexes(self, indexes):
        """Return the names of those that are there, whole and as they are defined.

        :param indexes: see ``_get_later_indexes``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.relname, obj_description(c.oid, 'pg_class')
                     FROM pg_class c
                     JOIN pg_index i ON i.indexrelid = c.oid
                    WHERE c.relnamespace = current_schema::regnamespace
                      AND i.indisvalid AND c.relname IN %s""",
                tuple(indexes),
            )
        )
        return {
            name
            for name, comment in rows
            if comment == indexes[name][0].get_definition(self.pool)
        }

    def _get_later_indexes(self):
        """Return ``{name in the database: (definition, model)}``."""
        return {
            table_object.full_name(model): (table_object, model)
            for model in self.env.values()
            if model._auto and not model._abstract
            for table_object in model._table_objects.values()
            if isinstance(table_object, later_index.LaterIndex)
        }
