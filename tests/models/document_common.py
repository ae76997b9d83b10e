"""A regular customer whose old orders have no reason of their own any more."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools.sql import SQL

from ..common import RgpdCase


class DocumentCase(RgpdCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.data.map"]._discover()
        cls.dpo = cls.new_user("dpo")
        cls.seller = cls.env["res.users"].create(
            {
                "name": "Vendeur Test",
                "login": "vendeur_documents_test",
                "group_ids": [
                    Command.link(cls.env.ref("sales_team.group_sale_salesman").id)
                ],
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Armoire", "list_price": 300.0, "taxes_id": False}
        )
        cls.customer = cls.new_customer("Inès Kervella", 1)
        cls.old = cls.new_order(cls.customer, years=12)
        cls.recent = cls.new_order(cls.customer, years=1)
        cls.other = cls.new_customer("Malo Guivarch", 2)
        cls.other_order = cls.new_order(cls.other, years=1)

    @classmethod
    def new_customer(cls, name, number, **vals):
        first, last = name.lower().replace("è", "e").split()
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": f"{first}.{last}@courriel.example",
                "phone": f"+33 6 39 98 30 {number:02d}",
                "street": f"{number} quai des Essais",
                "zip": "29000",
                "city": "Quimper",
                "country_id": cls.env.ref("base.fr").id,
                **vals,
            }
        )

    @classmethod
    def new_order(cls, partner, years, state="sale", **vals):
        """Make an order full of personal data, so many years ago."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.seller.id,
                "client_order_ref": f"Commande de {partner.name}",
                "note": f"<p>Livrer {partner.name} au {partner.phone}</p>",
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": f"Armoire gravée {partner.name}",
                            "price_unit": 300.0,
                        }
                    )
                ],
                **vals,
            }
        )
        order.message_subscribe(partner.ids)
        order.message_post(
            body=f"Bonjour, {partner.name}, {partner.email}", author_id=partner.id,
            email_from=partner.email, message_type="comment",
        )  # fmt: skip
        order.message_post(body=f"Rappelé {partner.name} au {partner.phone}")
        cls.env["ir.attachment"].create(
            {
                "name": f"plan {partner.name}.txt",
                "res_model": "sale.order",
                "res_id": order.id,
                "raw": f"{partner.name} {partner.email}".encode(),
                "mimetype": "text/plain",
            }
        )
        cls.date(order, years, state)
        return order

    @classmethod
    def date(cls, order, years, state="sale"):
        """Move an order and what was written on it back in time."""
        cls.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=365 * years + 30)
        cls.env.cr.execute(
            SQL(
                "UPDATE sale_order SET date_order = %(day)s, create_date = %(day)s,"
                " state = %(state)s, signed_by = %(who)s, signed_on = %(day)s"
                " WHERE id = %(id)s",
                day=moment,
                state=state,
                # For an organisation somebody signs: see test_document_signed
                who=None if order.partner_id.is_company else order.partner_id.name,
                id=order.id,
            )
        )
        cls.env.cr.execute(
            SQL(
                "UPDATE mail_message SET date = %(day)s, create_date = %(day)s"
                " WHERE model = 'sale.order' AND res_id = %(id)s",
                day=moment,
                id=order.id,
            )
        )
        cls.env.invalidate_all()
        cls.env.add_to_compute(
            cls.env["sale.order.line"]._fields["state"], order.order_line
        )
        cls.env.flush_all()

    @classmethod
    def new_invoice(cls, order, years):
        """Post an invoice of an order, so many years ago."""
        day = fields.Date.subtract(fields.Date.today(), years=years)
        line = order.order_line[:1]
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": order.partner_id.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": 300.0,
                            "tax_ids": False,
                            "sale_line_ids": [Command.link(line.id)],
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def new_draft(cls, order, move_type="out_invoice", **vals):
        """Make an invoice of an order that nobody has posted."""
        return cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": order.partner_id.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": 300.0,
                            "tax_ids": False,
                            "sale_line_ids": [Command.link(order.order_line[:1].id)],
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def date_draft(cls, draft, years, state="draft", auto_post="no"):
        """Move a draft back in time."""
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE account_move SET create_date = %(day)s, date = %(day)s,"
                " state = %(state)s, auto_post = %(auto)s WHERE id = %(id)s",
                day=fields.Datetime.now() - timedelta(days=365 * years + 30),
                state=state,
                auto=auto_post,
                id=draft.id,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def refresh(cls):
        cls.env["rgpd.reason"]._refresh()
        cls.env["rgpd.document"]._refresh()

    def simulate(self, **vals):
        simulation = self.env["rgpd.simulation"].with_user(self.dpo).create(vals)
        simulation.action_compute()
        return simulation

    def approve(self, **vals):
        simulation = self.simulate(**vals)
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        return simulation

    def run_night(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "rgpd_fichier_client.rgpd_retention_cron"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def document(self, order):
        return self.env["rgpd.document"]._of(order)

    def get_traces(self, order, *texts):
        """Return where one of these texts is on an order or on what hangs on it."""
        self.env.flush_all()
        places = {
            "sale_order": SQL("t.id = %s", order.id),
            "sale_order_line": SQL("t.order_id = %s", order.id),
            "mail_message": SQL("t.model = 'sale.order' AND t.res_id = %s", order.id),
            "ir_attachment": SQL(
                "t.res_model = 'sale.order' AND t.res_id = %s", order.id
            ),
        }
        found = []
        for table, condition in places.items():
            for text in texts:
                self.env.cr.execute(
                    SQL(
                        "SELECT count(*) FROM %s t WHERE %s AND t::text ILIKE %s",
                        SQL.identifier(table),
                        condition,
                        f"%{text}%",
                    )
                )
                if self.env.cr.fetchone()[0]:
                    found.append((table, text))
        return found
