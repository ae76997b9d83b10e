from .stranger_common import StrangerCase


class TestStranger(StrangerCase):
    """A record stands for the person as long as nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_model()

    def new_guest(self, **values):
        return self.env["x_guest"].create(values)

    def test_who_is_known_by_a_record_alone_is_a_person(self):
        for values in (
            {"x_email": "seule@inconnue.example"},
            {"x_email": "Seule <seule2@inconnue.example>"},
            {"x_phone": "06 39 98 77 66"},
        ):
            subject = self.get_subject(self.new_guest(**values))
            self.assertTrue(subject.is_natural and subject.is_in_file, values)

    def test_who_has_a_contact_or_says_nothing_is_none(self):
        self.prospect.email = "a.b@courriel.example, zoe.lienard@courriel.example"
        for values in (
            {},
            {"x_email": " "},
            {"x_email": "Zoé <ZOE.lienard@courriel.example>"},
            {"x_phone": "06.39.98.20.00"},
            {"x_email": "seule@inconnue.example", "x_phone": "06 39 98 20 00"},
            {"x_email": "seule@inconnue.example", "x_partner_id": self.customer.id},
        ):
            self.assertFalse(self.get_subject(self.new_guest(**values)), values)

    def test_one_record_and_everybody_are_looked_at_alike(self):
        guests = self.new_guest(x_phone="06 39 98 20 00") | self.new_guest(
            x_phone="06 39 98 77 66"
        )
        subjects = self.env["rgpd.subject"]
        every = subjects._get_anchor_query("x_guest")
        some = subjects._get_anchor_query("x_guest", guests.ids)
        sliced, _condition = subjects._get_compared("x_guest", range(1, 10**6))
        for query in (every, some, sliced):
            ids = [row[0] for row in self.env.execute_query(query)]
            self.assertEqual(ids, guests[1].ids)

    def test_a_contact_made_later_stands_for_them(self):
        guest = self.new_guest(x_email="seule@inconnue.example")
        subject = self.get_subject(guest)
        self.assertTrue(subject)
        person = self.env["res.partner"].create(
            {"name": "Seule", "email": "seule@inconnue.example"}
        )
        self.assertFalse(self.get_subject(guest))
        self.assertFalse(subject.active)
        found = self.env["rgpd.person.finder"]._find(person)
        self.assertIn(guest.id, found["x_guest"])

    def test_a_record_belongs_to_one_person(self):
        first, second = (
            self.new_guest(x_email="seule@inconnue.example") for _guest in range(2)
        )
        finder = self.env["rgpd.person.finder"]
        self.assertEqual(set(finder._find(first)["x_guest"]), {first.id})
        both = finder._find(first, same_human=True)["x_guest"]
        self.assertEqual(set(both), {first.id, second.id})

    def test_officers_find_them_by_address(self):
        guest = self.new_guest(
            x_email="seule@inconnue.example", x_phone="06 39 98 77 66"
        )
        known = self.new_guest(x_email=self.prospect.email)
        self.env.user.group_ids |= self.env.ref("rgpd_fichier_client.group_rgpd_dpo")
        for text in ("seule@inconnue.example", "+33 6 39 98 77 66"):
            found = self.env["rgpd.person.lookup"].lookup(text)
            self.assertEqual(
                [(c["model"], c["id"]) for c in found["candidates"]],
                [("x_guest", guest.id)],
            )
        match = self.env["rgpd.person.finder"]._match({"email": [self.prospect.email]})
        self.assertNotIn(known.id, match["x_guest"])

    def test_the_night_erases_them_at_the_end(self):
        old = self.new_guest(x_email="seule@inconnue.example", x_phone="06 39 98 77 66")
        recent = self.new_guest(x_email="autre@inconnue.example")
        self.age_record(old)
        simulation = self.simulate()
        decisions = {
            line.subject_id.res_id: line.decision
            for line in simulation.line_ids
            if line.subject_id.res_model == "x_guest"
        }
        self.assertEqual(decisions, {old.id: "erase", recent.id: "keep"})
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()
        self.run_night()
        self.assertFalse(old.x_email or old.x_phone)
        self.assertEqual(recent.x_email, "autre@inconnue.example")
        self.assertEqual(self.get_residues("seule@inconnue.example"), [])

    def approve(self):
        simulation = self.simulate()
        simulation.confirm_count = simulation.erase_count
        simulation.action_approve()

    def test_who_became_a_customer_since_the_morning_is_left(self):
        """Nobody looked at everybody again before the night."""
        guest, other = (
            self.new_guest(x_email=f"{name}@inconnue.example")
            for name in ("seule", "autre")
        )
        self.age_record(guest | other)
        self.approve()
        subject = self.env["rgpd.subject"]._of(guest)
        self.env["res.partner"].create(
            {"name": "Seule", "email": "seule@inconnue.example"}
        )
        self.assertTrue(subject.active)
        self.run_night()
        self.assertEqual(guest.x_email, "seule@inconnue.example")
        self.assertFalse(other.x_email)
        # They are no failure either: nobody has to look at them
        run = self.env["rgpd.retention.run"].search([], order="id desc", limit=1)
        self.assertEqual((run.failed_count, subject.active), (0, False))

    def test_by_hand_the_contact_is_erased_and_not_the_record(self):
        guest = self.new_guest(x_email="seule@inconnue.example")
        self.assertTrue(self.get_subject(guest))
        self.env["res.partner"].create(
            {"name": "Seule", "email": "seule@inconnue.example"}
        )
        erasure = self.env["rgpd.eraser"].with_user(self.dpo)._erase(guest, "request")
        self.assertEqual(erasure.state, "failed")
        self.assertIn("this address is in the file", erasure.error)
        self.assertEqual(guest.x_email, "seule@inconnue.example")

    def test_the_night_waits_for_the_answer_to_their_request(self):
        guest = self.new_guest(x_email="seule@inconnue.example")
        self.age_record(guest)
        self.approve()
        request = self.env["rgpd.request"].create(
            {
                "subject_id": self.env["rgpd.subject"]._of(guest).id,
                "requester_name": "Seule",
                "requester_email": "seule@inconnue.example",
            }
        )
        self.assertFalse(request.is_done)
        self.run_night()
        self.assertEqual(guest.x_email, "seule@inconnue.example")
