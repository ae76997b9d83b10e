"""Turn records into plain values a person can read (used by the exporter)."""

import json
import re
from dataclasses import dataclass
from email.utils import getaddresses

from odoo.fields import NO_ACCESS
from odoo.tools import format_amount, format_date, format_datetime

from ...core.datamap import bundle_mask, bundle_secret

MAX_NAMES = 100  # of a list of records shown in one cell
_MARKUP = re.compile(r"</?(?:html|body|div|p|table|span|br)\b[^>]*>", re.IGNORECASE)
STAFF_MODELS = ("hr.employee", "hr.employee.public")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a model as the person sees it."""

    name: str
    label: str
    ttype: str
    category: str | None
    selection: dict | None = None


class RecordReader:
    """Reads the records of one person in batches, with other people masked.

    :param env: environment in the language of the person, with all rights
    :param Masker masker: who may be shown
    :param dict own: `{model: ids}` of the records that stand for the person
    :param bool portability: only what the person provided (Art. 20)
    :param allowed: categories of data to keep, None for all
    :param dict fixed: `{model: field names}` of models the data map does not know
    """

    def __init__(
        self, env, masker, own, *, portability=False, allowed=None, fixed=None
    ):
        self.env = env
        self.fixed = fixed or {}
        self.masker = masker
        self.own = own
        self.portability = portability
        self.allowed = allowed
        self.category_labels = {
            category.code: category.name
            for category in env["rgpd.data.category"].search([])
        }

    # === COLUMNS === #

    def get_columns(self, model_name):
        """Return the columns of a model that belong in the bundle."""
        model = self.env[model_name]
        known = self.env["rgpd.data.map"]._get_fields(model_name)
        names = self.fixed.get(model_name) or [
            name
            for name, field in model._fields.items()
            if self._is_exported(field, known.get(name))
        ]
        labels = model.fields_get(names, ["string", "selection"])
        return [
            Column(
                name=name,
                label=labels[name]["string"],
                ttype=model._fields[name].type,
                category=self.category_labels.get(known[name].category)
                if name in known
                else None,
                selection=dict(labels[name].get("selection") or ()) or None,
            )
            for name in names
            if name in labels
        ]

    def _is_exported(self, field, fact):
        """Tell whether a field is part of the answer.

        Not personal in the map means that it names nobody; dates, amounts, states
        and references of somebody's document are data about them all the same.
        """
        if not field.store or field.type in ("one2many", "binary", "image"):
            return False
        if field.groups == NO_ACCESS or bundle_secret.is_secret(field.name):
            return False
        if bundle_secret.is_technical(field.name):
            return False
        if self.portability:
            return bool(fact and fact.is_personal and fact.provided_by_person) and (
                self.allowed is None or fact.category in self.allowed
            )
        if fact and not fact.is_personal:
            return field.type in ("date", "datetime", "monetary") or field.name in (
                "name",
                "state",
                "country_id",
                "state_id",
                "product_id",
                "product_uom_qty",
                "quantity",
                "price_unit",
            )
        return True

    # === VALUES === #

    def read(self, records, columns):  # pylint: disable=method-required-super
        """Yield (record, values by column name), empty values left out."""
        self._learn_names(records, columns)
        for record in records:
            values = {}
            for column in columns:
                value = self.get_value(record, column)
                if value not in (None, "", [], False):
                    values[column.name] = value
            yield record, values

    def get_value(self, record, column):
        """Return one value as JSON-able data in the language of the person."""
        value = record[column.name]
        if column.ttype == "boolean":
            return bool(value)
        if not value and column.ttype not in ("integer", "float", "monetary"):
            return None
        reader = getattr(self, f"_read_{column.ttype}", None)
        return reader(record, column, value) if reader else self._mask(str(value))

    def _read_integer(self, _record, _column, value):
        return value

    _read_float = _read_integer

    def _read_monetary(self, record, column, value):
        currency_field = record._fields[column.name].get_currency_field(record)
        currency = currency_field and record[currency_field]
        return format_amount(self.env, value, currency) if currency else value

    def _read_date(self, _record, _column, value):
        return value.isoformat()

    def _read_datetime(self, _record, _column, value):
        return value.isoformat(sep=" ", timespec="seconds")

    def _read_selection(self, _record, column, value):
        return (column.selection or {}).get(value, value)

    def _read_text(self, _record, _column, value):
        # Odoo keeps some HTML in plain text fields: the outgoing mail queue
        text = bundle_mask.read_html(value) if _MARKUP.search(value) else value
        return self._mask(text)

    def _read_html(self, _record, _column, value):
        return self._mask(bundle_mask.read_html(value))

    def _read_char(self, _record, _column, value):
        return self._mask_char(value)

    def _read_many2one(self, _record, _column, value):
        return self.get_name(value)

    def _read_many2many(self, _record, _column, value):
        return list(dict.fromkeys(map(self.get_name, value[:MAX_NAMES])))

    def _read_reference(self, _record, _column, value):
        return self.get_name(value) if value.exists() else None

    def _read_many2one_reference(self, record, column, value):
        model = record[record._fields[column.name].model_field]
        if not model or model not in self.env:
            return None
        target = self.env[model].browse(value).exists()
        return self.get_name(target) if target else None

    def _read_json(self, _record, _column, value):
        return self._mask(json.dumps(value, ensure_ascii=False, default=str))

    def _read_properties(self, _record, _column, value):
        shown = [
            f"{item.get('string') or item.get('name')}: {item.get('value')}"
            for item in value or ()
            if isinstance(item, dict) and item.get("value")
        ]
        return [self._mask(text) for text in shown]

    # === THIRD PARTIES === #

    def get_name(self, record):
        """Return the name to show for a related record; other people are masked."""
        if not record:
            return None
        if record.id in self.own.get(record._name, ()):
            return record.display_name
        kind = self.get_kind(record)
        if kind:
            return self.masker.labels[kind]
        return self._mask(record.display_name)

    def get_kind(self, record):
        """Return `staff` or `person` when the record is somebody else, or None."""
        if record._name in STAFF_MODELS:
            return "staff"
        if record._name == "res.users":
            if record.partner_id.id in self.own.get("res.partner", ()):
                return None
            return "person" if record.share else "staff"
        if record._name == "res.partner":
            if record.id in self.own.get("res.partner", ()):
                return None
            users = record.with_context(active_test=False).user_ids
            if users.filtered(lambda user: not user.share):
                return "staff"
            return None if record.is_company else "person"
        return None

    def _learn_names(self, records, columns):
        """Tell the masker the names of the other people these records point at."""
        for column in columns:
            if column.ttype not in ("many2one", "many2many"):
                continue
            comodel = records._fields[column.name].comodel_name
            if comodel not in ("res.partner", "res.users", *STAFF_MODELS):
                continue
            for other in records[column.name]:
                kind = self.get_kind(other)
                if kind:
                    self.masker.hide(other.name, kind)

    def _mask_char(self, text):
        """Mask one line; “Name <address>” goes as a whole when it is not theirs."""
        if "<" not in text or "@" not in text:
            return self._mask(text)
        shown = []
        for name, address in getaddresses([text]):
            if address.casefold() in self.masker.own_emails:
                shown.append(f"{name} <{address}>" if name else address)
            else:
                shown.append(self.masker.labels["email"])
        return ", ".join(shown)

    def _mask(self, text):
        return self.masker.mask_text(bundle_secret.hide_secrets(text))

    # === PRESENTATION === #

    def get_title(self, record):
        """Return the heading of a record on the page."""
        name = self.get_name(record) or ""
        if record._name == "mail.message":
            author = self.get_name(record.author_id) or self._mask_char(
                record.email_from or ""
            )
            return f"{format_datetime(self.env, record.date)} · {author}"
        return name.strip()[:200]

    def show(self, column, value):
        """Return a JSON value as text for the page."""
        if value is True:
            return self.env._("Yes")
        if isinstance(value, list):
            return ", ".join(value)
        if column.ttype == "date":
            return format_date(self.env, value)
        return str(value)
