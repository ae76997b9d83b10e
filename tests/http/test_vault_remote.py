"""An archived customer by each remote way: XML-RPC, JSON-RPC, JSON-2, web, portal."""

import json
from datetime import datetime, timedelta

from odoo.tests.common import new_test_user

from ..common import RgpdHttpCase
from ..models.vault_common import VaultCase

LABEL = "Archived customer"
SECRETS = ("perraud", "hugo", "impasse du test", "639982001")
READS = [
    # model, method, arguments by name
    ("res.partner", "read", {"fields": ["display_name", "email", "street", "phone"]}),
    ("sale.order", "read", {"fields": ["name", "partner_id", "note"]}),
    ("res.partner", "search_read", {"domain": [], "fields": ["display_name"]}),
    ("res.partner", "name_search", {"name": "Perraud"}),
    ("res.partner", "web_name_search", {"name": "Hugo", "specification": {}}),
    (
        "sale.order",
        "formatted_read_group",
        {"domain": [], "groupby": ["partner_id"], "aggregates": ["__count"]},
    ),
    (
        "sale.order",
        "web_search_read",
        {
            "domain": [],
            "specification": {
                "partner_id": {"fields": {"display_name": {}, "email": {}}},
                "note": {},
            },
        },
    ),
]


class TestVaultRemote(RgpdHttpCase, VaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rgpd.reason"]._refresh()
        cls.order.user_id = cls.seller
        cls.vault = cls.archive()
        cls.env.flush_all()

    def assert_hidden(self, value):
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        for secret in SECRETS:
            self.assertNotIn(secret, text.lower())

    def get_ids(self, model):
        return (self.customer if model == "res.partner" else self.order).ids

    def get_reads(self):
        for model, method, named in READS:
            named = dict(named)
            if named.get("domain") == []:
                named["domain"] = [("id", "in", self.get_ids(model))]
            yield model, method, named

    def test_xml_rpc(self):
        for model, method, named in self.get_reads():
            positional = [self.get_ids(model)] if method == "read" else []
            with self.subTest(model=model, method=method):
                answer = self.xmlrpc_object.execute_kw(
                    self.env.cr.dbname,
                    self.seller.id,
                    "vault_seller",
                    model,
                    method,
                    positional,
                    named,
                )
                self.assert_hidden(answer)
                if (model, method) == ("sale.order", "read"):
                    self.assertEqual(answer[0]["partner_id"][1], LABEL)

    def test_json_rpc(self):
        for model, method, named in self.get_reads():
            positional = [self.get_ids(model)] if method == "read" else []
            arguments = [
                self.env.cr.dbname,
                self.seller.id,
                "vault_seller",
                model,
                method,
                positional,
                named,
            ]
            with self.subTest(model=model, method=method):
                answer = self.make_jsonrpc_request(
                    "/jsonrpc",
                    {"service": "object", "method": "execute_kw", "args": arguments},
                )
                self.assert_hidden(answer)

    def test_json_2(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.seller)
            ._generate("rpc", "key of the test", datetime.now() + timedelta(days=1))
        )
        for model, method, named in self.get_reads():
            if method == "read":
                named["ids"] = self.get_ids(model)
            with self.subTest(model=model, method=method):
                response = self.url_open(
                    f"/json/2/{model}/{method}",
                    data=json.dumps(named),
                    headers={
                        "Authorization": f"bearer {key}",
                        "Content-Type": "application/json",
                    },
                )
                self.assertEqual(response.status_code, 200, response.text[:300])
                self.assert_hidden(response.json())

    def test_the_web_client(self):
        self.authenticate("vault_seller", "vault_seller")
        for model, method, named in self.get_reads():
            positional = [self.get_ids(model)] if method == "read" else []
            with self.subTest(model=model, method=method):
                answer = self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {
                        "model": model,
                        "method": method,
                        "args": positional,
                        "kwargs": named,
                    },
                )
                self.assert_hidden(answer)

    def test_the_portal_page_of_an_old_order(self):
        """A salesperson previews the page of the customer, or keeps its link."""
        self.authenticate("vault_seller", "vault_seller")
        response = self.url_open(f"/my/orders/{self.order.id}")
        self.assertEqual(response.status_code, 200)
        self.assert_hidden(response.text)
        self.assertIn(self.order.name, response.text)

    def test_the_link_of_an_old_order_without_account(self):
        """Whoever kept the link of the order reads no data of the archived person."""
        url = self.order.get_portal_url()
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assert_hidden(response.text)

    def test_the_report_and_the_invoice_by_their_links(self):
        invoice = self.invoice
        for document, url in (
            (self.order, self.order.get_portal_url(report_type="html")),
            (invoice, invoice.get_portal_url()),
            (invoice, invoice.get_portal_url(report_type="html")),
        ):
            with self.subTest(url=url.split("?")[0]):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                self.assert_hidden(response.text)
                self.assertIn(document.name, response.text)

    def test_the_customer_on_the_portal_sees_their_own(self):
        user = new_test_user(self.env, login="vault_own", groups="base.group_portal")
        old = user.partner_id
        user.partner_id = self.customer
        self.addCleanup(lambda: user.write({"partner_id": old.id}))
        self.env.flush_all()
        self.authenticate("vault_own", "vault_own")
        response = self.url_open(f"/my/orders/{self.order.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Hugo Perraud", response.text)

    def test_a_living_customer_is_shown_as_before(self):
        order = self.env["sale.order"].create({"partner_id": self.prospect.id})
        self.env.flush_all()
        response = self.url_open(order.get_portal_url())
        self.assertIn("Zoé Liénard", response.text)

    def test_a_colleague_on_the_portal(self):
        new_test_user(self.env, login="vault_portal", groups="base.group_portal")
        self.authenticate("vault_portal", "vault_portal")
        for url in ("/my/orders", f"/my/orders/{self.order.id}", "/my/invoices"):
            self.assert_hidden(self.url_open(url).text)

    def test_files_of_the_web(self):
        """The picture, the report and the business card of an archived person."""
        self.authenticate("vault_seller", "vault_seller")
        for url in (
            f"/web_partner/vcard?partner_ids={self.customer.id}",
            f"/web/partner/vcard?partner_ids={self.customer.id}",
            f"/report/html/sale.report_saleorder/{self.order.id}",
            f"/web/image/res.partner/{self.customer.id}/avatar_128",
        ):
            with self.subTest(url):
                self.assert_hidden(self.url_open(url).text)
