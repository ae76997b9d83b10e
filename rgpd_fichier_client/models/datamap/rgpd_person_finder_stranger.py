from odoo import api, models


class RgpdPersonFinder(models.AbstractModel):
    """How people without contact are found, and what is theirs is told apart."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _get_stranger_columns(self, model):
        """Return what tells who a record is about; None when it is no stranger's."""
        data_map = self.env["rgpd.data.map"]
        if model not in data_map._get_stranger_models():
            return None
        return data_map._get_stranger_columns(model)

    # === WHAT TELLS WHO THEY ARE === #

    @api.model
    def _get_address_fields(self, model, kind):
        fields = super()._get_address_fields(model, kind)
        columns = self._get_stranger_columns(model)
        return (*fields, *columns.get_paths(kind)) if columns else fields

    @api.model
    def _get_name_fields(self, model):
        columns = self._get_stranger_columns(model)
        if columns is None:
            return super()._get_name_fields(model)
        return [*columns.names, *columns.companies]

    @api.model
    def _get_person_name(self, record):
        columns = self._get_stranger_columns(record._name)
        if columns is None:
            return super()._get_person_name(record)
        return next((record[name] for name in columns.names if record[name]), "")

    # === WHO HAS AN ADDRESS === #

    @api.model
    def _get_same_email(self, model, values):
        yield from super()._get_same_email(model, values)
        yield from self._get_same_address(model, "email", values)

    @api.model
    def _get_same_phone(self, model, values):
        if self._get_stranger_columns(model) is None:
            yield from super()._get_same_phone(model, values)
        else:
            yield from self._get_same_address(model, "phone", values)

    @api.model
    def _get_same_address(self, model, kind, values):
        """Yield the questions that the links of the map ask."""
        columns = self._get_stranger_columns(model)
        if columns and values:
            for link in columns.emails if kind == "email" else columns.phones:
                yield self._get_address_query(link, values)

    @api.model
    def _match(self, values):
        """Leave out the records that somebody known stands for."""
        result = super()._match(values)
        for model in self.env["rgpd.data.map"]._get_stranger_models():
            if result.get(model):
                result[model] = self.env["rgpd.subject"]._filter_strangers(
                    model, result[model]
                )
        return result

    @api.model
    def _query_addresses(self, asked, filled):
        """Leave out the records that stand for a person themselves.

        Somebody with the same address may be somebody else, and has an end of their
        own; ``same_human`` looks at those.
        """
        models_ = self.env["rgpd.data.map"]._get_stranger_models()
        answers = []
        for link, ids in super()._query_addresses(asked, filled):
            if ids and link.model in models_:
                strangers = self.env["rgpd.subject"]._filter_strangers(link.model, ids)
                ids = [row_id for row_id in ids if row_id not in strangers]
            answers.append((link, ids))
        return answers
