from odoo import api, models

from ...core.datamap import filetext


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
        if not scope.records._rgpd_stays_whole:
            return groups
        natural = set(scope.subjects.filtered("is_natural").ids)
        own = {
            row_id
            for row_id in scope.ids_of(model)
            if scope.anchors[model, row_id] not in natural
        }
        groups = [([i for i in ids if i not in own], rules) for ids, rules in groups]
        return [*groups, (sorted(own), self._get_rules(model))]

    def _erase_files(self, work, model, action, ids):
        spared = self._get_spared_files(work, ids)
        work["report"].add("kept", model, ("file",), spared, "other_person")
        return super()._erase_files(work, model, action, set(ids) - spared)

    def _get_spared_files(self, work, ids):
        """Return the files of organisations in which no person who leaves is named."""
        scope = work["scope"]
        if not scope.records._rgpd_stays_whole:
            return set()
        persons = set(scope.subjects.filtered("is_natural").ids)
        ids = {
            row_id
            for row_id in ids
            if not persons & scope.owners.get(("ir.attachment", row_id), persons)
        }
        ids -= {
            row_id
            for _name, row_id in self.env[
                "rgpd.eraser.document.scope"
            ]._get_posted_files(scope)
        }
        files = self.env["ir.attachment"].browse(sorted(ids)).exists()
        redact = work["redact"].of_model(files._name)
        return {
            file.id
            for file in files
            if (text := self._read_file(file)) == redact(file.id)(text)
        }

    @api.model
    def _read_file(self, file):
        """Return all that can be read of a file, its name included."""
        parts = [file.name, file.description, file.index_content, file.url]
        mimetype = file.mimetype or ""
        if file.store_fname and filetext.is_readable(mimetype):
            texts = self.env["rgpd.file.text"]
            try:
                parts.append(texts._read(file.store_fname, mimetype))
            except filetext.TooLargeFileError as error:
                parts.append(error.text)
        return "\n".join(filter(None, parts))
