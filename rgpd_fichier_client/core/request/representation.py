"""Who may ask for somebody else, and what they show (Art. 12.2 GDPR, LIL Art. 85).

An agent shows a written mandate, a holder of parental authority or a guardian their
title, an heir the act that makes them one (décret 2019-536, art. 124). Several papers
may prove the same thing: one of each group is enough.
"""

PERSON = "person"

# who asks -> groups of proofs: one of each group is needed
REQUIRED = {
    PERSON: (),
    "agent": (("mandate",),),
    "parent": (("family_book", "birth_certificate", "judgment"),),
    "guardian": (("judgment",),),
    "heir": (("notarial_act", "family_book"),),
}
PROOFS = ("mandate", "family_book", "birth_certificate", "judgment", "notarial_act")


def get_missing(kind, accepted):
    """Return the groups of proofs of which none has been accepted yet.

    :param str kind: who asks, key of `REQUIRED`
    :param accepted: kinds of the proofs that were looked at and accepted
    :rtype: list[tuple[str]]
    """
    accepted = set(accepted)
    return [group for group in REQUIRED[kind] if not accepted.intersection(group)]
