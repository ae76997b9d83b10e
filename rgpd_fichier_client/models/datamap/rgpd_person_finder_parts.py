from collections import defaultdict

from odoo import api, models

from ...core.datamap import discovery

# Links by which a record belongs to another, not to a person
PART_KINDS = ("owned", "polymorphic", "reference")


class RgpdPersonFinder(models.AbstractModel):
    """What hangs on a record: its lines, messages, activities and files."""

    _inherit = "rgpd.person.finder"

    @api.model
    def _find_parts(self, records):
        """Return the records, and everything that belongs to them.

        The links of the data map say it, as for a person. A file listed by a record
        belongs to it, and a record that is another one under a second name (an e-mail
        and its message) is that other one.

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
            for model, ids in self._follow_parts(frontier, filled):
                found[model] |= set(ids) - parts[model]
            frontier = {model: ids for model, ids in found.items() if ids}
            if not frontier:
                break
        return dict(parts)

    @api.model
    def _follow_parts(self, frontier, filled):
        """Yield a model and the ids of what hangs directly on these records.

        :param filled: see ``_get_filled_tables``
        """
        asked = [
            (link, target, sorted(frontier[target]))
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
                    yield "ir.attachment", records[field.name].ids
