import unittest

from odoo.addons.rgpd_fichier_client.core.request.forwarding import read_sender

JEANNE = ("Jeanne Exemple", "jeanne@client.example")
GMAIL = """Pour toi.

---------- Forwarded message ---------
De : *Jeanne Exemple* <jeanne@client.example>
Date: lun. 2 nov. 2026 à 10:00
Subject: Mes données
To: <paul@maison.example>

Bonjour, {text}"""
OUTLOOK = """-----Message d'origine-----
De : Jeanne Exemple [mailto:jeanne@client.example]
Envoyé : lundi 2 novembre 2026 10:00
À : Paul Interne
Objet : Mes données
"""
OUTLOOK_BARE = """Voir ci-dessous.
From: Jeanne Exemple <jeanne@client.example>
Sent: Monday, 2 November 2026
To: Paul
Subject: My data
"""
APPLE = """> Début du message réexpédié :
>
> De: Jeanne Exemple <jeanne@client.example>
> Objet: Mes données
> Date: 2 novembre 2026
> À: paul@maison.example
"""
THUNDERBIRD = """-------- Message transféré --------
Sujet :  Mes données
Date :  Mon, 2 Nov 2026
De :  Jeanne Exemple <jeanne@client.example>
Pour :  paul@maison.example
"""


class TestForwarding(unittest.TestCase):
    """The sender of a forwarded mail is read with caution, or not at all."""

    def test_what_mail_programs_write(self):
        for text in (GMAIL, OUTLOOK, OUTLOOK_BARE, APPLE, THUNDERBIRD):
            with self.subTest(text=text[:30]):
                self.assertEqual(read_sender(text), JEANNE)

    def test_an_address_without_a_name(self):
        text = GMAIL.replace("*Jeanne Exemple* <jeanne@client.example>", JEANNE[1])
        self.assertEqual(read_sender(text), ("", JEANNE[1]))

    def test_the_first_header_counts(self):
        text = GMAIL.format(text=OUTLOOK.replace("jeanne", "luc"))
        self.assertEqual(read_sender(text), JEANNE)

    def test_what_is_not_sure_is_left_to_the_officer(self):
        for text in (
            "",
            None,
            "From: Jeanne <jeanne@client.example>",
            "De : Jeanne <jeanne@client.example>\nElle veut ses données.",
            "Jeanne <jeanne@client.example> veut ses données.",
            GMAIL.replace("<jeanne@", "<luc@client.example> <jeanne@"),
            GMAIL.replace("<jeanne@client.example>", "sans adresse"),
        ):
            with self.subTest(text=text):
                self.assertIsNone(read_sender(text))
