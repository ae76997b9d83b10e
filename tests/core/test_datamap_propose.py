import pytest

from odoo.addons.rgpd_fichier_client.core.datamap import fingerprint, propose
from odoo.addons.rgpd_fichier_client.core.datamap.discovery import Column


@pytest.mark.parametrize(
    ("name", "label", "ttype", "expected"),
    [
        ("x_studio_char_field_2ab", "Date de naissance", "char", "birth"),
        ("x_allergies", "Allergies", "text", "sensitive"),
        ("x_nir", "N° de sécurité sociale", "char", "sensitive"),
        ("x_sante", "État de santé", "char", "sensitive"),
        ("x_email_perso", "Courriel", "char", "contact"),
        ("x_tel", "Téléphone portable", "char", "contact"),
        ("x_prenom_conjoint", "Prénom du conjoint", "char", "identity"),
        ("x_commentaire", "Commentaires", "html", "note"),
        ("badge_photo", "Photo", "binary", "image"),
        # Words that only look alike
        ("x_shipping", "Shipping terms", "char", "other"),
        ("x_package", "Package", "char", "other"),
        ("x_contract", "Contrat signé", "binary", "file"),
        ("x_free", "Libre", "text", "note"),
    ],
)
def test_words_of_the_name_and_of_the_label(name, label, ttype, expected):
    assert propose.propose(name, label, ttype).category == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a@b.example", "c.d@e.example", "none", "f@g.example"], "contact"),
        (["01 99 00 12 34", "+33 6 39 98 01 02", "0199001235"], "contact"),
        (["FR14 2004 1010 0505 0001 3M02 606"] * 3, "bank"),
        (["1 85 05 78 006 084 36", "2 90 12 33 063 123 45", "185057800608436"],
         "sensitive"),
        (["192.0.2.1", "198.51.100.7", "203.0.113.9"], "technical"),
        (["1980-02-03", "04/05/1971", "1999-12-31"], "birth"),
        (["a@b.example", "c@d.example"], "other"),
        (["rouge", "bleu", "vert", "a@b.example"], "other"),
        ([], "other"),
    ],
)  # fmt: skip
def test_values_of_a_field_whose_name_says_nothing(values, expected):
    assert propose.propose("x_data", "Data", "char", values).category == expected


def test_words_come_before_values_and_say_so():
    found = propose.propose("x_allergy", "", "char", ["a@b.example"] * 5)
    assert (found.category, found.ground) == ("sensitive", "words")


def test_the_fingerprint_follows_the_stored_fields_and_nothing_else():
    name, mail = Column("name", "char"), Column("email", "char")
    first = fingerprint.get_fingerprint({"a": [name, mail], "b": [name]})
    assert first == fingerprint.get_fingerprint({"b": [name], "a": [mail, name]})
    for other in (
        {"a": [name], "b": [name]},
        {"a": [name, mail], "c": [name]},
        {"a": [name, Column("email", "text")], "b": [name]},
        {"a": [name, Column("email", "char", "res.partner")], "b": [name]},
    ):
        assert first != fingerprint.get_fingerprint(other)
