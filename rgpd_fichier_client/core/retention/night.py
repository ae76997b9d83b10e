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
