"""What was saved between two looks at a database: read from what they can see.

A snapshot of PostgreSQL is written ``xmin:xmax:xip_list``: from ``xmax`` on no
transaction had a number yet, those of the list were at work
(https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT).
"""


def is_current(known, fresh):
    """Tell whether no transaction can have been saved between two snapshots.

    A transaction that was undone looks as if it had been saved, and a savepoint too:
    the answer may be no without need, never yes.

    :param str known: the older one
    :param str fresh: of a transaction that began since, while the older one was at work

    >>> is_current("10:12:10", "10:13:10,12")  # 12 is the one that asks
    True
    >>> is_current("10:12:10", "12:13:12"), is_current("10:12:10", "10:14:10,12")
    (False, False)
    """
    _first, end, working = _read(known)
    _fresh_first, fresh_end, still_working = _read(fresh)
    over = len(working - still_working)
    began = fresh_end - end
    return not over and began == sum(number >= end for number in still_working)


def _read(snapshot):
    first, end, working = snapshot.split(":")
    return (
        int(first),
        int(end),
        {int(n) for n in working.split(",") if n},
    )
