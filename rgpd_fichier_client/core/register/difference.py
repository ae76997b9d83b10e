"""What changed between two versions of a sheet."""


def get_changed(before, after):
    """Return the names of the parts that differ, in the order of the new version."""
    before = before or {}
    names = [*after, *(name for name in before if name not in after)]
    return [name for name in names if before.get(name) != after.get(name)]
