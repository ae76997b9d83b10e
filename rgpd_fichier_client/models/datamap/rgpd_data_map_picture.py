from collections import defaultdict

from odoo import api, models

from ...core.datamap import picture


class RgpdDataMap(models.AbstractModel):
    """The whole map as a picture, and by category."""

    _inherit = "rgpd.data.map"

    @api.model
    @api.readonly
    def get_picture(self):
        """Return how the models with data about persons hang together.

        No personal data is in it: models, categories and numbers, as they were last
        counted. For those who may read the map.

        :return: ``{"columns": [{"code", "label"}], "nodes": [{"model", "label",
            "column", "parents", "records", "fields", "categories"}], "categories":
            [{"id", "name", "is_sensitive", "models": [{"model", "label", "filled"}]}],
            "counted": date or False}``
        :raise AccessError: without the right to read the map
        """
        links = self.env["rgpd.data.link"].search([("is_present", "=", True)])
        models_found = self._get_picture_models()
        none = {"records": 0, "fields": 0, "categories": []}
        places = picture.arrange(links._to_values())
        model_labels = self._get_model_labels(places)
        nodes = [
            {
                "model": model,
                "label": model_labels[model],
                "column": column,
                "parents": parents,
                **models_found.get(model, none),
            }
            for model, (column, parents) in places.items()
        ]
        labels = self._get_column_labels()
        return {
            "columns": [
                {"code": code, "label": labels[code]} for code in picture.COLUMNS
            ],
            "nodes": sorted(nodes, key=lambda node: (-node["records"], node["label"])),
            "categories": self._get_picture_categories(),
            "counted": self.env["rgpd.data.field"]
            .search([("count_date", "!=", False)], order="count_date desc", limit=1)
            .count_date,
        }

    @api.model
    def _get_column_labels(self):
        return {
            picture.PERSON: self.env._("Persons"),
            picture.LINKED: self.env._("Linked to a person"),
            picture.PART: self.env._("Part of those"),
            picture.DEEPER: self.env._("Further on"),
            picture.ON_ANY: self.env._("On any record"),
            picture.ADDRESS: self.env._("By an address only"),
        }

    @api.model
    def _get_picture_domain(self):
        return [("is_present", "=", True), ("effective_status", "!=", "not_personal")]

    @api.model
    def _get_picture_models(self):
        """Return the numbers and the categories of each model."""
        found = {}
        rows = self.env["rgpd.data.field"]._read_group(
            self._get_picture_domain(),
            ["model"],
            ["record_count:max", "__count", "effective_category_id:recordset"],
        )
        for model, records, count, categories in rows:
            found[model] = {
                "records": records or 0,
                "fields": count,
                "categories": categories.sorted().ids,
            }
        return found

    @api.model
    def _get_picture_categories(self):
        """Return the categories, the most used first, each with its models."""
        rows = self.env["rgpd.data.field"]._read_group(
            [*self._get_picture_domain(), ("effective_category_id", "!=", False)],
            ["effective_category_id", "model"],
            ["filled_count:sum"],
        )
        by_category = defaultdict(list)
        for category, model, filled in rows:
            by_category[category].append(
                {
                    "model": model,
                    "label": self._get_model_label(model),
                    "filled": filled or 0,
                }
            )
        return sorted(
            (
                {
                    "id": category.id,
                    "name": category.name,
                    "is_sensitive": category.is_sensitive,
                    "filled": sum(item["filled"] for item in items),
                    "models": sorted(
                        items, key=lambda item: (-item["filled"], item["label"])
                    ),
                }
                for category, items in by_category.items()
            ),
            key=lambda item: (-item["filled"], item["name"]),
        )
