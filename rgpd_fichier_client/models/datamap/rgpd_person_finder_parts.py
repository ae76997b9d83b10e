from collections import defaultdict

from odoo import api, models

from ...core.datamap import discovery
from ..journal.sql_array import Ids

# Links by which a record belongs to another, not to a person
PART_KINDS = ("owned", "polymorphic", "reference")


class RgpdPersonFinder(models.AbstractModel):
    """What hangs on a record: its lines, messages, activities and files."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _find_parts(self, records):
        """Return the records, and everything that belongs to them.

        The links of the data map say it, as for a person. A file listed by a record
        belongs to it, unless another one holds it too. A record that is another one
        under a second name (an e-mail and its message) is that other one.

        :param dict records: ``{model: ids}``
        :return: ``{model: {ids}}``, what was given included
        :rtype: dict[str, set[int]]
        """
        self.env.flush_all()
        parts = defaultdict(set)
        frontier = {
            model: set(ids) for model, ids in records.items() if model in self.env
        }
        filled = self._get_filled_links()
        for _depth in range(discovery.MAX_DEPTH):
            for model, ids in frontier.items():
                parts[model] |= ids
            found = defaultdict(set)
            for model, ids in self._follow_parts(frontier, filled, parts):
                found[model] |= set(ids) - parts[model]
            frontier = {model: ids for model, ids in found.items() if ids}
            if not frontier:
                break
        return dict(parts)

    @api.model
    def _follow_parts(self, frontier, filled, parts):
        """Yield a model and the ids of what hangs directly on these records.

        :param filled: see ``_get_filled_tables``
        :param dict parts: what is known so far, these records included
        """
        ids_of = {target: Ids(sorted(ids)) for target, ids in frontier.items()}
        asked = [
            (link, target, ids_of[target])
            for link in self.env["rgpd.data.map"]._get_links()
            if link.kind in PART_KINDS and link.role != "staff"
            for target in (frontier if link.target == "*" else (link.target,))
            if frontier.get(target)
        ]
        for link, ids in self._query_links(asked, filled):
            yield link.model, ids
        for model, ids in frontier.items():
            # sudo: the finder is private, its callers check rights
            records = self.env[model].sudo().with_context(active_test=False)
            records = records.browse(ids).exists()
            for parent, name in records._inherits.items():
                if parent != "res.partner":
                    yield parent, records[name].ids
            for field in records._fields.values():
                if (
                    field.type == "many2many"
                    and field.comodel_name == "ir.attachment"
                    and field.store
                ):
                    files = self._get_files_along(records, field, parts)
                    yield "ir.attachment", files.ids

    @api.model
    def _get_files_along(self, records, field, parts):
        """Return the files that these records list and that go with them.

        The PDF in a field of a kept invoice is the invoice's, and what a kept message
        lists as well is that one's, whoever else sent it.

        :param dict parts: the records that go, ``{model: {ids}}``
        """
        files = records[field.name]
        held = files.filtered(lambda file: file.res_model and file.res_id)
        if not held:
            return files
        kept = records.search(
            [(field.name, "in", held.ids), ("id", "not in", list(parts[records._name]))]
        )
        in_field = held.filtered("res_field")
        return files - in_field - (held & kept[field.name])
