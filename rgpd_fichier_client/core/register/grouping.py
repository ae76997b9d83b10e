"""What is kept for the same time is said once (Art. 12.1: concise, easy to read)."""


def group_periods(pairs):
    """Group names by the text that speaks of them, in the order they first came.

    >>> group_periods([("Orders", "5 years"), ("Quotes", "3 years"),
    ...                ("Claims", "5 years")])
    [(['Orders', 'Claims'], '5 years'), (['Quotes'], '3 years')]
    """
    groups = {}
    for name, text in pairs:
        names = groups.setdefault(text, [])
        if name not in names:
            names.append(name)
    return [(names, text) for text, names in groups.items()]


def group_lines(lines):
    """Group the data categories of a sheet whose periods are the same.

    :param lines: ``[{"name", "sensitive", "retention": [text]}]``, one per category, as
        a sheet stores them
    :return: ``[{"data": [line], "retention": [text]}]``; no text appears twice in one
    """
    groups = {}
    for line in lines:
        texts = tuple(dict.fromkeys(line["retention"]))
        groups.setdefault(texts, []).append(line)
    return [{"data": data, "retention": list(texts)} for texts, data in groups.items()]
