import time

from odoo import fields, models

from ...core.datamap import bundle_secret

MAX_DOCUMENTS = 50
MAX_SECONDS = 40  # spent on printing: the browser waits


class RgpdPersonExporter(models.AbstractModel):
    """Adds the files of the person, and prints their orders and invoices."""

    _inherit = "rgpd.person.exporter"

    def _collect_files(self, parts, reader, model, ids, portability):
        """Copy the files of these records: attachments found, and binary fields."""
        Attachment = self.env["ir.attachment"]
        for part in self._split(ids):
            if model == "ir.attachment":
                attachments = self._keep_files(Attachment.browse(part), parts, reader)
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

    def _keep_files(self, attachments, parts, reader):
        """Return the files that leave; those withheld are listed without content."""
        kept = attachments.browse()
        for file in attachments:
            if ground := reader.withheld_files.get(file.id):
                parts.files.add_withheld(reader.masker.labels[ground])
            else:
                kept += file
        return kept

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
