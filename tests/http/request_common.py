import re

from ..common import RgpdHttpCase

RIGHTS = ("access", "erasure")


class RequestHttpCase(RgpdHttpCase):
    """What the tests of the privacy pages share: accounts, and posting with CSRF."""

    @classmethod
    def new_account(cls, login, **values):
        """Create a customer with an account of the portal."""
        return cls.env["res.users"].create(
            {
                "name": f"Customer {login}",
                "login": f"{login}@client.example",
                "email": f"{login}@client.example",
                "password": f"{login}@client.example",
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
                **values,
            }
        )

    def login(self, user):
        self.authenticate(user.login, user.login)

    def post(self, url, data=None, page=None, csrf=True):
        """Send a form as a browser does, with the token of the page it is on."""
        values = dict(data or {})
        if csrf:
            text = self.url_open(page or url).text
            values["csrf_token"] = re.search(
                r'name="csrf_token" value="([^"]+)"', text
            )[1]
        return self.url_open(url, data=values, allow_redirects=False)

    def requests_of(self, user):
        return self.env["rgpd.request"].search(
            [("partner_id", "=", user.partner_id.id)]
        )
