"""One page of a letter was scanned: its text tells nothing of that page."""

import pytest

from odoo.addons.rgpd_fichier_client.core.datamap import filetext

from .scans import BLANK, BOTH, SCAN, TEXT, make_pdf


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ((TEXT, SCAN, TEXT), True),
        ((SCAN,), True),
        ((TEXT, TEXT), False),
        ((TEXT, BLANK), False),
        ((BOTH, TEXT), False),
    ],
)
def test_a_page_that_is_a_picture_is_not_read(pages, expected):
    assert filetext.has_unread_page(make_pdf(*pages)) is expected
