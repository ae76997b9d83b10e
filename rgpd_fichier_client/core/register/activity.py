"""Which purposes a customer file usually serves, by activity of the company.

A proposal to start from (CNIL reference framework 2021-131, scope); nothing of it is
imposed, and what the company does decides.
"""

ACTIVITIES = ("shop", "ecommerce", "b2b", "association")

# What any company with customers does, or owes by law.
EVERYONE = frozenset(
    ("order", "invoice", "claim", "litigation", "unpaid", "statistics")
    + ("rights", "objection_list", "breach", "security_log")
)
BY_LAW = frozenset(("invoice", "rights", "objection_list", "breach", "security_log"))

USUAL = {
    "shop": frozenset(
        ("after_sales", "loyalty", "softoptin", "prospect_email_b2c", "survey")
        + ("prospect_sms_b2c", "prospect_postal", "contest", "segmentation")
    ),
    "ecommerce": frozenset(
        ("account", "after_sales", "softoptin", "prospect_email_b2c", "survey")
        + ("review", "cookies", "mail_tracking", "loyalty", "referral")
        + ("segmentation",)
    ),
    "b2b": frozenset(
        ("quote", "after_sales", "prospect_b2b_email", "prospect_phone_b2b")
        + ("prospect_postal", "survey")
    ),
    "association": frozenset(("prospect_email_b2c", "prospect_postal", "survey")),
}


def get_purposes(activities):
    """Return the codes of the purposes that such a company usually has."""
    return EVERYONE.union(*(USUAL[activity] for activity in activities))


def get_ground(code, activities):
    """Say why a purpose is proposed: ``law``, ``everyone``, ``activity``, or not."""
    if code in BY_LAW:
        return "law"
    if code in EVERYONE:
        return "everyone"
    return "activity" if code in get_purposes(activities) else "unusual"
