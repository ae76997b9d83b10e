"""Fields that are not stored, and that lists can be sorted and grouped by.

A method of the model gives their expression. Were it ``_field_to_sql`` of the model,
every column of every search and form would go by it; these fields alone do.
"""

from odoo import fields


class SqlField:
    """The part that each type of field shares."""

    def to_sql(self, model, alias):
        """Return what the model makes of the field, for a table of this alias."""
        return model._rgpd_get_field_sql(alias, self.name)


class SqlSelection(SqlField, fields.Selection):
    pass


class SqlDate(SqlField, fields.Date):
    pass
