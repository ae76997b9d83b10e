from odoo.fields import Command, Date
from odoo.tools import format_date, html2plaintext

from ..models.request_common import RequestCase

EN, FR = "en_US", "fr_FR"
# What ends every letter to a person
FOOTER = {
    EN: (
        "Controller: Maison Exemple, 1 place du Test",
        "Our reference: {reference}",
        "donnees@maison.example",
        "complain at any time to the French authority (Art. 77 GDPR)",
        "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07",
        "www.cnil.fr/fr/plaintes",
    ),
    FR: (
        "Responsable du traitement : Maison Exemple, 1 place du Test",
        "Notre référence : {reference}",
        "donnees@maison.example",
        "à tout moment adresser une réclamation à l'autorité française (art. 77 RGPD)",
        "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07",
        "www.cnil.fr/fr/plaintes",
    ),
}
# What ends an answer to a request besides
ASKED = {
    EN: ("Request received on {received}. Rights exercised: {rights}.",),
    FR: ("Demande reçue le {received}. Droits exercés : {rights}.",),
}
COURT = {EN: "go to court", FR: "recours juridictionnel"}
WITH_COURT = ("extension", "refusal", "erasure_partial", "restriction_lifting")
ELEMENTS = {
    # T1
    "acknowledgement": {
        EN: (
            "received your request on {received}",
            "We understand that you exercise: {rights}",
            "answer at the latest on {due}",
            "may be extended by two months",
            "tell you before that day",
            "need not prove your identity",
            "free of charge",
            "write to us at the address below",
        ),
        FR: (
            "Nous avons bien reçu votre demande le {received}",
            "Nous comprenons que vous exercez : {rights}",
            "Nous vous répondrons au plus tard le {due}",
            "peut être prolongé de deux mois",
            "nous vous en informerions avant ce jour",
            "pas à justifier davantage de votre identité",
            "gratuit",
            "écrivez-nous à l'adresse ci-dessous",
        ),
    },
    # T2
    "identity": {
        EN: (
            "reasonable doubt",
            "{reason}",
            "choose one of these means",
            "customer number",
            "a code that we send to an e-mail address",
            "last order or invoice",
            "as a last resort",
            "hide everything on it but",
            "for nothing else",
            "destroyed once the check is done",
            "runs again on the day we receive your answer (Art. 12.6 GDPR)",
            "no adverse consequence for you",
        ),
        FR: (
            "Afin de ne pas communiquer vos données à un tiers",
            "doute raisonnable",
            "{reason}",
            "l'un de ces moyens",
            "numéro de client",
            "un code que nous envoyons à une adresse e-mail",
            "dernière commande ou facture",
            "en dernier recours",
            "masquez-y tout sauf",
            "à rien d'autre",
            "détruisons dès que la vérification est faite",
            "reprend le jour où nous recevons votre réponse (art. 12.6 RGPD)",
            "aucune conséquence défavorable pour vous",
        ),
    },
    # T3
    "clarification": {
        EN: (
            "{reason}",
            "If it helps, you may name a period",
            "recital 63 GDPR",
            "goes on meanwhile: we will answer at the latest on {due}",
            "Your right is not refused",
        ),
        FR: (
            "{reason}",
            "Si cela vous aide, vous pouvez indiquer une période",
            "considérant 63 RGPD",
            "continue de courir : nous vous répondrons au plus tard le {due}",
            "Votre droit n'est pas refusé",
        ),
    },
    # T4
    "extension": {
        EN: (
            "extended by two months: we will answer at the latest on {extended}",
            "Art. 12.3 GDPR",
            "{reason}",
            "What is done already: {done}",
        ),
        FR: (
            "prolongé de deux mois : nous vous répondrons au plus tard le {extended}",
            "art. 12.3 RGPD",
            "{reason}",
            "Ce qui est déjà fait : {done}",
        ),
    },
    # T5
    "refusal": {
        EN: (
            "Decision: Refused",
            "Facts: {facts}",
            "Ground:",
            "Art. 12.5",
            "What remains possible:",
        ),
        FR: (
            "Nous ne pouvons pas y donner suite",
            "Décision : Refus",
            "Faits : {facts}",
            "Motif :",
            "12.5",
            "Ce qui reste possible :",
        ),
    },
    # T6
    "access": {
        EN: (
            "Do we process data about you? Yes",
            "Why we use your data, and how long",
            "Legal basis",
            "Which data",
            "Who receives them",
            "Outside the European Union",
            "Where they come from",
            "Automated decisions",
            "Your rights",
            "The copy of your data",
            "CSV",
            "JSON",
            "password reaches you separately, by phone",
            "of other people are masked in it",
            "Art. 15.4 GDPR",
        ),
        FR: (
            "Traitons-nous des données vous concernant ? Oui",
            "Pourquoi nous utilisons vos données, et combien de temps",
            "Base légale",
            "Quelles données",
            "Qui les reçoit",
            "Hors de l'Union européenne",
            "D'où elles viennent",
            "Décisions automatisées",
            "Vos droits",
            "La copie de vos données",
            "CSV",
            "JSON",
            "mot de passe vous parvient séparément, par téléphone",
            "d'autres personnes y sont masqués",
            "art. 15.4 RGPD",
        ),
    },
    # T7
    "portability": {
        EN: (
            "the data you provided to us yourself",
            "with your consent or to perform a contract",
            "JSON and CSV",
            "directly to the service you name",
            "does not erase your data",
        ),
        FR: (
            "données que vous nous avez fournies vous-même",
            "avec votre consentement ou pour exécuter un contrat",
            "JSON et CSV",
            "directement au service que vous désignez",
            "Cela n'efface pas vos données",
        ),
    },
    # T8
    "rectification": {
        EN: (
            "corrected your data on {today}",
            "Before",
            "After",
            "3 rue des Essais",
            "8 rue des Essais",
            "not repeated here",
            "recipient",
            "given to you on request (Art. 19 GDPR)",
        ),
        FR: (
            "rectifié vos données le {today}",
            "Avant",
            "Après",
            "3 rue des Essais",
            "8 rue des Essais",
            "destinataire",
            "communiquée sur demande (art. 19 RGPD)",
        ),
    },
    # T9
    "erasure": {
        EN: (
            "erased from our files on {today}",
            "This covers your contact details",
            "at most 45 days",
            "recipient",
            "list of objectors",
            "Nothing else is kept about you",
        ),
        FR: (
            "Vos données ont été effacées de nos fichiers le {today}",
            "Cela comprend vos coordonnées",
            "45 jours au plus",
            "destinataire",
            "liste d'opposition",
            "Rien d'autre n'est conservé à votre sujet",
        ),
    },
    # T10
    "erasure_partial": {
        EN: (
            "What is erased",
            "erased from our files on {today}",
            "What stays, why and until when",
            "The data on your invoices",
            "ten years from the end of the financial year",
            "Art. 17.3 b GDPR, L123-22",
            "is in an archive",
            "no commercial purpose",
        ),
        FR: (
            "Ce qui est effacé",
            "effacées de nos fichiers le {today}",
            "Ce qui demeure, pourquoi et jusqu'à quand",
            "Les données figurant sur vos factures",
            "dix ans à compter de la clôture de l'exercice",
            "art. 17.3 b RGPD, L123-22",
            "se trouve dans une archive",
            "aucun usage commercial",
        ),
    },
    # T11
    "objection": {
        EN: (
            "takes effect at once",
            "need not give any reason",
            "Channels concerned:",
            "a few weeks at most",
            "at least three years",
        ),
        FR: (
            "prend effet aussitôt",
            "aucune raison à donner",
            "Canaux concernés :",
            "quelques semaines au plus",
            "trois ans au moins",
        ),
    },
    # T12
    "restriction": {
        EN: (
            "restricted from {today} on",
            "Ground: Accuracy contested",
            "we only store them",
            "told before this restriction is lifted (Art. 18.3 GDPR)",
        ),
        FR: (
            "limitée à compter du {today}",
            "Motif : Exactitude contestée",
            "nous les conservons seulement",
            "averti avant la levée de cette limitation (art. 18.3 RGPD)",
        ),
    },
    "restriction_lifting": {
        EN: ("before it happens", "lifted on {effect} (Art. 18.3 GDPR)", "{reason}"),
        FR: (
            "avant qu'elle ne prenne fin",
            "levée le {effect} (art. 18.3 RGPD)",
            "{reason}",
        ),
    },
    # T13
    "withdrawal": {
        EN: (
            "taken back your consent",
            "recorded on {today} and takes effect at once",
            "Purpose",
            "remains lawful",
            "changes nothing to your orders",
        ),
        FR: (
            "retiré votre consentement",
            "enregistré le {today} et prend effet aussitôt",
            "Finalité",
            "reste licite",
            "ne change rien à vos commandes",
        ),
    },
    # T17
    "retention_end": {
        EN: (
            "last contact with you was on {last}",
            "deleted on {effect}",
            "would you like us to stay in touch?",
            "counts as a new contact from you",
            "Without an answer from you, your data are deleted",
            "right to object, Art. 21 GDPR",
            "I object",
            "the only message",
        ),
        FR: (
            "dernier contact avec vous date du {last}",
            "supprimées le {effect}",
            "souhaitez-vous que nous restions en contact ?",
            "compte comme un nouveau contact de votre part",
            "Sans réponse de votre part, vos données seront supprimées",
            "droit d'opposition, art. 21 RGPD",
            "Je m'oppose",
            "le seul message",
        ),
    },
    # T18
    "account_inactive": {
        EN: (
            "last used your account on {last}",
            "closed, and its data erased, on {effect}",
            "unless you log in before that day",
            "invoices are kept after that as long as the law obliges us to",
            "a copy of your data before",
        ),
        FR: (
            "utilisé votre compte pour la dernière fois le {last}",
            "fermé, et ses données effacées, le {effect}",
            "sauf si vous vous connectez avant ce jour",
            "factures sont conservées ensuite aussi longtemps que la loi",
            "auparavant une copie de vos données",
        ),
    },
    # T23
    "recipients": {
        EN: (
            "Jeanne Exemple, jeanne@client.example",
            "Erase the data",
            "To be done by {wanted}",
            "confirm it to us in writing",
        ),
        FR: (
            "Jeanne Exemple, jeanne@client.example",
            "Effacer les données",
            "À faire au plus tard le {wanted}",
            "nous le confirmer par écrit",
        ),
    },
    # T25
    "heir": {
        EN: (
            "acte de notoriété",
            "livret de famille",
            "settle the estate",
            "the death to be recorded",
            "prevail over the wishes of the heirs",
            "Art. 85",
        ),
        FR: (
            "acte de notoriété",
            "livret de famille",
            "règlement de la succession",
            "la prise en compte du décès",
            "l'emportent sur les souhaits des héritiers",
            "art. 85 de la loi Informatique et Libertés",
        ),
    },
}
# Asked by nobody, or told to somebody else than the person
ALONE = ("retention_end", "account_inactive")


