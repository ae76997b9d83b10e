from odoo import models


class RgpdEraser(models.AbstractModel):
    _inherit = "rgpd.eraser"

    def _after_erase(self, scope, codes):
        """Forget the clear proofs and the wishes; the evidence stays, without name.

        The event keeps a salted commitment: a document shown later can still be
        recognised, and says nothing by itself (invariant 8).
        """
        result = super()._after_erase(scope, codes)
        self.env["rgpd.consent.proof"]._forget(scope.subjects)
        self.env["rgpd.preference"]._forget(scope.subjects)
        self.env["rgpd.information"]._forget(scope.subjects)
        self.env["rgpd.short.link"]._forget(scope.subjects)
        scope.subjects._forget_children()
        return result
