import re

from odoo import models

# Key of the file -> field, where the file has a name of its own
FIELDS = {
    "access": "access_country_ids",
    "active": "active_delay",
    "archive": "archive_delay",
    "country": "country_id",
    "data": "data_category_ids",
    "hosting": "hosting_country_ids",
    "joint_controllers": "joint_controller_ids",
    "measures": "measure_ids",
    "notices": "notice_ids",
    "persons": "person_category_ids",
    "processors": "processor_ids",
    "purposes": "purpose_ids",
    "recipients": "recipient_ids",
    "responsible": "responsible_id",
    "rules": "rule_ids",
    "served_controllers": "served_controller_ids",
    "subprocessors": "child_ids",
    "transfers": "transfer_ids",
}


class RgpdRegisterImport(models.TransientModel):
    """Where something stands in a JSON file, in words instead of a path."""

    _inherit = "rgpd.register.import"

    def _get_place(self, reading, path):
        """Return the sheet as its reader knows it: ``RT-001 Orders``.

        :param reading: what was read, see :class:`Reading`
        :param str path: place given by the core: a name, or ``sheets[3]`` in JSON
        """
        number = re.fullmatch(r"sheets\[(\d+)\]", path)
        if not number:
            return path
        title = reading.titles.get(path)
        return title or self.env._("Sheet no. %(number)s", number=int(number[1]) + 1)

    def _get_cell(self, reading, path):
        """Return a path such as ``purposes[1].basis`` in the words of the screens."""
        if reading.format != "json":
            return path
        model, words = self.env["rgpd.processing"], []
        parts = path.split(".") if path else []
        while parts:
            name, _bracket, rest = parts.pop(0).partition("[")
            # sensitive.reason and dpia.conclusion are fields of the sheet itself.
            if parts and f"{name}_{parts[0]}" in model._fields:
                name = f"{name}_{parts.pop(0)}"
            copied = getattr(model, "_get_exchange_fields", dict)()
            field = model._fields.get(copied.get(name) or FIELDS.get(name, name))
            word = field._description_string(self.env) if field else name
            if rest and field and field.relational:
                word = f"{word} {int(rest.rstrip(']')) + 1}"
            words.append(word)
            if field and field.relational:
                model = self.env[field.comodel_name]
        return " › ".join(words)
