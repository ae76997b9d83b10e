"""Ten years in the life of a small French shop, for the demonstration database.

Names are invented; e-mail domains end in ``.example`` (RFC 2606) and phone numbers
lie in the ranges that the French regulator sets aside for fiction (06 39 98,
01 99 00). What happened is in ``history.csv``: one line per event, in days before
the day of installation, so that the demonstration never gets old.
"""

import csv
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open
from odoo.tools.sql import SQL


class RgpdDemo(models.AbstractModel):
    _name = "rgpd.demo"
    _description = "Demonstration customer file"

    @api.model
    def _load(self):
        """Play the events of ``history.csv`` and date each contact from its first."""
        with file_open("rgpd_fichier_client/demo/history.csv") as lines:
            events = list(csv.DictReader(lines))
        first_seen = {}
        for event in sorted(events, key=lambda event: -int(event["days_ago"])):
            partner = self.env.ref(f"rgpd_fichier_client.{event['partner']}")
            moment = fields.Datetime.now() - timedelta(days=int(event["days_ago"]))
            first_seen.setdefault(partner.id, moment)
            getattr(self, f"_play_{event['kind']}")(partner, moment, event)
        self._backdate(first_seen)

    def _backdate(self, first_seen):
        """Give the contacts the creation date they would have in a living database.

        :param dict first_seen: moment of the first event per partner id
        """
        self.env.flush_all()
        for partner_id, moment in first_seen.items():
            # The ORM forbids writing create_date, and rightly so.
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET create_date = %s"
                    " WHERE id = %s OR (parent_id = %s AND create_date > %s)",
                    moment,
                    partner_id,
                    partner_id,
                    moment,
                )
            )
        self.env.invalidate_all()

    # === EVENTS === #

    def _fill(self, partner, text):
        return text % {
            key: partner[key] or ""
            for key in ("name", "email", "phone", "street", "zip", "city")
        }

    def _message(self, partner, moment, **values):
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": partner.id,
                "date": moment,
                "subtype_id": self.env.ref("mail.mt_comment").id,
                **values,
            }
        )

    def _play_mail_in(self, partner, moment, event):
        self._message(
            partner,
            moment,
            message_type="email",
            author_id=partner.id,
            email_from=partner.email_formatted,
            subject="Demande de renseignements",
            body=self._fill(partner, event["detail"]),
        )

    def _play_mail_out(self, partner, moment, event):
        self._message(
            partner,
            moment,
            message_type="comment",
            author_id=self.env.ref("base.partner_admin").id,
            subject="Votre commande",
            body=self._fill(partner, event["detail"]),
        )

    def _play_note(self, partner, moment, event):
        self._message(
            partner,
            moment,
            message_type="comment",
            author_id=self.env.ref("base.partner_admin").id,
            subtype_id=self.env.ref("mail.mt_note").id,
            body=self._fill(partner, event["detail"]),
        )

    def _play_file(self, partner, moment, event):
        self.env["ir.attachment"].create(
            {
                "name": event["detail"],
                "res_model": "res.partner",
                "res_id": partner.id,
                "mimetype": "text/plain",
                "raw": self._fill(
                    partner, "%(name)s\n%(street)s\n%(zip)s %(city)s\n%(email)s\n"
                ).encode(),
            }
        )

    def _play_quote(self, partner, moment, event):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": moment,
                "validity_date": moment + timedelta(days=30),
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": self.env.ref(
                                "rgpd_fichier_client.demo_product"
                            ).id,
                            "product_uom_qty": 1,
                            "price_unit": float(event["amount"] or 149),
                        }
                    )
                ],
            }
        )

    def _play_order(self, partner, moment, event):
        order = self._play_quote(partner, moment, event)
        order.action_confirm()
        order.date_order = moment  # confirming had set today's date
        return order

    def _play_invoice(self, partner, moment, event):
        order = self._play_order(partner, moment, event)
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(order.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            return  # no chart of accounts in this database: the order stands alone
        invoice = order._create_invoices()
        invoice.invoice_date = moment.date()
        invoice.action_post()
