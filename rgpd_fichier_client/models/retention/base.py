from odoo import models

from .rgpd_vault_masking import is_nobody_archived


class Base(models.AbstractModel):
    _inherit = "base"

    def _compute_field_value(self, field):
        """Compute what is stored from true values, whoever causes the computation.

        A salesperson's request may recompute a column that holds the name of an
        archived person: the label they see must not be written.
        """
        if not field.store or is_nobody_archived(self.env):
            return super()._compute_field_value(field)
        archive = self.env["rgpd.vault"]
        if not archive._is_masking():
            return super()._compute_field_value(field)
        with archive._showing():
            return super()._compute_field_value(field)
