from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class ArchivePortal(CustomerPortal):
    """The pages of old documents show nothing of an archived person."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Read the document as the visitor, who may be a salesperson or anybody.

        Odoo gives it as the superuser, to whom the archive is open.
        """
        document_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        return request.env["rgpd.vault"]._as_seen_by(document_sudo, request.env.user)
