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


def is_same(changes, since, moment):
    """Tell whether nothing changed after a moment, up to a later one.

    :param changes: moments of the changes, in any order

    >>> is_same([2, 5, 9], 5, 8), is_same([2, 5, 9], 5, 9), is_same([], 1, 2)
    (True, False, True)
    """
    return not any(since < change <= moment for change in changes)
