"""What the tests of retention share: sources of facts and dated documents."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields

from ..common import RgpdCase

TODAY = "2026-11-23"
SOURCES = [
    # kind, model, person, date, domain, inbound
    ("quotation", "sale.order", "partner_id", "date_order", "[]", True),
    (
        "order",
        "sale.order",
        "partner_id",
        "date_order",
        "[('state', '=', 'sale')]",
        True,
    ),
    (
        "order",
        "sale.order",
        "partner_shipping_id",
        "date_order",
        "[('state', '=', 'sale')]",
        True,
    ),
    (
        "invoice",
        "account.move",
        "partner_id",
        "invoice_date",
        "[('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund'))]",
        False,
    ),
    (
        "contact",
        "mail.message",
        "author_id",
        "date",
        "[('message_type', '=', 'email')]",
        True,
    ),
]


class RetentionCase(RgpdCase):
    """A small customer file at a fixed day, with sources of facts of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 09:00:00"))
        cls.Reason = cls.env["rgpd.reason"]
        cls.env["rgpd.fact.source"].search([]).active = False
        cls.env["rgpd.fact.source"].create(
            [
                {
                    "name": f"{kind} {model}",
                    "kind": kind,
                    "model": model,
                    "person_path": person,
                    "date_path": date,
                    "domain": domain,
                    "is_inbound": inbound,
                    "company_path": "company_id"
                    if model in ("sale.order", "account.move")
                    else False,
                }
                for kind, model, person, date, domain, inbound in SOURCES
            ]
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Table", "list_price": 200.0, "taxes_id": False}
        )

    @classmethod
    def new_person(cls, name="Camille Test", collected="2020-02-29", **vals):
        """Create a natural person collected on a day."""
        partner = cls.env["res.partner"].create({"name": name, **vals})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s",
            (f"{collected} 10:00:00", partner.id),
        )
        partner.invalidate_recordset(["create_date"])
        return partner

    @classmethod
    def new_order(cls, partner, day, state="sale", **vals):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
                **vals,
            }
        )
        order.write({"state": state, "date_order": f"{day} 10:00:00"})
        return order

    @classmethod
    def new_invoice(cls, partner, day):
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": cls.product.id, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def refresh(cls, partners):
        cls.Reason._refresh(partners)
        return cls.subject(partners)

    @classmethod
    def subject(cls, partners):
        return cls.env["rgpd.subject"]._of(partners)

    def reasons(self, partner):
        """Return ``{purpose code: reason}``."""
        found = self.subject(partner).reason_ids
        return {reason.purpose_id.code: reason for reason in found}

    @staticmethod
    def day(text, days=0):
        return fields.Date.to_date(text) + timedelta(days=days)
