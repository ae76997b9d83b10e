"""What a person who answers on their preference page has decided."""

YES = "yes"
NO = "no"
ANSWERS = (YES, NO)
SAID_NO = ("refused", "withdrawn", "objected")


def get_answer(status, needs_consent, is_renewable=False):
    """Return the answer that is ticked when the page opens, or ``None``.

    A consent nobody gave is never ticked beforehand (art. 4.11 GDPR). Where no consent
    is needed, silence means that the person has not objected.

    :param is_renewable: the consent ends soon and is asked again: nothing is ticked,
        and who leaves it so has not agreed again
    """
    if status in SAID_NO:
        return NO
    if status == "given" and is_renewable:
        return None
    if status == "given" or not needs_consent:
        return YES
    return None


def get_decision(status, needs_consent, answer, is_renewable=False):
    """Return what to record for an answer, ``None`` when nothing changes.

    :param status: what holds today, see ``core.consent.fold``
    :param needs_consent: the purpose rests on consent
    :param answer: ``yes``, ``no`` or anything else
    """
    if answer not in ANSWERS:
        return None
    if answer == get_answer(status, needs_consent, is_renewable):
        return None
    if answer == YES:
        return "given"
    if not needs_consent:
        return "objected"
    return "withdrawn" if status == "given" else "refused"
