"""Turn records into plain values a person can read (used by the exporter)."""

import json
import re
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr

from odoo.fields import NO_ACCESS
from odoo.tools import format_amount, format_date, format_datetime, formatLang

from ...core.datamap import bundle_mask, bundle_review, bundle_secret, filetext
from . import export_large, export_properties
from .export_name import get_display_name
from .export_review import Review
from .export_withheld import Withheld

MAX_NAMES = 100  # of a list of records shown in one cell
_MARKUP = re.compile(r"</?(?:html|body|div|p|table|span|br)\b[^>]*>", re.IGNORECASE)
TEXTS = ("char", "text", "html", "json", "properties")
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
    :param Review review: what an officer decided about the passages the rules hide
    """

    def __init__(
        self,
        env,
        masker,
        own,
        *,
        portability=False,
        allowed=None,
        fixed=None,
        review=None,
    ):
        self.env = env
        self.fixed = fixed or {}
        self.masker = masker
        self.own = own
        self.portability = portability
        self.allowed = allowed
        self.review = review or Review()
        self.withheld = Withheld(env, self.review, masker)
        self.withheld_files = {}
        self.ground = None  # on which the record read last stays out
        self._learned = {}
        self._recalled = 0
        self._place = None
        self._large = {}
        self._main = {}
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
        self._large = export_large.get_large(records)
        self.review.load(records._name, records.ids)
        apart = export_large.set_apart(records, self._large)
        for part in apart if self._large else [records]:
            self._learn_names(part, columns)
        for record in apart:
            self.ground = self.withheld.get_ground(record)
            values = {} if self.ground else self._read_values(record, columns)
            if self.review.is_active:
                self._apply_review(record)
            yield record, self._get_stub(columns) if self.ground else values

    def _read_values(self, record, columns):
        values = {}
        for column in columns:
            if self._is_large(record, column.name):
                values[column.name] = self.masker.labels["large"]
                self.review.note_large(record, column.name)
                continue
            self._place = (record, column.name)
            value = self.get_value(record, column)
            if value not in (None, "", [], False):
                values[column.name] = value
        self._place = None
        return values

    def _is_large(self, record, name):
        """Tell whether a value is too large to be masked: it stays out."""
        return name in self._large.get(record.id, ())

    def _get_stub(self, columns):
        """Return the values of a record that stays out: that it does, and why."""
        texts = [column for column in columns if column.ttype in TEXTS]
        return {
            column.name: self.masker.labels[self.ground]
            for column in (texts or columns)[:1]
        }

    def get_value(self, record, column):
        """Return one value as JSON-able data in the language of the person."""
        value = record[column.name]
        if column.ttype == "boolean":
            return bool(value)
        if not value and column.ttype not in ("integer", "float", "monetary"):
            return None
        reader = getattr(self, f"_read_{column.ttype}", None)
        return reader(record, column, value) if reader else self.mask(str(value))

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
        return self.mask(text)

    def _read_html(self, _record, _column, value):
        return self.mask(bundle_mask.read_html(value))

    def _read_char(self, _record, _column, value):
        return self.withheld.hide(self._mask_char(value))

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
        return self.mask(json.dumps(value, ensure_ascii=False, default=str))

    def _read_properties(self, record, column, _value):
        # The value itself knows no label: reading gives them
        rows = record.read([column.name])[0][column.name] or ()
        # Two may have the same label
        return [
            f"{row.get('string') or row['name']}: {text}"
            for row in rows
            if (text := export_properties.read(self, row))
        ]

    # === THIRD PARTIES === #

    def get_name(self, record):
        """Return the name to show for a related record; other people are masked."""
        if not record:
            return None
        if label := self.withheld.get_label(record):
            return label
        if record.id in self.own.get(record._name, ()):
            return get_display_name(record)
        if record._name == "ir.attachment" and self.review.is_withheld_file(record):
            return self.masker.labels["others"]
        kind = self.get_kind(record)
        if kind:
            return self._hide_name(record, kind)
        return self.mask(get_display_name(record))

    def _hide_name(self, record, kind):
        """Return the label of somebody else, or their name when it was decided so."""
        label, name = self.masker.labels[kind], get_display_name(record) or ""
        key = bundle_mask.get_name_key(bundle_mask.split_name(record.name))
        if not self._place or kind == "staff":
            return label  # the name of a colleague in a link is never shown
        # A link to a record leaves no doubt about who is meant
        self.review.note(*self._place, [bundle_review.Passage(kind, key, name, label)])
        return name if key in self.review.get_shown(*self._place) else label

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
                if kind and other.name:
                    self._learned.setdefault((other.name, kind))
                    self.masker.hide(other.name, kind)

    def take_learned(self):
        """Return the names learned since the last time, as lines for `recall`."""
        new = list(self._learned)[self._recalled :]
        self._recalled = len(self._learned)
        return [json.dumps(pair) for pair in new]

    def recall(self, lines):
        """Mask the names that were learned before an interruption."""
        for line in lines:
            name, kind = json.loads(line)
            self._learned.setdefault((name, kind))
            self.masker.hide(name, kind)
        self._recalled = len(self._learned)

    def _mask_char(self, text):
        """Mask one line; “Name <address>” goes as a whole when it is not theirs."""
        if "<" not in text or "@" not in text:
            return self.mask(text)
        shown = []
        for name, address in getaddresses([text]):
            written = f"{name} <{address}>" if name else address
            if address.casefold() in self.masker.own_emails:
                shown.append(written)
            else:
                shown.append(self._hide_address(written, address))
        return ", ".join(shown)

    def _hide_address(self, written, address):
        label, key = self.masker.labels["email"], f"email:{address.casefold()}"
        if key in self.masker.staff:
            return self.masker.labels["staff"]
        if not self._place:
            return label
        span = bundle_mask.Span(0, len(written), "email", key)
        doubt = bundle_review.get_doubt(self.masker, span)
        passage = bundle_review.Passage("email", key, written, label, doubt)
        self.review.note(*self._place, [passage])
        return written if key in self.review.get_shown(*self._place) else label

    def mask(self, text):
        text = bundle_secret.hide_secrets(text)
        if not self._place or not self.review.is_active:
            return self.withheld.hide(self.masker.mask_text(text))
        shown = self.review.get_shown(*self._place)
        return self.withheld.hide(self.masker.mask_text(text, shown, self._note))

    # === REVIEW === #

    def _note(self, text, spans):
        """Tell the review what the rules hide in the value being read."""
        record, _name = self._place
        is_own_text = (
            record._name == "mail.message"
            and record.author_id.id in self.own.get("res.partner", ())
        )
        passages = bundle_review.get_passages(
            self.masker, text, spans, is_own_text=is_own_text
        )
        self.review.note(*self._place, passages)

    def _apply_review(self, record):
        """Look at a record as a whole: what is doubtful and undecided stays out."""
        if not self.ground:
            if record._name == "mail.message" and not self.portability:
                self.review.note(record, "", list(self._get_whole(record)))
            if self._is_of_another(record):
                title = get_display_name(record) or ""
                whole = bundle_review.get_whole("other", title, "", "other")
                self.review.note(record, "", [whole])
            if record._name == "ir.attachment":
                self._review_file(record)
                self.ground = self.withheld.find_in_file(record, self.read_file)
            self.ground = self.ground or self.review.get_unchecked(record)
        if self.ground:
            self.review.withheld[self.ground] += 1
            if record._name == "ir.attachment":
                self.withheld_files[record.id] = self.ground

    def _is_of_another(self, record):
        """Tell whether a record only names the person and is about somebody else."""
        model = record._name
        if model not in self._main:
            self._main[model] = self.env["rgpd.data.map"]._get_main_link(model)
        link = self._main[model]
        owner = record[link.path] if link else None
        return bool(owner) and owner.id not in self.own.get("res.partner", ())

    def _get_whole(self, message):
        """Yield the passages that stand for a message as a whole.

        What somebody else wrote about the person tells about who wrote it; a note of
        the staff may hold a business secret.
        """
        if self._is_large(message, "body"):
            text = self.masker.labels["large"]
        else:
            text = bundle_mask.read_html(message.body)
        if not text:
            return
        masked = self.masker.mask_text(text)
        if self._is_by_other(message):
            yield bundle_review.get_whole(bundle_review.AUTHOR, text, masked, "author")
        elif message.message_type == "comment" and message.subtype_id.internal:
            yield bundle_review.get_whole(bundle_review.NOTE, text, masked)

    def _is_by_other(self, message):
        """Tell whether neither the person nor the staff wrote a message."""
        if message.author_id:
            return self.get_kind(message.author_id) == "person"
        address = parseaddr(message.email_from or "")[1].casefold()
        return (
            bool(address)
            and address not in self.masker.own_emails
            and f"email:{address}" not in self.masker.staff
        )

    def _review_file(self, file):
        """Tell the review whether a file names somebody else: it cannot be masked."""
        if (
            file.res_field
            or file.type == "url"
            or file.create_uid.id in self.own.get("res.users", ())
        ):
            return  # of a field, elsewhere, or handed in by the person
        passage = bundle_review.get_file(self.masker, self.read_file(file))
        self.review.note(file, "", [passage])

    def read_file(self, file):
        """Return the text of a file, '' without any, None when it is not readable."""
        if not filetext.is_readable(file.mimetype):
            return ""
        if (file.file_size or 0) > filetext.LARGEST_PART:
            return None
        try:
            text = filetext.read(file.raw or b"", file.mimetype)
        except filetext.UnreadableFileError:
            return None
        # So that it is not masked by halves: a human looks at it
        return text if len(text) <= export_large.LARGEST_VALUE else None

    # === PRESENTATION === #

    def get_title(self, record):
        """Return the heading of a record on the page."""
        if self.ground:
            return self.masker.labels[self.ground]
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
        if column.ttype == "datetime":
            return format_datetime(self.env, value, dt_format="short")
        if column.ttype in ("float", "integer") and not isinstance(value, str):
            digits = 0 if float(value).is_integer() else 2
            return formatLang(self.env, value, digits=digits)
        return str(value)
