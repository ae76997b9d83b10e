import json

from markupsafe import escape
from werkzeug.exceptions import NotFound, UnprocessableEntity
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..core.request import sealed_zip


class RequestController(http.Controller):
    """Hands the bundle of a person over to the officer, once per grant."""

    @http.route(
        "/rgpd/request/<int:request_id>/bundle",
        type="http",
        auth="user",
        methods=["POST"],
        save_session=False,
    )
    def rgpd_request_bundle(self, request_id, grant="", password="", **_kwargs):
        """Make the bundle, seal it and stream it; the file is gone when it is sent.

        The archive is always sealed (AES-256): the officer's screen has drawn the
        password and shows it once, to be told by another channel; it is kept nowhere.

        Whoever may not have it learns nothing: unknown request, no rights, no
        password, used, expired or forged grant all give the same 404.
        """
        record = request.env["rgpd.request"].browse(request_id)
        if not sealed_zip.is_password(password):
            raise NotFound()  # fail closed: a plain archive never leaves
        try:
            record.check_access("write")
            delivery = request.env["rgpd.request.delivery"]._redeem(record, grant)
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        try:
            stream, size = delivery._produce_sealed(password)
        except UserError as error:
            # Raised, hence rolled back: the grant is not used up, nothing is journalled
            raise UnprocessableEntity(response=self._explain(error)) from error
        return respond_archive(stream, size, record._get_bundle_name(delivery.right))

    def _explain(self, error):
        """Return the error in the form that the client's download shows."""
        data = {"name": "odoo.exceptions.UserError", "arguments": error.args}
        data |= {"message": str(error), "debug": "", "context": {}}
        content = {"code": 0, "message": "Odoo Server Error", "data": data}
        response = request.make_response(escape(json.dumps(content)))
        response.status_code = UnprocessableEntity.code
        return response


def respond_archive(stream, size, filename):
    """Return the streamed response; it closes, hence deletes, the stream."""
    body = wrap_file(request.httprequest.environ, stream)
    response = request.make_response(
        body,
        [
            ("Content-Type", "application/zip"),
            ("Content-Length", str(size)),
            ("Content-Disposition", f'attachment; filename="{filename}"'),
            ("Cache-Control", "no-store, private"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ],
    )
    response.direct_passthrough = True
    return response
