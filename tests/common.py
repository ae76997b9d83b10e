from odoo.tests import tagged
from odoo.tests.common import HttpCase, TransactionCase, new_test_user

# xml id (without "rgpd_fichier_client.group_rgpd_") → groups such a person has besides
ROLES = {
    "reader": "base.group_user",
    "officer": "base.group_user,base.group_partner_manager",
    "dpo": "base.group_user,base.group_partner_manager",
    "auditor": "base.group_user",
    "archive": "base.group_user",
}


def new_rgpd_user(env, role, login=None, lang="en_US", groups="", **values):
    """Create a user who has one group of the add-on, and `groups` besides."""
    group = f"rgpd_fichier_client.group_rgpd_{role}"
    return new_test_user(
        env,
        login=login or f"rgpd_{role}",
        groups=",".join(filter(None, [ROLES[role], group, groups])),
        lang=lang,
        **values,
    )


# Odoo tags only classes of its own packages; without tags a class cannot be collected.
@tagged("post_install", "-at_install", "standard")
class RgpdCase(TransactionCase):
    """Base of every test that needs a database.

    Tracking stays enabled, unlike in Odoo's BaseCommon: a value that leaks through the
    chatter is exactly what this add-on must prevent.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company

    @classmethod
    def new_user(cls, role, **values):
        return new_rgpd_user(cls.env, role, **values)


@tagged("post_install", "-at_install", "standard")
class RgpdHttpCase(HttpCase):
    """Base of the tests that go through the web server or a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company

    @classmethod
    def new_user(cls, role, **values):
        return new_rgpd_user(cls.env, role, **values)
