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

from .fold import ALL_CHANNELS, STRICTNESS, concerns

NO = ("refused", "withdrawn", "objected")


@dataclass(frozen=True)
class Link:
    """What a link says of itself.

    :param issued: naive UTC datetime
    :param last_no: number of the last act by which the person had said no, 0 for none
    """

    issued: datetime
    last_no: int


@dataclass(frozen=True)
class Reach:
    """What the holder of a link, or a person who logged in, may do.

    Objecting is always possible.

    :param shows: the choices of the person may be shown and changed
    :param last_no: acts after this one stop a consent; ``None`` for a person who
        proved who they are just now
    :param proves_mailbox: whoever acts has the mailbox of the person
    """

    shows: bool
    last_no: int | None = None
    proves_mailbox: bool = False

    def may_give(self, acts, purpose, channel):
        """Tell whether a consent may be given: the person has not said no since.

        Only what concerns this purpose and channel stops it: who refuses one thing
        may accept another one with the same link.
        """
        if not self.shows:
            return False
        return self.last_no is None or not any(
            act.decision in NO and act.key > self.last_no
            for act in acts
            if concerns(act, purpose, channel)
        )


def get_reach(link, now, is_same_address, days):
    """Return the :class:`Reach` today of a link issued by us.

    :param is_same_address: the person still has the address it was sent to
    :param days: how long a link shows the choices
    """
    is_recent = link.issued <= now < link.issued + timedelta(days=days)
    shows = is_recent and is_same_address
    return Reach(shows, link.last_no, proves_mailbox=shows)


def get_last_no(acts):
    """Return the number of the last act by which the person said no, 0 for none."""
    return max((act.key for act in acts if act.decision in NO), default=0)


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
