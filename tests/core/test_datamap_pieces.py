import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.rgpd_fichier_client.core.datamap import pieces
from odoo.addons.rgpd_fichier_client.core.datamap.scan import Scanner
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

MAIL = Identifier("email", "zoe.lienard@post.example")
PHONE = Identifier("phone", "+33639980012")
SCAN = Scanner([MAIL, PHONE])


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 200)
    monkeypatch.setattr(pieces, "OVERLAP", 120)
    monkeypatch.setattr(pieces, "MARGIN", 40)


def find(text):
    def read(start, length):
        part = text[start : start + length]
        return part, len(part) < length

    return pieces.find(SCAN, read)


@given(st.integers(0, 700), st.sampled_from(["ab ", "\u00e9 ", "x\n", "\u20ac"]))
def test_found_wherever_it_stands(length, filler):
    before = (filler * length)[:length]
    text = f"{before} zoe.lienard@post.example {filler * 100} 06.39.98.00.12 {before}"
    assert find(text) == [MAIL, PHONE]
    for encoding in ("utf-8", "utf-16"):
        data = io.BytesIO(text.encode(encoding))
        assert pieces.find_in_stream(SCAN, data) == [MAIL, PHONE]


@given(st.integers(0, 400))
def test_a_part_of_something_longer_is_nothing(length):
    before = "- " * length
    assert find(f"{before}110639980012 azoe.lienard@post.example {before}") == []
    assert find(f"{before}06399800129 zoe.lienard@post.example.org {before}") == []


def test_a_text_as_long_as_a_piece():
    for length in (199, 200, 201, 320):
        assert find("zoe.lienard@post.example ".ljust(length)) == [MAIL]
        assert find(" zoe.lienard@post.example".rjust(length)) == [MAIL]


def test_odd_bytes():
    data = b"Zo\xe9 " * 100 + b"zoe.lienard@post.example " + b"\x81\xff" * 100
    assert pieces.find_in_stream(SCAN, io.BytesIO(data)) == [MAIL]
