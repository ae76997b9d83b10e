"""Refuse evidence that would hold personal data in clear (invariants 8 and 14).

Only what is obvious is recognised: an e-mail address or a phone number in a text.
The guard is there to catch a mistake of the developer, not to judge free text.
"""

import re

from ..errors import PersonalDataError

EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[a-zA-Z]{2,}")
PHONE = re.compile(
    r"""(?<![\w.-])(?:
        0[1-9](?:[\s.-]?\d{2}){4}                  # 06 12 34 56 78
      | (?:\+|00)\d{1,3}[\s.-]?(?:\(0\))?\d(?:[\s.-]?\d){6,12}  # +33 6 12 34 56 78
    )(?![\w-])""",
    re.VERBOSE,
)


def find_personal(value, path="payload"):
    """Return the path of the first e-mail or phone in a JSON value, or None."""
    if isinstance(value, str):
        return path if EMAIL.search(value) or PHONE.search(value) else None
    if isinstance(value, dict):
        for key, item in value.items():
            # The key is not repeated when it is itself the personal datum.
            if find_personal(str(key)):
                return f"{path}.<key>"
            found = find_personal(item, f"{path}.{key}")
            if found:
                return found
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            found = find_personal(item, f"{path}[{index}]")
            if found:
                return found
    return None


def check_payload(payload):
    """Raise `PersonalDataError`, naming the place and never the value."""
    path = find_personal(payload)
    if path:
        raise PersonalDataError(
            f"{path} looks like an e-mail address or a phone number: evidence holds no"
            " personal data, pass the subject and an id instead"
        )
