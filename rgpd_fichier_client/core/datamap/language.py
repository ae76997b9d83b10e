"""The language to answer a person in (Art. 12.1 GDPR: intelligible to that person)."""

import re


def choose(wanted, installed, default):
    """Return the code of the first wanted language that is installed.

    English of another country is understood better than another language: the same
    language in any country does, before the next wanted one is looked at.

    :param wanted: codes in order of preference; empty ones are passed over
    :param installed: codes
    :param default: code when none of the wanted ones can be had

    >>> choose(["en_GB", "fr_FR"], ["fr_FR", "en_US"], "fr_FR")
    'en_US'
    """
    installed = sorted(installed)
    for code in filter(None, wanted):
        if code in installed:
            return code
        for other in installed:
            if _get_language(other) == _get_language(code):
                return other
    return default


def _get_language(code):
    return re.split("[_@]", code)[0]
