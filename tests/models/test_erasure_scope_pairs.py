"""What a row hangs on is read once for all its links, and is the same as one by one."""

from odoo.tools import SQL

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


class TestErasureScopeNames(ErasureCase):
    """A name that somebody else has tells nothing about who left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser_scope = cls.env["rgpd.eraser.scope"].sudo()
        cls.prospect.name = "Zénobie Exemplaire"
        cls.customer.name = "Ysolde Exemplaire"

    def get_shared(self, people):
        self.env.flush_all()
        ids = SQL("%s", people.ids)
        names = {person.name.lower() for person in people}
        return self.eraser_scope._get_shared_names(names, ids)

    def test_nobody_else_has_the_name(self):
        self.assertEqual(self.get_shared(self.prospect | self.customer), set())

    def test_somebody_has_it_in_the_same_spelling(self):
        self.prospect.copy({"name": self.prospect.name, "active": False})
        shared = self.get_shared(self.prospect | self.customer)
        self.assertEqual(shared, {"zénobie exemplaire"})

    def test_somebody_has_it_in_another_spelling(self):
        """As an import in capitals leaves it."""
        self.customer.copy({"name": "YSOLDE Exemplaire"})
        shared = self.get_shared(self.prospect | self.customer)
        self.assertEqual(shared, {"ysolde exemplaire"})

    def test_the_persons_of_a_batch_are_nobody_else(self):
        twin = self.customer.copy({"name": "YSOLDE EXEMPLAIRE"})
        self.assertEqual(self.get_shared(self.customer | twin), set())
        self.assertEqual(self.get_shared(self.customer), {"ysolde exemplaire"})

    def test_the_file_is_not_read_for_who_has_it_in_the_same_spelling(self):
        self.prospect.copy({"name": self.prospect.name})
        read = self.patch_call("_get_names_in_any_spelling")
        self.assertEqual(self.get_shared(self.prospect), {"zénobie exemplaire"})
        self.assertFalse(read)

    def patch_call(self, name):
        calls = []
        model = type(self.eraser_scope)
        self.patch(model, name, lambda *args: calls.append(args) or set())
        return calls


class TestDueOrder(ErasureCase):
    def test_who_waited_for_another_day_comes_last(self):
        """Each batch would walk over all who wait, however many they are."""
        people = self.prospect | self.customer
        subjects = self.env["rgpd.subject"]._of(people).sorted("id")
        self.env["rgpd.reason"].search([("subject_id", "in", subjects.ids)]).unlink()
        subjects.write({"phase": "expired", "retention_company_id": self.company.id})
        subjects[0].retention_retry = "2001-01-01"
        self.env.flush_all()
        due = self.env["rgpd.reason"]._get_due(self.company, 1000)
        mine = [row_id for row_id in due.ids if row_id in subjects.ids]
        self.assertEqual(mine, [subjects[1].id, subjects[0].id])
