import json
import time

from odoo import fields, models

from ...core.datamap import bundle_secret
from ...core.datamap.bundle_parts import FILES, PAGE, PRINTED, TO_PRINT
from .export_files import FILE_FIELDS, FileCollector

MAX_DOCUMENTS = 50
MAX_PAGE = 2 * 1024 * 1024  # of HTML that is printed: some hundred sheets
MAX_SECONDS = 40  # spent on printing: the browser waits


class RgpdPersonExporter(models.AbstractModel):
    """Adds the files of the person, and prints their orders and invoices.

    Files are noted with the records, and copied when the copy is put together.
    """

    _inherit = "rgpd.person.exporter"

    def _list_files(self, step, reader, records, portability):
        """Note the files of these records: attachments found, and binary fields."""
        Attachment = self.env["ir.attachment"]
        if records._name == "ir.attachment":
            attachments = records
        else:
            attachments = Attachment.search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("res_field", "in", self._get_binary_fields(records._name)),
                ]
            )
        for file in attachments:
            if portability and not self._is_own_file(file, reader):
                continue
            if reader.withheld.get_ground(file) and not reader.withheld.is_told(file):
                continue  # it goes unmentioned with the record it belongs to
            if ground := self._get_file_ground(file, reader):
                step.write(FILES, f"{json.dumps([reader.masker.labels[ground]])}\n")
                continue
            # As it is now: an archived name is only back while it is read
            values = {name: file[name] or "" for name in FILE_FIELDS}
            owner = self._get_owner(file, reader)
            step.write(FILES, f"{json.dumps([file.id, values, owner])}\n")
        reader.withheld_files.clear()

    def _get_file_ground(self, file, reader):
        """Return the ground on which a file stays out, or None; count it once."""
        known = reader.withheld_files.get(file.id)
        if known:
            return known  # counted when it was read
        ground = reader.withheld.get_ground(file) or reader.withheld.find_in_file(
            file, reader.read_file
        )
        if ground:
            reader.review.withheld[ground] += 1
        return ground

    def _copy_files(self, spool, writer):
        """Copy the files noted into the archive; return what became of each."""
        files = FileCollector(self.env, writer)
        for line in spool.iterate_lines(FILES):
            noted = json.loads(line)
            if len(noted) == 1:
                files.add_withheld(*noted)
            else:
                files.add(*noted)
        for line in spool.iterate_lines(PRINTED):
            printed = json.loads(line)
            content = spool.read_part(".bytes", printed.pop("start"), printed["size"])
            files.add_document(content, **printed)
        return files

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

    def _print_documents(self, step, found, state, max_documents, withheld):
        """Print orders and invoices that have no PDF yet, one by one.

        What could not be printed is counted by kind in ``state["documents"]``.
        """
        is_new = state["documents"] is None
        if is_new:
            self._choose_documents(
                step, found, state, max_documents or MAX_DOCUMENTS, withheld
            )
            yield dict(state)
        chosen = [line.split() for line in step.read_lines(TO_PRINT)]
        deadline = time.monotonic() + MAX_SECONDS
        for model, res_id, report in chosen[state["printed"] :]:
            document = self.env[model].browse(int(res_id)).exists()
            is_late = not max_documents and time.monotonic() > deadline
            if document and (
                is_late or not self._print(step, report, document, state, withheld)
            ):
                self._count_unprinted(state, model, 1)
            state["printed"] += 1
            yield dict(state)

    def _choose_documents(self, step, found, state, left, withheld):
        """Note what to print; count what is too much, or cannot be printed at all."""
        state.update(documents={}, printed=0, bytes=0)
        can_print = self.env["ir.actions.report"].get_wkhtmltopdf_state() in (
            "ok",
            "workers",
        )
        for model, (report, domain) in self._get_document_reports().items():
            if model not in found or not self.env.ref(report, False):
                continue
            documents = self.env[model].search(
                [("id", "in", list(found[model])), *domain], order="id desc"
            )
            documents -= documents.filtered(withheld.get_ground)
            documents -= self._get_printed(documents, withheld)
            chosen = documents[: left if can_print else 0]
            left -= len(chosen)
            self._count_unprinted(state, model, len(documents) - len(chosen))
            for res_id in chosen._ids:
                step.write(TO_PRINT, f"{model} {res_id} {report}\n")

    @staticmethod
    def _count_unprinted(state, model, count):
        if count:
            known = state["documents"].get(model, 0)
            state["documents"] = {**state["documents"], model: known + count}

    def _get_printed(self, documents, withheld):
        """Return the documents whose PDF is an attachment, hence in the bundle.

        One that stays out with the message it was sent by does not count: the document
        itself is given. One chosen for itself does: nobody gives it by another way.
        """
        attachments = self.env["ir.attachment"].search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("mimetype", "=", "application/pdf"),
                ("id", "!=", False),
            ]
        )
        given = attachments.filtered(
            lambda file: withheld.is_root(file) or not withheld.get_ground(file)
        )
        return documents.browse(given.mapped("res_id"))

    def _print(self, step, report, document, state, withheld):
        """Print one document; tell whether it worked.

        One that tells about a withheld record (an invoice names its order) stays out.
        """
        reports = self.env["ir.actions.report"].with_context(
            report_pdf_no_attachment=True
        )
        try:
            with self.env.cr.savepoint():
                content, extension = reports._render_qweb_pdf(report, document.ids)
        except Exception:  # noqa: BLE001 - a broken report must not stop the answer
            return False
        if ground := withheld.find_in_pdf(content):
            count = state["withheld"].get(ground, 0)
            state["withheld"] = {**state["withheld"], ground: count + 1}
            return True
        name = document.name or str(document.id)
        line = {
            "name": f"{name}.{extension}",
            "extension": f".{extension}",
            "owner": f"{self._label(document._name)} {name}",
            "start": state["bytes"],
            "size": len(content),
        }
        step.write(PRINTED, f"{json.dumps(line)}\n")
        step.write_bytes(".bytes", content)
        state["bytes"] += len(content)
        self.env.invalidate_all()
        return True

    def _print_page(self, spool, writer):
        """Add the page as a PDF, unless it is too long to be printed."""
        page = spool.read(PAGE)
        reports = self.env["ir.actions.report"]
        if len(page) > MAX_PAGE or reports.get_wkhtmltopdf_state() not in (
            "ok",
            "workers",
        ):
            return
        try:
            content = reports._run_wkhtmltopdf([page.decode()])
        except Exception:  # noqa: BLE001 - the page itself is there
            return
        writer.add_bytes("index.pdf", content)

    def _get_unprinted_notes(self, unprinted):
        return [self._get_unprinted_note(*item) for item in unprinted.items()]

    def _get_unprinted_note(self, model, count):
        return self.env._(
            "%(label)s: %(count)s documents could not be printed here; their content"
            " is in the data, and a copy is sent on request.",
            label=self._label(model),
            count=count,
        )
