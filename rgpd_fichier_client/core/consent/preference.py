"""What a person who answers on their preference page has decided."""

YES = "yes"
NO = "no"
ANSWERS = (YES, NO)
SAID_NO = ("refused", "withdrawn", "objected")


def get_answer(status, needs_consent):
    """Return the answer that is ticked when the page opens, or ``None``.

    A consent nobody gave is never ticked beforehand (art. 4.11 GDPR). Where no consent
    is needed, silence means that the person has not objected.
    """
    if status in SAID_NO:
        return NO
    if status == "given" or not needs_consent:
        return YES
    return None


def get_decision(status, needs_consent, answer):
    """Return what to record for an answer, ``None`` when nothing changes.

    :param status: what holds today, see ``core.consent.fold``
    :param needs_consent: the purpose rests on consent
    :param answer: ``yes``, ``no`` or anything else
    """
    if answer not in ANSWERS or answer == get_answer(status, needs_consent):
        return None
    if answer == YES:
        return "given"
    if not needs_consent:
        return "objected"
    return "withdrawn" if status == "given" else "refused"
