from collections import Counter

from odoo import api, models


class RgpdDataMap(models.AbstractModel):
    """What to call a kind of record, so that no two bear one name on a screen."""

    _inherit = "rgpd.data.map"

    @api.model
    def _get_model_label(self, model):
        """Return the name of a kind of record, in the language of the user."""
        known = self._get_own_labels().get(model)
        # sudo: ir.model - the name of a model, in the language of the user
        return known or self.env["ir.model"].sudo()._get(model).name or model

    @api.model
    def _get_model_labels(self, models_shown):
        """Return ``{model: label}`` for one screen; equal names are told apart."""
        labels = {model: self._get_model_label(model) for model in models_shown}
        names = Counter(labels.values())
        return {
            model: f"{label} ({model})" if names[label] > 1 else label
            for model, label in labels.items()
        }

    @api.model
    def _get_own_labels(self):
        """Return ``{model: words}`` where Odoo has one name for two kinds of record.

        In French a journal entry and its lines are called the same.
        """
        return {
            "account.move": self.env._("Invoice or journal entry"),
            "account.move.line": self.env._("Line of an invoice or journal entry"),
        }
