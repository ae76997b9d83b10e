"""What goes to the intermediate archive, and how it comes back: pure decisions.

In the archive phase nothing of a person is in use any more: contact details and free
text leave the active tables. What accounting reads live stays in the row, where the
readers without the right see a label instead (CNIL: access of specially authorised
people, occasional and justified).
"""

import hashlib
from dataclasses import replace

from . import erasure_plan

# What replaces a text that cannot be empty while the person is archived.
MARK = "[archivé]"

# Read live by accounting (accounting entries file, reminders, invoices printed again):
# these columns keep their value. ``ref`` is the account number of the customer in the
# file of accounting entries.
LIVE_COLUMNS = {
    "res.partner": {
        "name",
        "complete_name",
        "company_name",
        "commercial_company_name",
        "ref",
        "street",
        "street2",
        "zip",
        "city",
        "vat",
        "company_registry",
    }
}
# Means of access stay where they are until the erasure: they tell nobody anything, and
# an account that is open is the way back of the person.
STAYING_CATEGORIES = {"login", "technical"}
# Lists of objectors keep working; letters and mail on their way are not archives.
STAYING_MODELS = {
    "mail.blacklist",
    "phone.blacklist",
    "mail.mail",
    "mail.followers",
    "res.partner.category",
}


def rules_to_move(model, rules):
    """Rules of the columns that leave the active table of ``model``."""
    if model in STAYING_MODELS:
        return []
    live = LIVE_COLUMNS.get(model, ())
    return [
        _as_whole(rule)
        for rule in rules
        if rule.name not in live and rule.category not in STAYING_CATEGORIES
    ]


def _as_whole(rule):
    """The staff's notes leave whole: nothing is lost, they can come back."""
    if rule.category == "note" and rule.strategy == "redact":
        return replace(rule, strategy="empty")
    return rule


def action_to_move(action):
    """What an archiving does where an erasure would do ``action``.

    A row that an erasure deletes is only emptied, so that it can come back.
    """
    if action == erasure_plan.DELETE:
        return erasure_plan.MASK
    return action


def fingerprint(text):
    """What a column looks like, without saying it: None for an empty one.

    As ``md5()`` of PostgreSQL, which compares it at the restoration: a value somebody
    wrote since then is newer and stays.
    """
    if text is None:
        return None
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Moved:
    """The values that left the tables, sorted by person and category."""

    def __init__(self):
        self.values = {}

    def add(self, person, category, model, column, row_id, before, after):
        """Note that a column of a row lost its value.

        :param before: text of the value that left
        :param after: text of what is there now, None when empty
        """
        parts = self.values.setdefault(person, {})
        columns = parts.setdefault(category or "other", {}).setdefault(model, {})
        columns.setdefault(column, []).append([row_id, before, fingerprint(after)])

    def of(self, person):
        """``{category: {model: {column: [[row, before, fingerprint]]}}}``."""
        return self.values.get(person, {})


def merge(contents):
    """Bring the parts of several categories together, by model and column."""
    merged = {}
    for content in contents:
        for model, columns in content.items():
            for column, rows in columns.items():
                merged.setdefault(model, {}).setdefault(column, []).extend(rows)
    return merged


def count_values(content):
    """How many values a part holds."""
    return sum(len(rows) for columns in content.values() for rows in columns.values())


def to_end(held, kept):
    """Categories of the archive that no live reason covers any more.

    :param held: categories that the archive holds
    :param kept: categories that a live reason covers
    """
    return sorted(set(held) - set(kept))
