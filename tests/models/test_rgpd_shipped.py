from odoo.tools import SQL

from ..common import RgpdCase

OLD = (
    "{company} uses the data of this form to manage your customer account, your "
    "orders and their delivery. Fields that are not marked as optional are needed "
    "for it. Data are kept: {retention}. You have these rights: {rights}. Write to "
    "{contact}. You may complain to the CNIL (www.cnil.fr). More: {notice}"
)
OLD_FRENCH = (
    "{company} utilise les données de ce formulaire pour gérer votre compte "
    "client, vos commandes et leur livraison. Les champs qui ne sont pas indiqués "
    "comme facultatifs sont nécessaires. Les données sont conservées : "
    "{retention}. Vous disposez des droits suivants : {rights}. Écrivez à "
    "{contact}. Vous pouvez introduire une réclamation auprès de la CNIL "
    "(www.cnil.fr). En savoir plus : {notice}"
)

OLD_SMS = (
    "I agree to receive the offers of {company} by SMS. I can withdraw my consent at "
    "any time by answering STOP or by writing to {contact}."
)
OLD_SMS_FRENCH = (
    "J'accepte de recevoir les offres de {company} par SMS. Je peux retirer mon "
    "consentement à tout moment en répondant STOP ou en écrivant à {contact}."
)


class TestFormerTexts(RgpdCase):
    """A notice that an earlier version delivered, and nobody changed, is brought up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notice = cls.env.ref("rgpd_fichier_client.rgpd_notice_form_account")
        cls.shipped = cls.notice.with_context(lang="en_US").text

    def keep(self, **texts):
        """Put the texts into the row as an earlier version left them."""
        self.env.cr.execute(
            SQL(
                "UPDATE rgpd_notice SET text = jsonb_build_object("
                "'en_US', %s::text, 'fr_FR', %s::text) WHERE id = %s",
                texts["en"],
                texts["fr"],
                self.notice.id,
            )
        )
        self.notice.invalidate_recordset()

    def update(self):
        """Do what an update of the add-on does: its data, then its translations."""
        self.env["rgpd.shipped"]._replace_former_texts()
        module = self.env["ir.module.module"].search(
            [("name", "=", "rgpd_fichier_client")]
        )
        module._update_translations(["fr_FR"])
        self.notice.invalidate_recordset()

    def text(self, lang):
        return self.notice.with_context(lang=lang).text

    def test_the_words_of_before_are_replaced_in_each_language(self):
        self.assertIn("asterisk", self.shipped)
        version = self.env["rgpd.notice"]._get_version(
            self.notice.purpose_id, kind="form", lang="en_US"
        )
        shown = version.text
        self.keep(en=OLD, fr=OLD_FRENCH)
        self.update()
        self.assertEqual(self.text("en_US"), self.shipped)
        self.assertIn("astérisque", self.text("fr_FR"))
        self.assertEqual(version.text, shown, "what was shown stays as it was")

    def test_the_words_of_the_company_stay(self):
        for en, fr in (
            (OLD + " Our words.", OLD_FRENCH + " Nos mots."),
            (OLD.replace("these", "those"), "Nos mots."),
        ):
            self.keep(en=en, fr=fr)
            self.update()
            self.assertEqual(self.text("en_US"), en)
            self.assertEqual(self.text("fr_FR"), fr)

    def test_each_language_by_itself(self):
        self.keep(en=OLD, fr="Nos mots.")
        self.update()
        self.assertEqual(self.text("en_US"), self.shipped)
        self.assertEqual(self.text("fr_FR"), "Nos mots.")
        self.keep(en="Our words.", fr=OLD_FRENCH)
        self.update()
        self.assertEqual(self.text("en_US"), "Our words.")
        self.assertIn("astérisque", self.text("fr_FR"))

    def test_what_is_up_to_date_is_not_written(self):
        self.env["rgpd.shipped"]._replace_former_texts()
        before = self.notice.write_date
        self.env["rgpd.shipped"]._replace_former_texts()
        self.assertEqual(self.notice.write_date, before)
        self.assertEqual(self.text("en_US"), self.shipped)

    def test_no_consent_to_sms_promises_an_answer_nobody_reads(self):
        """The way out of our SMS is a link."""
        self.notice = self.env.ref("rgpd_fichier_client.rgpd_notice_sms")
        self.keep(en=OLD_SMS, fr=OLD_SMS_FRENCH)
        self.update()
        for lang, words in (
            ("en_US", "the link in each SMS"),
            ("fr_FR", "le lien de chaque SMS"),
        ):
            self.assertIn(words, self.text(lang))
            self.assertNotIn("STOP", self.text(lang))
