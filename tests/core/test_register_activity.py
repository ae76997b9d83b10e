import pytest

from odoo.addons.rgpd_fichier_client.core.register import activity


@pytest.mark.parametrize("name", activity.ACTIVITIES)
def test_every_activity_has_what_the_law_asks_and_something_of_its_own(name):
    codes = activity.get_purposes([name])
    assert codes >= activity.EVERYONE >= activity.BY_LAW
    assert codes - activity.EVERYONE


def test_activities_add_up_and_none_gives_the_minimum():
    both = activity.get_purposes(["shop", "b2b"])
    assert both == activity.get_purposes(["shop"]) | activity.get_purposes(["b2b"])
    assert activity.get_purposes([]) == activity.EVERYONE


def test_consumers_are_not_called_nor_mailed_as_professionals():
    assert "prospect_b2b_email" not in activity.get_purposes(["shop", "ecommerce"])
    assert "prospect_phone_b2c" not in activity.get_purposes(activity.ACTIVITIES)
    assert "prospect_email_b2c" not in activity.get_purposes(["b2b"])


@pytest.mark.parametrize(
    ("code", "ground"),
    [
        ("invoice", "law"),
        ("order", "everyone"),
        ("loyalty", "activity"),
        ("prospect_b2b_email", "unusual"),
    ],
)
def test_why_a_purpose_is_proposed(code, ground):
    assert activity.get_ground(code, ["shop"]) == ground
