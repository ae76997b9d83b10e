"""The one text a commitment covers, and what is left of an address."""

import doctest
import json

import pytest

from odoo.addons.rgpd_fichier_client.core.consent import proof


def test_the_examples_are_true():
    assert doctest.testmod(proof).failed == 0


def test_a_file_alone_is_committed_to_as_it_always_was():
    assert proof.join_proof(b"JVBERi0=", {}) == b"JVBERi0="
    assert proof.join_proof("row", {"guardian": False, "ip": ""}) == "row"
    assert proof.join_proof("", {}) is None


def test_every_detail_counts():
    joined = proof.join_proof(b"JVBERi0=", {"guardian": "Paul", "agent": "X"})
    assert json.loads(joined) == {
        "content": "JVBERi0=",
        "guardian": "Paul",
        "agent": "X",
    }
    assert joined != proof.join_proof(b"JVBERi0=", {"guardian": "Paule", "agent": "X"})


def test_what_is_no_detail_is_left_out():
    assert proof.join_proof("row", {"name": "Camille"}) == "row"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.255", "203.0.113.0"),
        ("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::"),
        ("", ""),
        (None, ""),
        ("unknown", ""),
        ("203.0.113.9, 192.0.2.1", ""),
    ],
)
def test_the_line_of_a_person_is_never_kept(address, kept):
    assert proof.truncate_ip(address) == kept
