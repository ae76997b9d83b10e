"""Addresses as the statements that look for them write them: once for all tables."""

from functools import cached_property

from ...core.datamap import normalise
from ..journal.sql_array import text_array


class Addresses(list):
    """Normalised e-mails, or numbers in E.164, that many questions are about."""

    @classmethod
    def of(cls, values):
        """Return the same addresses; what is known of them is not made again."""
        return values if isinstance(values, cls) else cls(values)

    @cached_property
    def sql(self):
        return text_array(self)

    @cached_property
    def _written(self):
        # Both forms of an international domain
        return [form for value in self for form in normalise.email_spellings(value)]

    @cached_property
    def written(self):
        """The SQL of the ways an e-mail is written."""
        return text_array(self._written)

    @cached_property
    def among(self):
        """The SQL of what an e-mail looks like among others.

        With marks that normalising takes away.
        """
        forms = self._written
        return text_array(
            [*forms, *(f"'{form}'" for form in forms), *(f"{form}." for form in forms)]
        )

    @cached_property
    def digits(self):
        """The SQL of the last digits of the numbers."""
        return text_array(map(normalise.phone_digits, self))
