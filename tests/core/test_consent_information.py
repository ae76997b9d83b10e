from datetime import date

import pytest

from odoo.addons.rgpd_fichier_client.core.consent.information import get_due_date

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("contact", "disclosure", "due"),
    [
        (None, None, date(2026, 4, 10)),
        (date(2026, 3, 20), None, date(2026, 3, 20)),
        (None, date(2026, 3, 15), date(2026, 3, 15)),
        (date(2026, 3, 20), date(2026, 3, 15), date(2026, 3, 15)),
        (date(2026, 6, 1), None, date(2026, 4, 10)),
    ],
)
def test_the_earliest_limit_counts(contact, disclosure, due):
    assert get_due_date(DAY, contact, disclosure) == due


def test_a_short_month():
    assert get_due_date(date(2026, 1, 31)) == date(2026, 2, 28)
