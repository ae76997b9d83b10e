"""What may still be done with data whose use is restricted (Art. 18.2 GDPR).

Storage, the consent of the person, legal claims, the protection of another person and
an important public interest; and what the handling of the person's rights needs.
"""

ARTICLE = "Art. 18 RGPD"
CODE = "person_restricted"

# Purposes that stay open: answers to the person (Art. 12), information on a breach
# (Art. 34), and legal claims, which an unpaid debt is (Art. 18.2).
OPEN_PURPOSES = frozenset({"rights", "breach", "litigation", "unpaid"})


def is_open(purpose):
    """Tell whether a restriction leaves this purpose alone.

    >>> is_open("rights"), is_open("prospect_email_b2c")
    (True, False)
    """
    return purpose in OPEN_PURPOSES
