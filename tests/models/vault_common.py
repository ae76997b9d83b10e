from datetime import timedelta

from odoo import fields
from odoo.tests.common import new_test_user

from .erasure_common import ErasureCase


class VaultCase(ErasureCase):
    """An old customer whose order and invoice only the law still needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            login="vault_seller",
            groups="base.group_user,base.group_partner_manager,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.accountant = new_test_user(
            cls.env,
            login="vault_accountant",
            groups="base.group_user,account.group_account_readonly",
        )
        cls.archivist = cls.new_user("archive")
        cls.order = cls.new_old_order(cls.customer)
        cls.subject = cls.env["rgpd.subject"]._of(cls.customer)
        cls.env["rgpd.reason"]._refresh(cls.customer)

    @classmethod
    def new_old_order(cls, partner, years=4):
        product = cls.env["product.product"].create(
            {"name": "Table", "list_price": 200, "type": "consu"}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "client_order_ref": f"Commande de {partner.name}",
                "note": "<p>Sonner deux fois</p>",
                "order_line": [fields.Command.create({"product_id": product.id})],
            }
        )
        order.message_post(body=f"Livrer chez {partner.name}, {partner.email}")
        moment = fields.Datetime.now() - timedelta(days=365 * years)
        order.write({"state": "sale", "date_order": moment})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE mail_message SET date = %s, create_date = %s"
            " WHERE model = 'sale.order' AND res_id = %s",
            (moment, moment, order.id),
        )
        cls.env.invalidate_all()
        return order

    @classmethod
    def archive(cls, partner=None):
        subject = cls.env["rgpd.subject"]._of(partner or cls.customer)
        vault = cls.env["rgpd.vault"]._archive(subject)
        cls.env.invalidate_all()
        return vault

    @classmethod
    def as_user(cls, user, records):
        """The same records as another user sees them, nothing in the cache."""
        cls.env.invalidate_all()
        return records.with_user(user)
