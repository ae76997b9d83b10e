"""What a row hangs on is read once for all its links, and is the same as one by one."""

from odoo.addons.rgpd_fichier_client.core.datamap import normalise

from .erasure_common import ErasureCase


class TestErasureScopePairs(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser_scope = cls.env["rgpd.eraser.scope"].sudo()
        cls.people = cls.prospect | cls.customer
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Demande", "email_from": cls.prospect.email, "phone": "0639982000"}
        )
        cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "res_id": cls.prospect.id,
                "summary": "Rappeler",
            }
        )
        cls.prospect.message_subscribe(cls.customer.ids)

    def build(self, people):
        self.env.flush_all()
        return self.eraser_scope._build(self.env["rgpd.subject"]._of(people))

    def get_found(self, scope):
        return {
            model: dict.fromkeys(set().union(*actions.values()), ())
            for model, actions in scope.rows.items()
        }

    def test_the_pairs_are_those_of_each_link(self):
        scope = self.build(self.people)
        found = self.get_found(scope)
        links = [
            link
            for link in self.env["rgpd.data.map"]._get_links()
            if link.role != "staff" and link.model in found
        ]
        plain = [x for x in links if x.kind not in ("anchor", "email", "phone")]
        plain = [x for x in plain if x.kind != "property"]
        expected = {
            ((link.model, child), (target, parent))
            for link in plain
            for child, target, parent in self.eraser_scope._read_link(
                link, list(found[link.model])
            )
        }
        self.assertGreater(len({child[0] for child, _parent in expected}), 5)
        pairs = set(self.eraser_scope._get_pairs(found, plain, scope))
        self.assertEqual(pairs, expected)

    def test_an_address_leads_to_whose_it_is(self):
        trace = self.env["mailing.trace"].create(
            {
                "trace_type": "mail",
                "model": "crm.lead",
                "res_id": self.lead.id,
                "email": f'"Zoé" <{self.prospect.email.upper()}>',
            }
        )
        scope = self.build(self.people)
        subject = self.env["rgpd.subject"]._of(self.prospect)
        self.assertEqual(normalise.emails(trace.email), [self.prospect.email])
        self.assertEqual(scope.owners["mailing.trace", trace.id], {subject.id})

    def test_who_lives_next_to_a_person_shares_the_address(self):
        twin = self.prospect.copy(
            {"name": "Paul Essai", "email": False, "phone": "+33 6 39 98 20 99"}
        )
        elsewhere = twin.copy({"zip": "99999"})
        employer = self.env["res.partner"].create(
            {"name": "Moulin Exemple SARL", "is_company": True}
        )
        self.customer.parent_id = employer
        neighbours = self.eraser_scope._get_neighbours(self.people.ids)
        self.assertIn(twin, neighbours)
        self.assertIn(employer, neighbours)
        self.assertNotIn(elsewhere, neighbours)
        self.assertFalse(neighbours & self.people)
        shared = self.build(self.prospect).shared
        self.assertEqual({kind for kind, _value in shared}, {"address"})
