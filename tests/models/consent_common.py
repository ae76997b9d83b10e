"""What the tests of consents share."""

from ..common import RgpdCase

MAIL = "prospect_email_b2c"
SMS = "prospect_sms_b2c"
PHONE = "prospect_phone_b2c"


class ConsentCase(RgpdCase):
    """A consumer with every address, and the entry points at hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Consent = cls.env["rgpd.consent"]
        cls.Event = cls.env["rgpd.consent.event"]
        cls.Gate = cls.env["rgpd.contact.gate"]
        cls.person = cls.new_person("Camille Exemple", "camille@client.example")

    @classmethod
    def new_person(cls, name, email, phone="+33 6 39 98 00 01", **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": email,
                "phone": phone,
                "street": "1 rue des Essais",
                "zip": "75001",
                "city": "Paris",
                "country_id": cls.env.ref("base.fr").id,
                **values,
            }
        )

    def record(self, decision, purpose=MAIL, channel="email", person=None, **values):
        return self.Consent._record(
            person or self.person, purpose, channel, decision, **values
        )

    def give(self, purpose=MAIL, channel="email", person=None, **values):
        values.setdefault("version", self.version(purpose, channel))
        return self.record("given", purpose, channel, person, **values)

    def version(self, purpose=MAIL, channel="email"):
        return self.env["rgpd.notice"]._get_version(purpose, channel, self.company)

    def verdict(self, purpose=MAIL, channel="email", person=None, **values):
        person = person or self.person
        return self.Gate._check(person, purpose, channel, **values)[person.id]

    def assertAllowed(self, code, *args, **values):
        verdict = self.verdict(*args, **values)
        self.assertEqual((verdict["allowed"], verdict["code"]), (True, code))

    def assertDenied(self, code, *args, **values):
        verdict = self.verdict(*args, **values)
        self.assertEqual((verdict["allowed"], verdict["code"]), (False, code))

    def rows(self, person=None):
        """Return the current choices as ``{(purpose, channel): status}``."""
        subject = self.env["rgpd.subject"]._of(person or self.person)
        rows = self.Consent.search([("subject_id", "=", subject.id)])
        return {(row.purpose_code, row.channel): row.status for row in rows}
