"""An organisation and a natural person who is named on its documents."""

from odoo import fields

from .test_document_alone import AloneCase


class OrganisationCase(AloneCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Atelier Test",
                "is_company": True,
                "email": "contact@atelier.example",
                "phone": "+33 1 99 00 20 20",
                "street": "1 rue des Essais",
                "zip": "29000",
                "city": "Quimper",
                "country_id": cls.env.ref("base.fr").id,
            }
        )

    @classmethod
    def new_contact(cls, name="Jeanne Guivarch"):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": "jeanne.guivarch@atelier.example",
                "phone": cls.acme.phone,
                "parent_id": cls.acme.id,
            }
        )

    @classmethod
    def new_acme_invoice(cls, years=12, **vals):
        """Post an invoice of the organisation that speaks of the other one."""
        invoice = cls.new_hand_made(cls.acme, years, **vals)
        invoice.narration = (
            f"<p>Atelier Test, 1 rue des Essais, réglé par {cls.other.name}</p>"
        )
        invoice.message_post(body=f"Malo Guivarch paie pour Atelier Test, {years} ans")
        cls.env["ir.attachment"].create(
            {
                "name": "contrat.pdf",
                "res_model": "account.move",
                "res_id": invoice.id,
                "raw": b"%PDF-1.4 Atelier",
            }
        )
        cls.env.flush_all()
        return invoice

    def pay_for(self, invoice, payer, day=None, amount=None):
        """Let somebody pay an invoice that is not theirs."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": payer.id,
                "amount": amount or invoice.amount_total,
                "date": day or invoice.date,
                "journal_id": self.bank.id,
                "memo": f"Virement {payer.name} pour Atelier Test",
            }
        )
        payment.action_post()
        self.match_receivables(payment.move_id, invoice)
        return payment

    def match_receivables(self, *moves):
        lines = self.env["account.move.line"].union(*(m.line_ids for m in moves))
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.env.flush_all()

    def year_ago(self):
        return fields.Date.subtract(fields.Date.today(), years=1)

    def get_totals(self):
        """Return what is owed by persons all together, and by each organisation."""
        owed = {}
        for partner_id, total in self.get_balances().items():
            partner = self.env["res.partner"].browse(partner_id)
            is_acme = partner == self.acme
            owed[is_acme] = owed.get(is_acme, 0) + total
        return owed
