"""A customer with something of everything, and the bundle made about them."""

import io
import json
import zipfile
from base64 import b64encode

from odoo.fields import Command

from ..common import RgpdCase

SECRET = "top-secret-token-4711"
PNG = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


class ExporterCase(RgpdCase):
    """Fixtures of the tests of the bundle; no PDF is printed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.name = "Maison Exemple"
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Jeanne Exemple",
                "email": "jeanne@client.example",
                "phone": "+33 6 39 98 00 11",
                "street": "3 rue des Essais",
                "zip": "69001",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "comment": "<p>Amie de Paul Tiersdupont,"
                " joignable au 06 39 98 00 22</p>",
                "lang": "en_US",
            }
        )
        cls.other = cls.env["res.partner"].create(
            {"name": "Paul Tiersdupont", "email": "paul@tiers.example"}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Garden bench", "list_price": 60.0}
        )
        cls.order = cls._create_order(cls.person)
        cls.strange_order = cls._create_order(cls.other)
        cls._add_texts()

    @classmethod
    def _create_order(cls, partner):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "client_order_ref": f"REF {partner.name}",
                "access_token": SECRET,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )

    @classmethod
    def _add_texts(cls):
        cls.person.message_post(
            body="Jeanne called about her bench; Paul Tiersdupont was there.",
            message_type="comment",
        )
        cls.order.message_post(
            body=f"Your order: https://shop.example/my/orders/1?access_token={SECRET}",
            message_type="comment",
        )
        Attachment = cls.env["ir.attachment"]
        cls.file = Attachment.create(
            {
                "name": "letter of Jeanne.txt",
                "raw": b"I would like a bench.",
                "res_model": "res.partner",
                "res_id": cls.person.id,
            }
        )
        cls.strange_file = Attachment.create(
            {
                "name": "letter of Paul.txt",
                "raw": b"Not for Jeanne.",
                "res_model": "res.partner",
                "res_id": cls.other.id,
            }
        )
        cls.person.image_1920 = PNG

    def export(self, records=None, portability=False, company=None):
        """Return the manifest, the archive and its data."""
        exporter = self.env["rgpd.person.exporter"].with_context(
            allowed_company_ids=(company or self.env.company).ids
        )
        self.patch(type(exporter), "_get_document_reports", lambda _self: {})
        stream = io.BytesIO()
        manifest = exporter._export(records or self.person, stream, portability)
        archive = zipfile.ZipFile(stream)
        return manifest, archive, json.loads(archive.read("data.json"))

    @staticmethod
    def values(data, model):
        """Return the values of each record of a model in `data.json`."""
        return [
            record["values"]
            for part in data["models"]
            if part["model"] == model
            for record in part["records"]
        ]

    @staticmethod
    def everything(archive):
        """Return every readable byte of the archive as text."""
        return "\n".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )

    @staticmethod
    def encode(content):
        return b64encode(content).decode()
