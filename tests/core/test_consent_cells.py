import pytest

from odoo.addons.rgpd_fichier_client.core.consent.cells import dialled, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example")',
        "+33639980001",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "  =1",
    ],
)
def test_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Camille", "Jean-Paul", "a=b", "3 rue +", "", None])
def test_a_text_stays_as_it_is(text):
    assert safe_cell(text) == (text or "")


def test_a_number_is_dialled_without_plus():
    assert dialled("+33639980001") == "0033639980001"
    assert dialled("0639980001") == "0639980001"
