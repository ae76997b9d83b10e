import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from ..core.request import sealed_zip

SPOOL = 8 * 1024 * 1024


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
        """Make the bundle and stream it; the file is gone when it is sent.

        With a password the archive is sealed (AES-256): the officer's screen has drawn
        it and shows it once, to be told by another channel; it is kept nowhere.

        Whoever may not have it learns nothing: unknown request, no rights, used,
        expired or forged grant all give the same 404.
        """
        record = request.env["rgpd.request"].browse(request_id)
        try:
            record.check_access("write")
            delivery = request.env["rgpd.request.delivery"]._redeem(record, grant)
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        stream = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        delivery._produce(stream)
        name = record._get_bundle_name(delivery.right)
        if password:
            stream = self._seal(stream, name, password)
        size = stream.tell()
        stream.seek(0)
        return self._respond(stream, size, name)

    def _seal(self, stream, name, password):
        """Return the archive sealed with a password; the plain one is closed."""
        size = stream.tell()
        stream.seek(0)
        sealed = tempfile.SpooledTemporaryFile(max_size=SPOOL)
        with stream:
            sealed_zip.seal(stream, size, sealed, name, password, fields.Datetime.now())
        return sealed

    def _respond(self, stream, size, filename):
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
