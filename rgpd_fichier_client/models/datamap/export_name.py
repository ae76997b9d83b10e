"""The name of a record in a copy, whatever state its data are in."""

from odoo.exceptions import UserError


def get_display_name(record):
    """Return the display name, or the stored name when Odoo refuses to make it.

    A contact in the archive keeps its language when that language is removed, and
    Odoo refuses to translate into it (the name of a line of an order does).
    """
    try:
        return record.display_name
    except UserError:
        name = record._rec_name and record[record._rec_name]
        return str(name or record.id)
