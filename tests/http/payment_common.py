"""A way to pay that asks nobody, as Odoo's own tests have one."""

from odoo.fields import Command


def new_provider(env, url="/my"):
    """Return a provider whose form leads back to `url` at once."""
    action, _mark, query = url.partition("?")
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{value}"/>'
        for name, _mark, value in (part.partition("=") for part in query.split("&"))
        if name
    )
    form = env["ir.ui.view"].create(
        {
            "name": "Redirect form",
            "type": "qweb",
            "arch": f'<form action="{action}" method="get">{inputs}</form>',
        }
    )
    method = env.ref("payment.payment_method_unknown")
    provider = env["payment.provider"].create(
        {
            "name": "Provider",
            "code": "none",
            "state": "test",
            "is_published": True,
            "payment_method_ids": [Command.set(method.ids)],
            "redirect_form_view_id": form.id,
        }
    )
    method.active = True
    return provider


def leave_accounts_alone(test):
    """Let payments be accepted in a database without chart of accounts."""
    test.patch(
        type(test.env["payment.transaction"]),
        "_create_payment",
        lambda self, **_values: self.env["account.payment"],
    )
