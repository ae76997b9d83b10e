import base64
from datetime import timedelta

from odoo import fields
from odoo.tools.sql import SQL

from ..common import RgpdCase
from .filestore import remove_orphan_files


class ErasureCase(RgpdCase):
    """A shop with an old prospect and an old customer whose invoice is still live."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.dpo = cls.new_user("dpo")
        cls.prospect = cls.new_person("Zoé Liénard", 0)
        cls.customer = cls.new_person("Hugo Perraud", 1)
        cls.invoice = cls.new_invoice(cls.customer, years=5)
        cls.age(cls.prospect | cls.customer, years=5)

    def setUp(self):
        super().setUp()
        remove_orphan_files(self.env)

    @classmethod
    def new_person(cls, name, number):
        first, last = name.lower().split()
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "email": f"{first}.{last}@courriel.example".replace("é", "e"),
                "phone": f"+33 6 39 98 20 {number:02d}",
                "street": f"{number + 3} impasse du Test {number}",
                "zip": "29000",
                "city": "Quimper",
                "country_id": cls.env.ref("base.fr").id,
                "comment": f"<p>Appeler {name} le soir</p>",
            }
        )
        partner.message_post(body=f"{name} a téléphoné du 06 39 98 20 {number:02d}")
        cls.env["ir.attachment"].create(
            {
                "name": f"note-{number}.txt",
                "res_model": "res.partner",
                "res_id": partner.id,
                "raw": f"{name}, {partner.email}".encode(),
                "mimetype": "text/plain",
            }
        )
        return partner

    @classmethod
    def new_invoice(cls, partner, years):
        day = fields.Date.subtract(fields.Date.today(), years=years)
        product = cls.env["product.product"].create(
            {"name": "Chaise", "list_price": 80, "type": "consu"}
        )
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    fields.Command.create({"product_id": product.id, "price_unit": 80})
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def age(cls, partners, years):
        """Move the creation of contacts and of their messages back in time."""
        cls.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=365 * years + 30)
        for table, condition in (
            ("res_partner", SQL("id = ANY(%s)", partners.ids)),
            (
                "mail_message",
                SQL("model = 'res.partner' AND res_id = ANY(%s)", partners.ids),
            ),
        ):
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = %s WHERE %s",
                    SQL.identifier(table),
                    moment,
                    condition,
                )
            )
        cls.env.cr.execute(
            SQL("UPDATE mail_message SET date = %s WHERE model = 'res.partner'"
                " AND res_id = ANY(%s)", moment, partners.ids)
        )  # fmt: skip
        cls.env.invalidate_all()
        cls.env["rgpd.reason"]._refresh(partners)

    def get_residues(self, *texts):
        """Return every table and column where one of these texts still is."""
        self.env.flush_all()
        found = []
        for table, columns in self.env["rgpd.sweep"]._get_text_columns().items():
            for column in columns:
                for text in texts:
                    self.env.cr.execute(
                        SQL(
                            "SELECT count(*) FROM %s WHERE %s::text ILIKE %s",
                            SQL.identifier(table),
                            SQL.identifier(column),
                            f"%{text}%",
                        )
                    )
                    if self.env.cr.fetchone()[0]:
                        found.append(f"{table}.{column}")
        return found

    def decode(self, value):
        return base64.b64decode(value or b"")
