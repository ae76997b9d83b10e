"""The records that stay out of a copy as a whole (used by the exporter)."""

import io

import pypdf

from ...core.datamap import bundle_mask, bundle_withheld, filetext

# Fields that hold the number or the name of a document
NAMES = ("name", "ref", "reference", "number", "client_order_ref", "payment_reference")


def leave_out(found, review):
    """Return what was found without what hangs on a record that is withheld.

    The record itself stays in its place, as a line that says so; a file of a kept
    record that goes with it too.
    """
    withheld = review.get_withheld_records()
    told = {**review.get_withheld_roots(), **review.get_withheld_files()}
    kept = {
        model: [
            res_id
            for res_id in ids
            if (model, res_id) in told or (model, res_id) not in withheld
        ]
        for model, ids in found.items()
    }
    return {model: ids for model, ids in kept.items() if ids}


class Withheld:
    """Tells every writer of a bundle what stays out, and hides what tells of it.

    :param env: environment with all rights
    :param Review review: what an officer decided
    :param Masker masker: its labels, and what is the person's own
    """

    def __init__(self, env, review, masker):
        self._grounds = review.get_withheld_records()
        self._roots = review.get_withheld_roots()
        self._files = review.get_withheld_files()
        self._masker = masker
        self._labels = masker.labels
        self._checksums = {}
        self._references = bundle_withheld.References(masker.labels)
        for model, res_id in self._roots:
            record = env[model].browse(res_id).exists()
            if record and model != "mail.message":
                self._learn(record, masker.own_names, self._grounds[model, res_id])
        self._learn_files(env)

    def get_ground(self, record):
        """Return the ground on which a record stays out, or None."""
        return self._grounds.get((record._name, record.id))

    def get_label(self, record):
        """Return what stands for a record that stays out, or None."""
        ground = self.get_ground(record)
        return ground and self._labels[ground]

    def is_root(self, record):
        """Tell whether a record was decided on, rather than part of one that was."""
        return (record._name, record.id) in self._roots

    def is_told(self, record):
        """Tell whether the person is told of a record that stays out by itself.

        The rest is part of what they are told of.
        """
        return self.is_root(record) or (record._name, record.id) in self._files

    def hide(self, text):
        """Return a text without the numbers and names of what stays out."""
        return self._references.hide(text)

    def find(self, text):
        """Return the ground of what a text tells about, or None."""
        return self._references.find(text)

    def find_in_pdf(self, content):
        """Return the ground of what a printed document tells about, or None.

        `others` too when it names somebody else: a delivery address, for instance.
        A number alone is not taken for a phone: documents are full of them.
        """
        text = self._read_pdf(content)
        named = [
            span
            for span in self._masker.find(text)
            if span.kind == "person" and len(span.words) > 1
        ]
        return self.find(text) or ("others" if named else None)

    @staticmethod
    def _read_pdf(content):
        """Return the text of a PDF made by Odoo, and of the XML it carries."""
        try:
            texts = [filetext.read(content, filetext.PDF_TYPE)]
        except filetext.UnreadableFileError as error:
            return error.text
        for name, files in pypdf.PdfReader(io.BytesIO(content)).attachments.items():
            texts += [name, *(file.decode("utf-8", "replace") for file in files)]
        return "\n".join(texts)

    def find_in_file(self, file, read):
        """Return the ground on which a file stays out that is not withheld itself.

        It is the same file elsewhere, or its text tells about a withheld record.

        :param read: called with the file, gives its text or None
        """
        if file.checksum in self._checksums:
            return self._checksums[file.checksum]
        if not self._references:
            return None
        return self.find(file.name) or self.find(file.url) or self.find(read(file))

    def _learn(self, record, own_names, ground):
        """Declare the number and the name of a record, unless it is the person's."""
        names = {record._rec_name, *NAMES} & set(record._fields)
        for name in names:
            if record._fields[name].type != "char":
                continue
            text = record[name] or ""
            if bundle_mask.split_name(text) not in own_names:
                self._references.add(text, ground)

    def _learn_files(self, env):
        ids = [res_id for model, res_id in self._grounds if model == "ir.attachment"]
        for file in env["ir.attachment"].browse(ids).exists():
            if file.checksum:
                self._checksums[file.checksum] = self._grounds[file._name, file.id]
