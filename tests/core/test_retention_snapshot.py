import doctest

from odoo.addons.rgpd_fichier_client.core.retention import snapshot


def test_examples():
    assert doctest.testmod(snapshot).failed == 0


def test_who_was_at_work_and_is_no_longer_may_have_saved():
    assert not snapshot.is_current("8:12:8,10", "10:13:10,12")
    assert snapshot.is_current("8:12:8,10", "8:13:8,10,12")


def test_who_began_and_ended_meanwhile_may_have_saved():
    assert not snapshot.is_current("12:12:", "12:14:12")
    assert snapshot.is_current("12:12:", "12:14:12,13")


def test_a_savepoint_of_the_older_one_is_no_proof():
    assert not snapshot.is_current("12:12:", "12:15:12,14")
