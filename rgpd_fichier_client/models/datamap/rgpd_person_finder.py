from collections import defaultdict

from odoo import api, models

from ...core.datamap import discovery
from ..journal.sql_array import Ids
from .addresses import Addresses

MAX_DEPTH = discovery.MAX_DEPTH


class RgpdPersonFinder(models.AbstractModel):
    """Find everything the database holds about persons (Art. 15, Art. 17).

    The data map says which columns lead to a person. Starting from the anchor
    records, all links are asked in one statement with the ids found so far; what was
    found leads on to its own lines, messages and files.

    Private and in sudo: archived records and records of other companies are found.
    Callers check rights before they show anything.
    """

    _name = "rgpd.person.finder"
    _description = "Finder of Personal Data"

    @api.model
    def _find(self, records, same_human=False, identifiers=None):
        """Return everything about the persons that ``records`` stand for.

        :param records: recordset of any anchor model, or of ``rgpd.subject``
        :param bool same_human: also start from other anchors of the same human,
            matched by e-mail or phone
        :param identifiers: of these records, see ``_get_identifiers``, when the caller
            knows them already
        :return: ``{model: {res_id: [paths]}}``, the anchors themselves included; a
            path is the key of a link of the map ("direct:partner_id")
        :rtype: dict[str, dict[int, list[str]]]
        """
        self.env.flush_all()
        found = defaultdict(dict)
        anchors = self._get_anchors(records)
        if identifiers is None:
            addresses = self._get_addresses(anchors)
        else:
            addresses = self._pick_addresses(identifiers)
        if same_human:
            anchors, addresses = self._add_same_human(anchors, addresses)
        for model, ids in anchors.items():
            for res_id in ids:
                found[model][res_id] = ["anchor:id"]
        unled = defaultdict(set)
        frontier = {model: set(ids) for model, ids in anchors.items()}
        filled = self._get_filled_links()
        for _depth in range(MAX_DEPTH):
            frontier = self._follow(frontier, found, unled, filled)
            if not frontier:
                break
        self._follow_addresses(addresses, found, unled, filled)
        return dict(found)

    @api.model
    def _get_anchors(self, records):
        """Return ``{model: [ids]}`` of the existing records to start from."""
        if not records:
            return {}
        if records._name == "rgpd.subject":
            # sudo: anchors - the finder is private, its callers check rights
            by_model = records.sudo()._records()
            return {model: list(found.ids) for model, found in by_model.items()}
        return {records._name: list(records.sudo().exists().ids)}

    # === FOLLOWING LINKS === #

    @api.model
    def _follow(self, frontier, found, unled, filled):
        """Follow every link from the records found last; return what leads on.

        :param dict unled: records found whose own parts were not asked for: few
        :param filled: see ``_get_filled_tables``
        """
        asked = []
        # One list for all the links of a target: a person may have 50,000 messages
        ids = {target: Ids(sorted(rows)) for target, rows in frontier.items()}
        for link in self.env["rgpd.data.map"]._get_links():
            if link.role == "staff" or link.kind in ("anchor", "email", "phone"):
                continue
            for target in ids if link.target == "*" else (link.target,):
                if ids.get(target):
                    asked.append((link, target, ids[target]))
        return self._note_answers(self._query_links(asked, filled), found, unled)

    @api.model
    def _note_answers(self, answers, found, unled):
        """Keep what was found; return ``{model: [ids]}`` of what leads on."""
        new = defaultdict(list)
        for link, ids in answers:
            known, waiting = found.get(link.model, {}), unled[link.model]
            # It may be known already by a link that does not lead on
            fresh = [res_id for res_id in ids if res_id not in known]
            if link.leads_on:
                fresh += waiting.intersection(ids)
                waiting.difference_update(fresh)
                if fresh:
                    new[link.model] += fresh
            else:
                waiting.update(fresh)
            self._note(link, ids, found)
        return new

    @api.model
    def _note(self, link, ids, found):
        known = found[link.model] if ids else {}
        alone = [link.key]
        for res_id in ids:
            # One list for the many that were reached by this link alone
            paths = known.setdefault(res_id, alone)
            if link.key not in paths:
                known[res_id] = [*paths, link.key]

    # === ADDRESSES === #

    @api.model
    def _follow_addresses(self, values, found, unled, filled):
        """Add the rows that know the persons by e-mail or phone only.

        Anchors are left out: another one with the same address may be somebody else;
        ``same_human`` looks at those.

        :param dict values: see ``_get_addresses``
        """
        anchor_models = set(self.env["rgpd.data.map"]._get_own_anchor_models())
        values = {kind: Addresses(known) for kind, known in values.items()}
        asked = [
            (link, values[link.kind])
            for link in self.env["rgpd.data.map"]._get_links()
            if link.kind in values and link.model not in anchor_models
        ]
        new = self._note_answers(self._query_addresses(asked, filled), found, unled)
        for _depth in range(MAX_DEPTH):
            if not any(new.values()):
                break
            new = self._follow(new, found, unled, filled)

    # === SAME HUMAN === #

    @api.model
    def _add_same_human(self, anchors, addresses):
        """Add the other anchors with one of the same addresses, and theirs.

        A name alone never brings two anchors together.

        :param dict addresses: of the anchors, see ``_get_addresses``
        :return: all the anchors, the addresses of all
        """
        result = {model: set(ids) for model, ids in anchors.items()}
        others = {}
        for model, ids in self._match(addresses).items():
            others[model] = ids - result.get(model, set())
            result.setdefault(model, set()).update(ids)
        values = {kind: set(known) for kind, known in addresses.items()}
        for kind, known in self._get_addresses(others).items():
            values.setdefault(kind, set()).update(known)
        return (
            {model: sorted(ids) for model, ids in result.items()},
            {kind: sorted(known) for kind, known in values.items()},
        )
