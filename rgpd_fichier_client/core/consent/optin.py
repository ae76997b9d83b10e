"""Double opt-in: a consent to e-mail counts once the mailbox has answered.

Anybody can type the address of somebody else into a form. So a consent to be sent
offers by e-mail, given by somebody whose mailbox is not proved, waits (``pending``)
until it is confirmed by a link sent to that mailbox (art. 7.1 GDPR: the company has to
prove who consented).
"""

from datetime import timedelta

from .link import NO

# Never, for what people type themselves without proof, always.
POLICIES = ("none", "public", "all")
# Where the person types, or another software on their behalf.
PUBLIC_POINTS = frozenset({"web_form", "portal", "preferences", "api"})

OPEN, DONE, VOID, EXPIRED = "open", "done", "void", "expired"


def needs_confirmation(
    policy, decision, channel, actor, point, is_mailbox_proved, is_stranger=False
):
    """Tell whether an act has to wait for a confirmation by mail.

    :param policy: one of ``POLICIES``; anything else is taken for ``all``
    :param is_mailbox_proved: the act itself came out of the mailbox (link of a mail)
    :param is_stranger: nobody knows who acts: the mailbox answers for every channel
    """
    if decision != "given" or is_mailbox_proved:
        return False
    if channel != "email" and not is_stranger:
        return False
    if policy == "public":
        return actor == "self" or point in PUBLIC_POINTS
    return policy != "none"


def read_state(*, issued, now, days, is_same_address, is_confirmed, is_void):
    """Return what a link of confirmation may do today.

    :param issued: naive UTC datetime
    :param is_same_address: the person still has the address it was sent to
    :param is_confirmed: the link has served; again, it does nothing
    :param is_void: the person said no since they were asked
    """
    if is_confirmed:
        return DONE
    if is_void:
        return VOID
    is_recent = issued <= now < issued + timedelta(days=days)
    return OPEN if is_recent and is_same_address else EXPIRED


def is_void_since(acts, asked_key):
    """Tell whether the person said no after the act that asked to be confirmed.

    A link found later undoes no withdrawal (art. 7.3 and 21.3 GDPR).

    :param acts: the acts that concern the purpose and the channel
    :param asked_key: number of the act that waits
    """
    return any(act.decision in NO and act.key > asked_key for act in acts)
