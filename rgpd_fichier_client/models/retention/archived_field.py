"""Fields of an archived person: the row keeps the value, most readers get a label.

The value in the row and in the cache of the ORM stays the true one, so that accounting
documents, stored computes and everything the software itself writes stay right. It is
hidden where a value becomes something that code or a user can read: the conversion of
the cache, which every path goes through (form, list, export, report, labels of links
that Odoo computes in sudo, templates, RPC).

While nobody is archived the fields stay those of Odoo: a list reads many values.
"""

from functools import cache

from .rgpd_vault_masking import is_nobody_archived


@cache
def _get_class(base, shown):
    """Return the class of a field like `base` that hides its value.

    :param type base: class of the field, a text
    :param shown: what is shown instead; None for the label
    """

    class ArchivedField(base):
        is_archived_field = True

        def convert_to_record(self, value, record):
            """Hide the value from who may not read the archive."""
            if value:
                archive = record.env["rgpd.vault"]
                if archive._is_masking() and archive._is_hidden(record):
                    return archive._get_label() if shown is None else shown
            return super().convert_to_record(value, record)

    return ArchivedField


@cache
def _get_column_class(base):
    """Return the class of a stored field like `base` that a model may hide in SQL.

    :param type base: class of the field, a text
    """

    class ArchivedColumn(base):
        is_archived_column = True
        # Its SQL in the table of the model: the same in each statement
        _plain_sql = None

        def to_sql(self, model, alias):
            """Let nobody look for, sort or group by what they may not read.

            While nobody is archived this costs less than it does in Odoo.
            """
            if not is_nobody_archived(model.env):
                sql = super().to_sql(model, alias)
                return model._hide_archived_column(sql, alias)
            if alias != model._table or self.translate or self.company_dependent:
                return super().to_sql(model, alias)
            if self._plain_sql is None:
                self._plain_sql = super().to_sql(model, alias)
            return self._plain_sql

    return ArchivedColumn


def guard(model, names):
    """Have a model asked how columns of its table are read, by whatever query.

    Always: only these columns pay for it, and no query may be the first one to learn
    that somebody is archived. They are to be hidden besides, see ``hide``.

    :param model: empty recordset, with a method ``_hide_archived_column``
    :param names: names of stored fields
    """
    for name in names:
        field = model._fields[name]
        _check(field)
        if not getattr(field, "is_archived_column", False):
            field.__class__ = _get_column_class(type(field))


def hide(model, shown):
    """Make fields of a model hide their values, once somebody is archived.

    :param model: empty recordset
    :param dict shown: what is shown instead of each field; see ``_get_class``
    """
    archive = model.env["rgpd.vault"]
    for name, text in shown.items():
        field = model._fields[name]
        _check(field)
        if archive._is_hiding:
            _hide(field, text)


def _check(field):
    """Refuse a field that is shared with databases without this add-on.

    :raise TypeError: it is
    """
    if not field._toplevel:
        raise TypeError(f"{field} is shared between registries")


def _hide(field, shown):
    """Make the field of one registry hide its value.

    Its class changes, not its definition: other add-ons may still redefine the field,
    before or after, without losing an attribute. Only for fields that belong to this
    registry alone, hence redefined by this add-on.

    :param odoo.fields.Field field: field that has been set up
    :param shown: what is shown instead; None for the label
    """
    if not getattr(field, "is_archived_field", False):
        field.__class__ = _get_class(type(field), shown)


def own(definition, names):
    """Say that redefined fields of a class add nothing of this add-on's.

    The redefinition only makes the field belong to one registry; without this Odoo
    would give it an external id here, and remove the column with the add-on.

    :param type definition: class that redefines the fields
    :param names: names of the fields
    """
    for field in definition._field_definitions:
        if field.name in names:
            field._module = None