class TestLetterElements(RequestCase):
    """Each letter says what the law asks, in both languages, by mail and on paper."""

    def test_every_letter_is_listed(self):
        kinds = dict(self.env["rgpd.request.letter"]._fields["kind"].selection)
        self.assertEqual(set(kinds) - set(ELEMENTS), {"automated"})
        for by_lang in ELEMENTS.values():
            self.assertEqual(set(by_lang), {EN, FR})

    def test_in_english(self):
        self.check_letters(EN)

    def test_in_french(self):
        self.check_letters(FR)

    # === CHECKING === #

    def check_letters(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        for kind in ELEMENTS:
            with self.subTest(letter=kind, lang=lang):
                with self.env.cr.savepoint():
                    self.check_letter(kind, lang)

    def check_letter(self, kind, lang):
        self.person.lang = lang
        letter = self.prepare(kind, lang)
        self.assertEqual(letter.lang, lang)
        preview = letter.body_html
        typed = letter.new({"note": "Bon courage à tous."}, origin=letter)
        self.assertIn(
            "Bon courage à tous.", typed.preview_html, "follows what is typed"
        )
        self.assertEqual(
            letter.body_html, preview, "nothing is kept before it is saved"
        )
        letter.action_send()
        if letter.request_id:
            # The links of the others are signed anew each time
            self.assertEqual(letter.body_html, preview, "previewed as it is sent")
        printed = self.clean(self.read_pdf(letter))
        mailed = self.clean(html2plaintext(letter._get_mail_body()))
        for text in (printed, mailed):
            for element in self.get_elements(letter, lang):
                self.assertIn(element, text)
            self.assertEqual(COURT[lang] in text, kind in WITH_COURT)
            self.assertNotIn("…", text, "nothing is left to fill in")
        self.assertTrue(letter.is_intact)

    def get_elements(self, letter, lang):
        elements = [*ELEMENTS[letter.kind][lang]]
        if letter.kind == "recipients":
            elements += FOOTER[lang][:3]
        else:
            elements += FOOTER[lang]
        if letter.request_id:
            elements += ASKED[lang]
        values = self.get_values(letter.with_context(lang=lang), lang)
        return [self.clean(element.format(**values)) for element in elements]

    def get_values(self, letter, lang):
        request = letter.request_id
        rights = [item._get_right_label() for item in request.item_ids]
        received = request.date_received or Date.today()
        days = {
            "today": Date.today(),
            "received": received,
            "due": request.date_due,
            "extended": Date.add(received, months=3),
            "effect": letter.date_effect,
            "last": letter.last_contact,
            "wanted": Date.to_date("2026-12-24"),
        }
        return {
            "reference": letter._get_reference(),
            "rights": ", ".join(rights),
            "reason": letter.reason,
            "done": letter.done_text,
            "facts": "The twelfth request this year.",
            **{
                name: day and format_date(self.env, day, lang, date_format="long")
                for name, day in days.items()
            },
        }

    def clean(self, text):
        """Return a text on one line, as a reader reads it."""
        text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("*", "")
        return " ".join(text.split())

    # === LETTERS === #

    def prepare(self, kind, lang):
        if kind in ALONE:
            subject = self.env["rgpd.subject"]._of(self.person)
            # Nothing obliges the company to keep anything of this prospect any longer
            subject.sudo().date_retention = "2027-01-14"
            return self.env["rgpd.request.letter"]._prepare_for_subject(
                subject,
                kind,
                self.company,
                date_effect="2027-01-15",
                last_contact="2024-01-10",
            )
        prepare = getattr(self, f"prepare_{kind}", None)
        request, values = prepare() if prepare else (self.request(), {})
        return self.draft(request, kind, done_text="Les commandes.", **values)

    def decided(self, *rights, decision="granted", **values):
        request = self.request(*rights)
        request.item_ids.write({"decision": decision, **values})
        return request, {}

    def prepare_refusal(self):
        return self.decided(
            "access",
            decision="refused",
            ground="excessive",
            note="The twelfth request this year.",
        )

    def prepare_access(self):
        request, values = self.decided("access")
        return request, {**values, "password_channel": "phone"}

    def prepare_portability(self):
        return self.decided("portability")

    def prepare_rectification(self):
        request = self.request("rectification")
        field = self.env["rgpd.data.field"].search(
            [("model", "=", "res.partner"), ("name", "in", ("street", "function"))],
            order="name",
        )
        request.change_ids = [
            Command.create({"field_id": field[1].id, "after": "8 rue des Essais"}),
            Command.create(
                {"field_id": field[0].id, "after": "Nurse", "is_sensitive": True}
            ),
        ]
        self.person.street = "3 rue des Essais"
        request.action_apply_changes()
        return request, {}

    def prepare_erasure(self):
        request = self.request("erasure", "objection")
        request.item_ids.filtered(lambda i: i.right == "erasure").decision = "granted"
        return request, {}

    def prepare_erasure_partial(self):
        return self.decided("erasure", decision="partial", ground="legal_obligation")

    def prepare_objection(self):
        request = self.request("objection")
        request.item_ids.is_prospecting = True
        request.item_ids.action_do()
        return request, {}

    def prepare_restriction(self):
        request = self.request("restriction", restriction_ground="accuracy")
        request.item_ids.action_do()
        return request, {}

    def prepare_restriction_lifting(self):
        request, _values = self.prepare_restriction()
        return request, {}

    def prepare_withdrawal(self):
        request = self.request("withdraw")
        request.item_ids.action_do()
        return request, {}

    def prepare_heir(self):
        request = self.request(
            "post_mortem",
            requester_kind="heir",
            requester_name="Paul Exemple",
            requester_email="paul@client.example",
        )
        request.item_ids.decision = "granted"
        return request, {}

    def prepare_recipients(self):
        request = self.request("erasure")
        notice = self.env["rgpd.request.notice"].create(
            {
                "request_id": request.id,
                "operation": "erasure",
                "recipient_name": "Routeur Exemple",
                "recipient_email": "dpo@routeur.example",
                "date_wanted": "2026-12-24",
            }
        )
        return request, {"notice_id": notice.id}
