"""The properties of a record as a person reads them (used by the exporter)."""

from ...core.datamap import bundle_mask


def read(reader, row):
    """Return the text of one property, '' for an empty one.

    :param RecordReader reader: masks other people
    :param dict row: the property with its definition, as ``read`` gives it
    """
    kind, value = row.get("type"), row.get("value")
    if kind == "boolean":
        return reader.env._("Yes") if value else ""
    if not value or kind == "separator":
        return ""
    if kind in ("many2one", "many2many"):
        return _read_records(reader, row, [value] if kind == "many2one" else value)
    if kind in ("selection", "tags"):
        labels = {key: label for key, label, *_color in row.get(kind) or ()}
        keys = [value] if kind == "selection" else value
        return ", ".join(labels.get(key, key) for key in keys)
    if kind == "html":
        value = bundle_mask.read_html(value)
    return reader.mask(str(value))


def _read_records(reader, row, values):
    """Return the names of records; those of other people are masked."""
    if row.get("comodel") not in reader.env:
        return ""
    ids = [value[0] for value in values]
    records = reader.env[row["comodel"]].browse(ids).exists()
    return ", ".join(filter(None, dict.fromkeys(map(reader.get_name, records))))
