"""What stands inside an address without being seen."""

import pytest

from odoo.addons.rgpd_fichier_client.core.datamap.redaction import redactor
from odoo.addons.rgpd_fichier_client.core.datamap.scan import Scanner
from odoo.addons.rgpd_fichier_client.core.datamap.schema import Identifier

EMAIL = Identifier("email", "zoe@post.example")


@pytest.mark.parametrize(
    "text",
    [
        "zoe@<span>post</span><wbr>.example",
        "zoe@post<wbr>.<b>example</b>",
        "zoe@<b>po\u00adst</b>\u200b.ex<i>am</i>&shy;<b>ple</b>",
    ],
)
def test_tags_and_nothing_beside_each_other(text):
    assert Scanner([EMAIL])(text) == [EMAIL]
    cleaned = redactor([EMAIL])(text)
    assert cleaned.startswith("[effacé]")
    assert "zoe" not in cleaned


def test_a_tag_after_the_address_stays():
    assert redactor([EMAIL])("zoe@post.example<wbr>") == "[effacé]<wbr>"


@pytest.mark.parametrize(
    "identifier, text",
    [
        (
            Identifier("iban", "FR7630006000011234567890189"),
            "C:\\fr76&shy;3000&shy;6000&shy;0112&shy;3456&shy;7890&shy;189",
        ),
        (Identifier("vat", "NL12A34B56"), "C:\\nl&shy;12a34b56"),
        (Identifier("email", "robert@post.example"), "C:\\robert<b>@</b>post.example"),
    ],
)
def test_what_is_hidden_after_a_backslash_that_is_no_escape(identifier, text):
    """Found means removed: what is left is told as such for ever."""
    assert Scanner([identifier])(text) == [identifier]
    cleaned = redactor([identifier])(text)
    assert cleaned.startswith("C:\\[effacé]")
    assert Scanner([identifier])(cleaned) == []
