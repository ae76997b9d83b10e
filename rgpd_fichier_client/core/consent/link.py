"""What the holder of a link from a mail may do.

A link stays in a mailbox for years, is forwarded, and is opened by machines. So:

- an objection works with any link that was really issued, for as long as messages
  carry it (art. L. 34-5 CPCE: in each message);
- the choices of the person are shown only by a recent link, sent to the address they
  still have;
- a recent link gives consent only as long as the person has not said no since it was
  issued: whoever finds it later cannot undo a withdrawal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .fold import ALL_CHANNELS, STRICTNESS

# From the least to the most powerful.
OBJECT = "object"
RESTRICT = "restrict"
FULL = "full"
NO = ("refused", "withdrawn", "objected")


@dataclass(frozen=True)
class Link:
    """What a link says of itself.

    :param issued: naive UTC datetime
    :param refusals: how many times the person had said no when it was issued
    """

    issued: datetime
    refusals: int


def get_power(link, now, refusals, is_same_address, days):
    """Return what a link issued by us may do today: one of the three powers.

    :param refusals: how many times the person has said no by now
    :param is_same_address: the person still has the address it was sent to
    :param days: how long a link shows the choices
    """
    is_recent = link.issued <= now < link.issued + timedelta(days=days)
    if not is_recent or not is_same_address:
        return OBJECT
    return FULL if refusals == link.refusals else RESTRICT


def count_refusals(acts):
    """Return how many times the person has said no."""
    return sum(act.decision in NO for act in acts)


def is_objected_already(acts, channel):
    """Tell whether the last word on a channel is an objection to all of it.

    A second click then adds nothing to the evidence.
    """
    concerned = [act for act in acts if act.channel in (channel, ALL_CHANNELS)]
    if channel == ALL_CHANNELS:
        concerned = list(acts)
    if not concerned:
        return False
    last = max(concerned, key=lambda act: (act.moment, STRICTNESS[act.decision]))
    return (
        last.decision == "objected"
        and last.purpose is None
        and last.channel in (channel, ALL_CHANNELS)
    )
