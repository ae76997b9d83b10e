from odoo import api, models

from ...core.datamap import filetext
from ...core.retention import erasure_scope


class RgpdEraserDocumentScope(models.AbstractModel):
    """Whose documents they are: the records say it, not whom they are erased for.

    In the books of a document that names nobody any more, that is the first person
    whom its invoice still names.
    """

    _inherit = "rgpd.eraser.document.scope"

    @api.model
    def _get_organisation_records(self, records):
        """Return those of these documents that are an organisation's own."""
        path = self.env["rgpd.document"]._get_models().get(records._name)
        if not path or not records._rgpd_stays_whole:
            return records.browse()
        subjects = self.env["rgpd.subject"]._of(records.mapped(path))
        # What a contact stands for that is nobody was a person's
        own = {s.res_id for s in subjects if not s.is_natural}
        own -= self.env["rgpd.stand.in"]._get_partner_ids()
        return records.filtered(lambda record: record[path].id in own)

    @api.model
    def _get_natures(self, scope, pairs):
        """Return ``{(model, id): {whether it hangs on the document of a person}}``."""
        return erasure_scope.propagate(
            {
                (model, row_id): row_id not in scope.own._ids
                for model, row_id in scope.anchors
            },
            pairs,
        )


class RgpdEraserDocumentWork(models.AbstractModel):
    """What is an organisation's own on its documents: texts, a contract, a plan.

    The person leaves the texts, which stay. Nobody can take a name out of a file: one
    in which the person can be read goes with them (Art. 5.1 e GDPR), and what they sent
    themselves; the others stay, and the certificate counts them.
    """

    _inherit = "rgpd.eraser.document.work"

    def _get_anchor_groups_of(self, scope, model):
        """An order of an organisation is no text of the person's own."""
        groups = super()._get_anchor_groups_of(scope, model)
        own = set(scope.own.ids) if model == scope.own._name else set()
        if not own:
            return groups
        groups = [([i for i in ids if i not in own], rules) for ids, rules in groups]
        return [*groups, (sorted(own), self._get_rules(model))]

    def _erase_files(self, work, model, action, ids):
        spared = set()
        for note, some in self._get_spared_files(work, ids).items():
            work["report"].add("kept", model, ("file",), some, note)
            spared |= some
        return super()._erase_files(work, model, action, set(ids) - spared)

    def _get_spared_files(self, work, ids):
        """Return the files of organisations in which no person who leaves is read.

        :return: ``{note of the certificate: ids}``, apart those that nobody can read,
            or not as a whole
        """
        scope = work["scope"]
        if not scope.own:
            return {}
        # What nobody owns alone is that of a person where one of them bought
        others = {not scope.own >= scope.records}
        ids = {
            row_id
            for row_id in ids
            if True not in scope.natures.get(("ir.attachment", row_id), others)
        }
        ids -= {
            row_id
            for _name, row_id in self.env[
                "rgpd.eraser.document.scope"
            ]._get_posted_files(scope)
        }
        files = self.env["ir.attachment"].browse(sorted(ids)).exists()
        redact = work["redact"].of_model(files._name)
        spared, known = {}, {}
        for file in files:
            key = (file.store_fname or file.id, file.mimetype)
            if key not in known:
                known[key] = self._read_file(file)
            content, is_read = known[key]
            parts = [file.name, file.description, file.index_content, file.url, content]
            text = "\n".join(filter(None, parts))
            if text == redact(file.id)(text):
                note = "other_person" if is_read else "unread"
                if content.strip() and not is_read:
                    note = "partly"
                spared.setdefault(note, set()).add(file.id)
        return spared

    @api.model
    def _read_file(self, file):
        """Return what can be read in a file, and whether that is all there is.

        A picture, a scan, an encrypted or missing file is not clean: nobody knows. The
        text is not kept for the next time: a document ends once.
        """
        if file.type == "url":
            return "", True
        data = file._file_read(file.store_fname) if file.store_fname else file.db_datas
        mimetype = file.mimetype or ""
        if not data:
            return "", not file.file_size
        if not filetext.is_readable(mimetype):
            return "", False
        try:
            text = filetext.read(data, mimetype)
        except filetext.UnreadableFileError as error:
            return error.text, False
        is_read = bool(text.strip())
        if is_read and mimetype.startswith(filetext.PDF_TYPE):
            is_read = not filetext.has_unread_page(data)
        return text, is_read
