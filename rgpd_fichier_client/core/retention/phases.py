"""Where a person and each category of their data stand, and the next change."""

from .reasons import PHASES


def phase_of(reasons, today):
    """Return the phase of a person: the earliest of those of the reasons."""
    phases = [reason.phase(today) for reason in reasons]
    return min(phases, key=PHASES.index, default="expired")


def end_of(reasons):
    """Return ``(known, day)``: the last day of the last reason.

    The day is None when nothing is known (no reason) or when a hold has no end;
    ``known`` tells them apart.
    """
    if not reasons:
        return True, None
    if any(reason.archive_end is None for reason in reasons):
        return False, None
    return True, max(reason.archive_end for reason in reasons)


def next_change(reasons, today):
    """Return the last day of the present phase, None if nothing will change.

    This is the lower bound that is stored: new events only postpone it, and it is
    checked again when it has passed.
    """
    phase = phase_of(reasons, today)
    if phase == "expired":
        return None
    attribute = "active_end" if phase == "active" else "archive_end"
    ends = [getattr(reason, attribute) for reason in reasons]
    if any(end is None for end in ends):
        return None
    return max(ends, default=None)


def kept_categories(reasons, today):
    """Return ``{category: [reasons alive]}``: the longest wins per category.

    A category missing from the result has no reason left: it may not be kept one
    day longer. The reason that ends last comes first.
    """
    kept = {}
    for reason in reasons:
        if reason.phase(today) == "expired":
            continue
        for category in reason.categories:
            kept.setdefault(category, []).append(reason)
    for category_reasons in kept.values():
        category_reasons.sort(
            key=lambda r: (r.archive_end is None, r.archive_end or r.start, r.code),
            reverse=True,
        )
    return kept


def category_phases(reasons, today):
    """Return ``{category: (phase, last day)}`` for every category ever covered."""
    by_category = {}
    for reason in reasons:
        for category in reason.categories:
            by_category.setdefault(category, []).append(reason)
    return {
        category: (phase_of(covering, today), end_of(covering)[1])
        for category, covering in by_category.items()
    }
