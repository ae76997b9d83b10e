from .property_common import PropertyCase


class TestPropertyBatch(PropertyCase):
    """Who names somebody in a property leaves together with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = {
            person: cls.env["sale.order"].create(
                {
                    "partner_id": person.id,
                    "client_order_ref": f"Ref of {person.name}",
                    "note": f"<p>Call {person.name}</p>",
                }
            )
            for person in (cls.prospect, cls.member)
        }
        cls.both = cls.prospect | cls.member
        cls.age(cls.both, years=5)
        subjects = cls.env["rgpd.subject"]._of(cls.both)
        cls.subject_of = {
            person: subjects.filtered(lambda s, p=person: s.res_id == p.id)
            for person in cls.both
        }

    def test_the_case_is_the_bad_one(self):
        """Of several owners the first one gets what a row has."""
        first, second = (self.subject_of[person].id for person in self.both)
        self.assertLess(first, second)

    def test_a_row_belongs_to_whom_it_is_about(self):
        subjects = self.env["rgpd.subject"]._of(self.both)
        owners = self.env["rgpd.eraser.scope"].sudo()._build(subjects).owners
        for person in self.both:
            own = {self.subject_of[person].id}
            self.assertEqual(owners["res.partner", person.id], own)
            self.assertEqual(owners["sale.order", self.orders[person].id], own)
            for record in (*person.message_ids, *self.get_files(person)):
                self.assertEqual(owners[record._name, record.id], own, record)
        # Somebody who stays: the row is cut from both
        both = {subject.id for subject in self.subject_of.values()}
        self.assertEqual(owners["res.partner", self.friend.id], both)

    def test_the_archive_of_one_has_nothing_of_the_other(self):
        files = {person: self.get_files(person) for person in self.both}
        emails = {person: person.email for person in self.both}
        subjects = self.env["rgpd.subject"]._of(self.both)
        vaults = self.env["rgpd.vault"]._archive(subjects)
        for person, other in (self.both, self.both[::-1]):
            vault = vaults.filtered(lambda v, p=person: v.partner_ids == p)
            text = str(vault._unseal())
            self.assertIn(emails[person], text)
            self.assertNotIn(emails[other], text)
            self.assertNotIn(other.name, text)
            self.assertNotIn(f"[{other.id}, ", text)
            self.assertIn(f"Ref of {person.name}", text)
            self.assertEqual(set(files[person].mapped("res_model")), {"rgpd.vault"})
            self.assertEqual(set(files[person].mapped("res_id")), {vault.id})

    def test_each_comes_back_with_what_left(self):
        before = {p: (p.email, p.phone, str(p.comment)) for p in self.both}
        subjects = self.env["rgpd.subject"]._of(self.both)
        vaults = self.env["rgpd.vault"]._archive(subjects)
        mine = vaults.filtered(lambda v: v.partner_ids == self.member)
        mine._restore("by_hand")
        self.env.invalidate_all()
        member = self.member
        self.assertEqual(
            (member.email, member.phone, str(member.comment)), before[member]
        )
        self.assertFalse(self.prospect.email)

    def test_a_certificate_counts_the_rows_of_one(self):
        alone = self.count_lines(self.prospect, self.prospect)
        together = self.count_lines(self.prospect, self.both)
        self.assertEqual(together, alone)
        self.assertTrue(alone)

    def count_lines(self, person, batch):
        """Return what the certificate of a person says, erased in a batch."""
        with self.env.cr.savepoint() as savepoint:
            erasures = self.env["rgpd.eraser"]._erase(batch, "request")
            erasure = erasures.filtered(
                lambda e: e.subject_uid == self.subject_of[person].uid
            )
            lines = sorted(
                (line.kind, line.model, line.category, line.count)
                for line in erasure.line_ids
            )
            savepoint.rollback()
        self.env.invalidate_all()
        return lines

    def get_files(self, person):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", person.id)]
        )
