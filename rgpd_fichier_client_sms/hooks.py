"""What happens once, when the add-on is installed."""


def post_init_hook(env):
    """Add what this add-on knows to the data map, and its persons in the background."""
    env["rgpd.data.map"]._post_init()
