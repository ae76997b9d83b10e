import io
import json
import tempfile
import time
from contextlib import ExitStack

from odoo import api, fields, models, release
from odoo.exceptions import UserError

from ...core.datamap import bundle, bundle_mask, bundle_page, bundle_secret
from .export_files import FileCollector
from .export_reader import RecordReader

BATCH = 200
SPOOL = 4 * 1024 * 1024
MAX_DOCUMENTS = 50
MAX_SECONDS = 40  # spent on printing: the browser waits
MAX_STAFF_NAMES = 5000
# Kinds of data a reader looks for first; the others follow by name.
FIRST_MODELS = (
    "res.partner",
    "res.partner.bank",
    "crm.lead",
    "mailing.contact",
    "rgpd.consent",
    "sale.order",
    "account.move",
    "account.payment",
    "mail.message",
)


class RgpdPersonExporter(models.AbstractModel):
    """Writes the copy of everything held about a person (Art. 15.3 and 20 GDPR).

    What there is comes from the finder, what each field means from the data map.
    Records are read in batches and streamed, so that memory does not grow with
    the person; other people are masked (Art. 15.4); means of access never leave.
    """

    _name = "rgpd.person.exporter"
    _description = "Exporter of a Person's Data"

    @api.model
    def _export(self, records, stream, portability=False):
        """Write the bundle of the persons behind `records` into a binary stream.

        The ZIP holds `index.html`, `data.json` with its `schema.json`, one CSV per
        model, `files/`, and `manifest.json` with the SHA-256 of each entry. No name
        of an entry tells who the person is. Runs with all rights: who may ask is
        decided by the caller.

        :param records: one person, as records of any anchor model
        :param stream: binary stream, left open; need not be seekable
        :param bool portability: only what the person provided (Art. 20)
        :return: the manifest; `counts` gives the number of records by model
        :rtype: dict
        :raise UserError: the records do not exist any more
        """
        records = records.exists()
        if not records:
            raise UserError(
                self.env._("This person does not exist any more: nothing is held.")
            )
        # sudo: the copy is complete whatever the rights of who answers (Art. 15)
        lang = self._get_lang(records.sudo())
        exporter = self.sudo().with_context(lang=lang, active_test=False)
        return exporter._write_bundle(
            records.with_env(exporter.env), stream, portability
        )

    def _write_bundle(self, records, stream, portability):
        """Write the archive; `self` has all rights and the person's language."""
        moment = fields.Datetime.now()
        found = self._find_records(records, portability)
        reader = self._prepare_reader(records, found, portability)
        writer = bundle.BundleWriter(stream, moment)
        with ExitStack() as stack:
            page_file, json_file = (
                stack.enter_context(self._open_spool()) for _n in range(2)
            )
            parts = _Parts(
                writer, FileCollector(self.env, writer), page_file, json_file
            )
            self._write_heads(parts, records, found, moment, portability)
            counts = self._write_models(parts, reader, found, portability)
            self._write_tails(parts, reader, found, portability)
            for name, spool in (("index.html", page_file), ("data.json", json_file)):
                spool.flush()
                spool.buffer.seek(0)
                writer.add_stream(name, spool.buffer)
        writer.add_bytes("schema.json", bundle.read_schema())
        return writer.close(
            right="portability" if portability else "access",
            software=f"rgpd_fichier_client, Odoo {release.version}",
            counts=counts,
            files=len(parts.files.items),
            missing_files=parts.files.missing,
        )

    @staticmethod
    def _open_spool():
        """Return a text file that lives in memory, or unlinked on disk when big."""
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOL, mode="w+b")
        return io.TextIOWrapper(spool, encoding="utf-8", write_through=True)

    # === WHO AND WHAT === #

    def _get_lang(self, records):
        """Return the language of the person, if Odoo has it, or of the company."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = [
            *("lang" in records._fields and records.mapped("lang") or ()),
            self.env.company.partner_id.lang,
            "fr_FR",
            self.env.lang,
        ]
        return next((code for code in wanted if code in installed), "en_US")

    def _find_records(self, records, portability):
        """Return `{model: sorted ids}` of what goes into the bundle."""
        found = self.env["rgpd.person.finder"]._find(records)
        kept = {}
        for model in self._sort_models(found):
            if model in bundle_secret.SECRET_MODELS or model not in self.env:
                continue
            ids = self._filter_company(model, list(found[model]))
            if model == "ir.attachment":
                ids = self._filter_attachments(ids)
            if portability and model == "mail.message":
                ids = self._filter_own_messages(records, ids)
            if ids:
                kept[model] = ids
        return kept

    def _sort_models(self, found):
        rank = {model: position for position, model in enumerate(FIRST_MODELS)}
        return sorted(found, key=lambda model: (rank.get(model, len(rank)), model))

    def _filter_company(self, model, ids):
        """Return the ids of this company, sorted; another controller answers itself."""
        Model = self.env[model]
        domain = [("id", "in", ids)]
        field = Model._fields.get("company_id")
        if field and field.store and field.type == "many2one":
            domain += [("company_id", "in", [False, *self.env.companies.ids])]
        order = "date, id" if model == "mail.message" else "id"
        return list(Model.search(domain, order=order)._ids)

    def _filter_attachments(self, ids):
        """Leave out thumbnails, and files of fields that never leave."""
        attachments = self.env["ir.attachment"].browse(ids)
        return attachments.filtered(
            lambda file: (
                not file.res_field
                or not (
                    bundle_secret.is_secret(file.res_field)
                    or bundle_secret.is_technical(file.res_field)
                )
            )
        ).ids

    def _filter_own_messages(self, records, ids):
        own = self._get_own_ids(records).get("res.partner", ())
        domain = [("id", "in", ids), ("author_id", "in", list(own))]
        return list(self.env["mail.message"].search(domain, order="date, id")._ids)

    def _get_own_ids(self, records):
        """Return `{model: ids}` of the records that stand for the person."""
        own = {records._name: set(records.ids)}
        if records._name == "res.partner":
            users = self.env["res.users"].search([("partner_id", "in", records.ids)])
            own["res.users"] = set(users.ids)
        elif "partner_id" in records._fields:
            own["res.partner"] = set(records.partner_id.ids)
        return own

    def _prepare_reader(self, records, found, portability):
        company = self.env.company
        masker = bundle_mask.Masker(
            {
                "person": self.env._("[another person]"),
                "staff": self.env._("[member of staff]"),
                "email": self.env._("[e-mail of another person]"),
                "phone": self.env._("[phone of another person]"),
            }
        )
        self._show_person(masker, records)
        self._hide_neighbours(masker, records)
        return RecordReader(
            self.env,
            masker,
            self._get_own_ids(records),
            portability=portability,
            allowed=self._get_portable_categories(company),
            fixed=self._get_fixed_fields(portability),
        )

    def _show_person(self, masker, records):
        """Declare what identifies the person, and the company itself."""
        identifiers = self.env["rgpd.person.finder"]._get_identifiers(records)
        for found in identifiers.values():
            for item in found:
                if item.kind in ("email", "login"):
                    masker.show(emails=[item.value])
                elif item.kind == "phone":
                    masker.show(phones=[item.value])
                elif item.kind == "name":
                    masker.show(names=[item.value])
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            masker.show(
                names=[company.name], emails=[company.email], phones=[company.phone]
            )

    def _hide_neighbours(self, masker, records):
        """Declare staff and the other contacts of the same company."""
        users = self.env["res.users"].search(
            [("share", "=", False)], limit=MAX_STAFF_NAMES
        )
        own = self._get_own_ids(records).get("res.partner", set())
        for user in users:
            if user.partner_id.id not in own:
                masker.hide(user.name, "staff")
        if records._name == "res.partner":
            family = self.env["res.partner"].search(
                [
                    ("commercial_partner_id", "in", records.commercial_partner_id.ids),
                    ("id", "not in", list(own)),
                    ("is_company", "=", False),
                ],
                limit=MAX_STAFF_NAMES,
            )
            for other in family.filtered("name"):
                masker.hide(other.name)

    # === HOOKS FOR THE TOPICS BELOW === #

    def _get_information(self, _records, _portability):
        """Return the blocks of Art. 15.1 shown before the data.

        The register and the retention engine extend it.

        :return: list of ``{"title", "text": [...], "columns": [...], "rows": [[...]]}``
        """
        return []

    def _get_fixed_fields(self, portability):
        """Return `{model: field names}` where the data map does not decide.

        Messages the person wrote are data they provided, others are not. A lower
        topic adds its own models.
        """
        return {"mail.message": ("date", "subject", "body")} if portability else {}

    def _get_portable_categories(self, _company):
        """Return the codes of categories used under consent or contract, or None.

        :return: set of codes; None when nothing is known and all are kept
        """
        return

    def _get_document_reports(self):
        """Return `{model: (report xml id, domain of the documents to print)}`."""
        return {
            "sale.order": (
                "sale.action_report_saleorder",
                [("state", "in", ("sent", "sale", "done"))],
            ),
            "account.move": (
                "account.account_invoices",
                [
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ],
            ),
        }

    # === WRITING === #

    def _write_heads(self, parts, records, found, moment, portability):
        """Begin the page and the JSON: who answers, and what Art. 15.1 asks to tell."""
        company = self.env.company
        controller = {
            "name": company.name,
            "address": company.partner_id._display_address(
                without_company=True
            ).strip(),
            "email": company.email or None,
            "phone": company.phone or None,
        }
        information = self._get_information(records, portability)
        parts.page = bundle_page.PageWriter(
            parts.page_file, self._get_page_labels(portability)
        )
        lang = (self.env.lang or "en_US").split("_")[0]
        parts.page.write_head(
            lang,
            [
                (self.env._("Company that answers"), controller["name"]),
                (self.env._("Made on"), f"{moment:%Y-%m-%d %H:%M} UTC"),
            ],
        )
        sections = [
            (self._anchor(model), f"{self._label(model)} ({len(ids)})")
            for model, ids in found.items()
        ]
        parts.page.write_contents([*sections, ("files", self.env._("Files"))])
        parts.page.write_information(information)
        head = {
            "format": bundle.FORMAT,
            "generated": moment.isoformat(timespec="seconds") + "Z",
            "right": "portability" if portability else "access",
            "language": self.env.lang or "en_US",
            "controller": controller,
            "information": information,
        }
        parts.json_file.write(bundle.dump_json(head)[:-2] + ',\n "models": [')

    def _write_models(self, parts, reader, found, portability):
        """Write each kind of data into CSV, JSON and page; return the counts."""
        counts = {}
        for model, ids in found.items():
            columns = reader.get_columns(model)
            if columns and not (portability and model == "ir.attachment"):
                parts.json_file.write("," if counts else "")
                self._write_model(parts, reader, model, ids, columns)
                counts[model] = len(ids)
            self._collect_files(parts, reader, model, ids, portability)
        parts.json_file.write("],\n")
        return counts

    def _write_model(self, parts, reader, model, ids, columns):
        head = {
            "model": model,
            "label": self._label(model),
            "fields": [
                {
                    "name": column.name,
                    "label": column.label,
                    "type": column.ttype,
                    "category": column.category,
                }
                for column in columns
            ],
        }
        parts.json_file.write(json.dumps(head, ensure_ascii=False)[:-1])
        parts.json_file.write(', "records": ')
        parts.page.open_section(self._anchor(model), head["label"])
        shown = 0
        with (
            parts.writer.open_entry(f"csv/{model}.csv") as entry,
            bundle.JsonArrayWriter(parts.json_file) as array,
        ):
            table = bundle.CsvWriter(entry, [column.label for column in columns])
            for record, values in self._read(reader, model, ids, columns):
                table.add(values.get(column.name) for column in columns)
                array.add({"reference": record.id, "values": values})
                if shown < bundle_page.SHOWN_RECORDS:
                    shown += 1
                    pairs = [
                        (column.label, reader.show(column, values[column.name]))
                        for column in columns
                        if column.name in values
                    ]
                    parts.page.write_record(reader.get_title(record), pairs)
        parts.page.close_section(hidden=len(ids) - shown)
        parts.json_file.write("}")

    def _read(self, reader, model, ids, columns):
        """Yield (record, values) batch by batch; the cache does not grow."""
        for start in range(0, len(ids), BATCH):
            records = self.env[model].browse(ids[start : start + BATCH])
            yield from reader.read(records, columns)
            self.env.invalidate_all()

    def _write_tails(self, parts, reader, found, portability):
        """Add printed documents, then end the page and the JSON."""
        notes = self._get_notes(portability)
        if not portability:
            notes += self._print_documents(parts, found)
        if parts.files.missing:
            notes.append(
                self.env._(
                    "%(count)s files are listed but their content could not be found "
                    "in the storage of the company.",
                    count=parts.files.missing,
                )
            )
        parts.page.write_files("files", parts.files.items)
        parts.page.write_notes(notes)
        parts.page.write_end()
        parts.json_file.write(
            f' "files": {bundle.dump_json(parts.files.items)},\n'
            f' "notes": {bundle.dump_json(notes)}\n}}\n'
        )

    def _get_notes(self, portability):
        notes = [
            self.env._(
                "Names, e-mail addresses and phone numbers of other people are masked "
                "to protect them (Art. 15.4 GDPR); passwords and access keys are never "
                "copied."
            )
        ]
        if portability:
            notes.append(
                self.env._(
                    "This copy holds the data you provided (Art. 20 GDPR). An access "
                    "request (Art. 15) gives a copy of everything held about you."
                )
            )
        return notes

    # === FILES === #

    def _collect_files(self, parts, reader, model, ids, portability):
        """Copy the files of these records: attachments found, and binary fields."""
        Attachment = self.env["ir.attachment"]
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            if model == "ir.attachment":
                attachments = Attachment.browse(part)
            else:
                attachments = Attachment.search(
                    [
                        ("res_model", "=", model),
                        ("res_id", "in", part),
                        ("res_field", "in", self._get_binary_fields(model)),
                    ]
                )
            for attachment in attachments:
                if not portability or self._is_own_file(attachment, reader):
                    parts.files.add(attachment, self._get_owner(attachment, reader))
            self.env.invalidate_all()

    def _get_binary_fields(self, model):
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.type in ("binary", "image")
            and field.store
            and getattr(field, "attachment", False)
            and field.groups != fields.NO_ACCESS
            and not bundle_secret.is_secret(name)
            and not bundle_secret.is_technical(name)
        ]

    def _is_own_file(self, attachment, reader):
        """Tell whether the person handed the file in, by their own account."""
        return attachment.create_uid.id in reader.own.get("res.users", ())

    def _get_owner(self, attachment, reader):
        model = attachment.res_model
        if not model or model not in self.env or not attachment.res_id:
            return self.env._("Files")
        record = self.env[model].browse(attachment.res_id).exists()
        name = reader.get_name(record) if record else ""
        return f"{self._label(model)} {name or ''}".strip()

    def _print_documents(self, parts, found):
        """Print orders and invoices that have no PDF yet; return notes."""
        notes, left = [], MAX_DOCUMENTS
        deadline = time.monotonic() + MAX_SECONDS
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        for model, (report, domain) in self._get_document_reports().items():
            if model not in found or not self.env.ref(report, False):
                continue
            documents = self.env[model].search(
                [("id", "in", found[model]), *domain], order="id desc"
            )
            documents -= self._get_printed(documents)
            if state not in ("ok", "workers"):
                notes.append(self._get_unprinted_note(model, len(documents)))
                continue
            printed = [
                self._print(parts, report, document)
                for document in documents[:left]
                if time.monotonic() < deadline
            ]
            left -= len(printed)
            missing = len(documents) - sum(printed)
            if missing:
                notes.append(self._get_unprinted_note(model, missing))
        return notes

    def _get_printed(self, documents):
        """Return the documents whose PDF is an attachment, hence in the bundle."""
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("mimetype", "=", "application/pdf"),
                ("id", "!=", False),
            ]
        )
        return documents.browse(attachments.mapped("res_id"))

    def _print(self, parts, report, document):
        """Print one document into the bundle; tell whether it worked."""
        reports = self.env["ir.actions.report"].with_context(
            report_pdf_no_attachment=True
        )
        try:
            with self.env.cr.savepoint():
                content, extension = reports._render_qweb_pdf(report, document.ids)
        except Exception:  # noqa: BLE001 - a broken report must not stop the answer
            return False
        label = self._label(document._name)
        name = document.name or str(document.id)
        parts.files.add_bytes(
            f"{name}.{extension}", content, f".{extension}", f"{label} {name}"
        )
        self.env.invalidate_all()
        return True

    def _get_unprinted_note(self, model, count):
        return self.env._(
            "%(label)s: %(count)s documents could not be printed here; their content"
            " is in the data, and a copy is sent on request.",
            label=self._label(model),
            count=count,
        )

    # === LABELS === #

    def _label(self, model):
        # sudo of the whole exporter: model names in the language of the person
        return self.env["ir.model"]._get(model).name or model

    @staticmethod
    def _anchor(model):
        return model.replace(".", "-")

    def _get_page_labels(self, portability):
        title = (
            self.env._("The data you provided to us")
            if portability
            else self.env._("The personal data we hold about you")
        )
        return {
            "title": title,
            "intro": self.env._(
                "This page shows the copy of your data. The same data is in the folder "
                "“csv” for a spreadsheet, and in data.json for another service."
            ),
            "contents": self.env._("Contents"),
            "more": self.env._(
                "{count} more records are in the CSV file and in data.json."
            ),
            "files": self.env._("Files"),
            "missing": self.env._("content not found"),
        }


class _Parts:
    """The outputs of one bundle while it is written."""

    def __init__(self, writer, files, page_file, json_file):
        self.writer = writer
        self.files = files
        self.page_file = page_file
        self.json_file = json_file
        self.page = None
