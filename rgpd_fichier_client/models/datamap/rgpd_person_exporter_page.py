import io
import json
import tempfile
from contextlib import ExitStack

from odoo import fields, models, release

from ...core.datamap import bundle, bundle_page
from .export_files import FileCollector

SPOOL = 4 * 1024 * 1024


class RgpdPersonExporter(models.AbstractModel):
    """Writes page, JSON and CSV of the copy, record by record, in constant memory."""

    _inherit = "rgpd.person.exporter"

    def _write_bundle(self, records, stream, portability, review):
        """Write the archive; `self` has all rights and the person's language."""
        moment = fields.Datetime.now()
        found = self._find_records(records, portability)
        reader = self._prepare_reader(records, found, portability, review)
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
        for part in self._split(ids):
            yield from reader.read(self.env[model].browse(part), columns)
            self.env.invalidate_all()
            reader.review.advance(len(part))

    def _write_tails(self, parts, reader, found, portability):
        """Add printed documents, then end the page and the JSON."""
        notes = self._get_notes(portability) + self._get_withheld_notes(reader.review)
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

    def _get_withheld_notes(self, review):
        """Tell how many records stay out, and on which ground (Art. 12.4, 15.4)."""
        texts = {
            "others": self.env._(
                "%(count)s records are withheld whole, because they would tell about "
                "other people (Art. 15.4 GDPR).",
                count=review.withheld["others"],
            ),
            "secret": self.env._(
                "%(count)s records are withheld whole, because they hold a business "
                "secret (Art. 15.4, recital 63 GDPR).",
                count=review.withheld["secret"],
            ),
            "unchecked": self.env._(
                "%(count)s records came in after the copy was checked and name other "
                "people: ask us for them.",
                count=review.withheld["unchecked"],
            ),
        }
        return [text for ground, text in texts.items() if review.withheld[ground]]

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
