"""What the pages of a form tell, once somebody opens them: see ``later_rows.js``."""

from odoo.tools import format_date


def get(record, names, looks=None):
    """Return those of these fields that have a value and that the user may read.

    :param record: one record
    :param names: names of fields: text, date or selection
    :param looks: ``{value: class of a badge}``
    :return: ``[{name, label, help, value, look}]``
    """
    rows = []
    for name in names:
        field = record._fields[name]
        if not record._has_field_access(field, "read") or not record[name]:
            continue
        shown = value = record[name]
        if field.type == "date":
            shown = format_date(record.env, value)
        elif field.type == "selection":
            shown = dict(field._description_selection(record.env))[value]
        rows.append(
            {
                "name": name,
                "label": field._description_string(record.env),
                "help": field._description_help(record.env) or "",
                "value": shown,
                "look": (looks or {}).get(value, ""),
            }
        )
    return rows
