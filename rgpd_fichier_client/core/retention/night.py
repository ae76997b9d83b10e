"""When the night may work, and how much: pure decisions."""


def is_blackout(hour, start, end):
    """Tell whether ``hour`` lies in the hours a company wants no erasure in.

    :param float hour: hour of the day, 13.5 for half past one
    :param float start: first hour of rest
    :param float end: end of the rest; before ``start`` it is the next day; the same as
        ``start`` means no rest at all

    >>> is_blackout(23.5, 22, 6), is_blackout(7, 22, 6), is_blackout(9, 8, 8)
    (True, False, False)
    """
    if start == end:
        return False
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


def left_today(cap, done):
    """How many persons may still be treated today; None means as many as are due.

    >>> left_today(0, 500), left_today(100, 30), left_today(100, 130)
    (None, 70, 0)
    """
    return max(cap - done, 0) if cap else None


# Of the number of a day, in quarters: what each kind of work is sure of while it has
# anything to do. The rest of them is for the archive, which comes first
QUARTERS = {"person": 2, "document": 1}


def get_part(cap, kind, day=0):
    """How many of the number of a day belong to one kind of work, if it needs them.

    Somebody whose data must leave never waits for ever behind those who fill the number
    every day: neither a person behind archived ones, nor a document behind persons. A
    number of one cannot be shared: persons come first. Of two, one is for persons; the
    other is for documents on one day and for the archive on the next.

    :param int day: number of the day, of which only odd or even counts

    >>> [get_part(cap, "document") for cap in (0, 1, 2, 100)]
    [0, 0, 1, 25]
    >>> get_part(1, "person"), get_part(2, "document", 1), get_part(2, "person", 1)
    (1, 0, 1)
    """
    if cap < 2:
        return cap if kind == "person" else 0
    if cap == 2 and kind == "document" and day % 2:
        return 0
    return max(cap * QUARTERS[kind] // 4, 1)


def batch_size(left, largest, waiting=()):
    """How many the next batch may hold, when others wait for their part of the day.

    :param left: what the day still allows, None without limit
    :param waiting: pairs (how many wait, the part that is theirs)

    >>> batch_size(None, 500, [(9, 9)]), batch_size(40, 500, [(9, 25), (60, 25)])
    (500, 6)
    """
    if left is None:
        return largest
    reserved = sum(min(count, part) for count, part in waiting)
    return max(min(largest, left - reserved), 0)


# Of the last persons, for a worker that is not alone: less costs more than it gains
SMALLEST_SHARE = 200


def get_share(size, left, workers):
    """How many a worker may take of those left, so that all workers end together.

    The last large batch would keep one of them at work while the others are done, and
    whoever meets it at its neighbours does all of theirs again.

    :param left: how many are left, those included that others are at

    >>> get_share(2000, 5000, 1), get_share(2000, 5000, 2), get_share(2000, 300, 2)
    (2000, 1250, 200)
    """
    if workers < 2:
        return size
    return min(size, max(left // (2 * workers), SMALLEST_SHARE))


# Seconds a batch may take: long enough to be cheap, far from the limits of a worker
# (60 s of the processor, 120 s by the clock unless the company chose others)
SHORT, LONG = 3, 10


def get_pace(size, seconds):
    """How many the batch after one of ``size`` that took ``seconds`` may hold.

    A worker that is killed in a batch begins again with a small one: where people have
    a long history, the night still gets on.

    >>> get_pace(250, 0.5), get_pace(250, 5), get_pace(250, 30), get_pace(1, 99)
    (500, 250, 125, 1)
    """
    if seconds < SHORT:
        return size * 2
    return max(size // 2, 1) if seconds > LONG else size
