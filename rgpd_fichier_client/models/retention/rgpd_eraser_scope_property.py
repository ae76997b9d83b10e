from collections import defaultdict

from odoo import api, models


class RgpdEraserScope(models.AbstractModel):
    """Whose a row is that names a person in a property.

    The record of a member whose sponsor leaves is about the member. When both leave in
    one batch, nothing of the member belongs to the sponsor: it would go to the archive
    of somebody else (Art. 32) and be counted in their certificate.
    """

    _inherit = "rgpd.eraser.scope"

    @api.model
    def _get_pairs(self, found, links, scope):
        links = [link for link in links if link.kind != "property"]
        return super()._get_pairs(found, links, scope)

    @api.model
    def _own_the_rest(self, found, scope):
        """A row that nothing else makes somebody's belongs to whom it names."""
        named = defaultdict(set)
        for link in self.env["rgpd.data.map"]._get_links():
            rows = found.get(link.model, ()) if link.kind == "property" else ()
            ids = [
                row_id for row_id in rows if (link.model, row_id) not in scope.owners
            ]
            for row_id, target, person in self._read_link(link, ids) if ids else ():
                named[link.model, row_id] |= scope.owners.get((target, person), set())
        scope.owners.update({row: owners for row, owners in named.items() if owners})
        return super()._own_the_rest(found, scope)
