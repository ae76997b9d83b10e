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
