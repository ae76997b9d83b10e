"""What never leaves the database, not even towards the person it belongs to.

A key that opens an account or signs a link is a means of access, not information
about the person (Art. 32); its name gives it away.
"""

import re

_SECRET = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secret|secrets|token|tokens|otp|totp"
    r"|salt|hash|nonce|csrf|cookie|session|sid|signature_key)(?:$|_)"
    r"|api_?key|private_?key|crypted|credential|signup_(?:type|expiration)"
    r"|access_(?:token|url|warning)"
)
# Written on every record by Odoo, about Odoo.
_TECHNICAL = re.compile(
    r"^(?:id|create_uid|write_uid|write_date|__last_update|parent_path|sequence|color"
    r"|message_(?!ids$).*|activity_.*|website_message_ids|my_activity_.*|rating_.*_ids"
    r"|store_fname|checksum|index_content|has_message|display_name|is_seo_optimized|avatar_\d+|image_(?:128|256|512|1024))$"
)
# Links in a text that open a document without a password
_LINK = re.compile(
    r"([?&#;](?:amp;)?(?:[\w.-]*_)?(?:token|hash|signature|hmac|otp|csrf)=)[^&\s\"'<>]+",
    re.IGNORECASE,
)
HIDDEN = "…"
SECRET_MODELS = frozenset(
    {
        "res.users.apikeys",
        "res.users.identitycheck",
        "auth_totp.device",
        "ir.config_parameter",
        "ir.mail_server",
        "fetchmail.server",
        "payment.provider",
        "bus.bus",
        "ir.model.data",
    }
)


def is_secret(name):
    """Tell whether a field of this name holds a means of access.

    >>> is_secret("access_token"), is_secret("email"), is_secret("password")
    (True, False, True)
    """
    return bool(_SECRET.search(name))


def is_technical(name):
    """Tell whether a field of this name only serves Odoo itself."""
    return bool(_TECHNICAL.match(name))


def hide_secrets(text):
    """Return the text with the keys of its links taken out.

    >>> hide_secrets("see /my/orders/4?access_token=abc&x=1")
    'see /my/orders/4?access_token=…&x=1'
    """
    return _LINK.sub(rf"\1{HIDDEN}", text) if text else text
