from odoo import api, models


class RgpdSheetPartMixin(models.AbstractModel):
    """A record that sheets quote: what it says, they say (Art. 30).

    Who changes it from its own form changes the sheets too: validated ones go back to
    review, and say why, so that nothing stays validated that nobody validated.
    """

    _name = "rgpd.sheet.part.mixin"
    _description = "Part of sheets of the register"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._reopen_changed({})
        return parts

    def write(self, vals):
        before = self._get_said()
        result = super().write(vals)
        self._reopen_changed(before)
        return result

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Compare in each language: the dialog writes those the user does not read.

        It changes the row before it calls :meth:`write`, which sees no change.
        """
        langs = {*translations, source_lang or "en_US", self.env.lang or "en_US"}
        before = {lang: self.with_context(lang=lang)._get_said() for lang in langs}
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        changed = set()
        for lang, said in before.items():
            changed |= self.with_context(lang=lang)._get_changed(said)
        if changed:
            sheets = self.env["rgpd.processing"].browse(changed)
            sheets._reopen_for(", ".join(self.mapped("display_name")))
        return result

    def unlink(self):
        before, name = self._get_said(), ", ".join(self.mapped("display_name"))
        # sudo: rgpd.processing - the day on which it last changed, whoever deletes
        self.sudo().with_context(active_test=False)._get_sheets().write({})
        result = super().unlink()
        self.browse()._reopen_changed(before, name)
        return result

    def _reopen_changed(self, before, name=None):
        """Send the validated sheets that say something else now back to review.

        :param dict before: what they said, see :meth:`_get_said`
        :param str name: what changed; by default the names of these records
        """
        changed = self._get_changed(before)
        if changed:
            sheets = self.env["rgpd.processing"].browse(changed)
            sheets._reopen_for(name or ", ".join(self.mapped("display_name")))

    def _get_changed(self, before):
        """Return the ids of the sheets that say something else than before."""
        after = self._get_said()
        return {
            sheet_id
            for sheet_id in {*before, *after}
            if before.get(sheet_id) != after.get(sheet_id)
        }

    def _get_said(self):
        """Return what validated sheets say through these records.

        :return: ``{sheet id: {id: values}}``; an archived record says nothing
        :rtype: dict
        """
        said = {}
        # sudo: rgpd.processing - a sheet is wrong whoever may see it
        for part in self.sudo()._get_parts():
            if "active" in part and not part.active:
                continue
            # Whoever hides a sheet does not make it right.
            sheets = part.with_context(active_test=False)._get_sheets()
            for sheet in sheets.filtered(lambda s: s.state == "validated"):
                said.setdefault(sheet.id, {})[part.id] = part._get_snapshot()
        return said

    def _get_parts(self):
        """Return the records whose values change with these."""
        return self

    def _get_sheets(self):
        """Return the sheets that quote these records."""
        return self.processing_ids

    def _get_snapshot(self):
        """Return what a sheet says of the record, in the language of the user."""
        raise NotImplementedError
