from odoo import api, models


class RgpdSweep(models.AbstractModel):
    """Look for identifiers in every text of the database and of the filestore."""

    _name = "rgpd.sweep"
    _description = "Sweep of the Database"

    @api.model
    def _sweep(self, identifiers):
        """Return the places where one of the identifiers is written.

        :param identifiers: list of ``Identifier``
        :return: list of ``{"table": …, "column": …, "id": …, "kind": …}``
        """
        return []

    @api.model
    def _sweep_filestore(self, identifiers):
        """Return the attachments whose file holds one of the identifiers."""
        return []
