"""The words of a notice: a text in which the register fills the blanks."""

# Not every purpose has them: a line that speaks of nothing is left out.
OPTIONAL = frozenset(
    {
        "address",
        "automated",
        "categories",
        "dpo",
        "interest",
        "objection",
        "recipients",
        "source",
        "transfers",
        "withdrawal",
    }
)


def fill(text, values):
    """Return the text with its known words replaced.

    Only the known words are: braces written by a user stay as they are. A line about
    something that the purpose does not have is left out (Art. 13 and 14 GDPR: "where
    applicable").

    >>> values = {"company": "X", "interest": ""}
    >>> fill("By {company}\\nInterest: {interest}\\n{free}", values)
    'By X\\n{free}'
    """
    lines = [_fill_line(line, values) for line in text.split("\n")]
    return "\n".join(line for line in lines if line is not None).strip()


def _fill_line(line, values):
    for name, value in values.items():
        word = f"{{{name}}}"
        if word in line:
            if not value and name in OPTIONAL:
                return None
            line = line.replace(word, value or "")
    return line


def get_period(changes, moment):
    """Return ``(start, end)`` of the time in which a text had the words of a moment.

    :param changes: moments at which the text was written and changed, in order
    :return: ``start`` is ``None`` before it was written, ``end`` while it is the same

    >>> get_period([2, 5, 9], 6)
    (5, 9)
    >>> get_period([2, 5, 9], 9), get_period([2, 5, 9], 1)
    ((9, None), (None, 2))
    """
    before = [change for change in changes if change <= moment]
    after = [change for change in changes if change > moment]
    return (before[-1] if before else None), (after[0] if after else None)
