from collections import defaultdict

from odoo import api, models


class RgpdJournal(models.Model):
    _inherit = "rgpd.journal"

    @api.model
    def _get_subject_uid(self, record):
        """Name the person in an entry by the random uid of their subject."""
        return self._get_subject_uids([record])[0] or False

    @api.model
    def _get_subject_uids(self, records):
        """Name many persons; one search per anchor model, however many records."""
        anchors = [
            record
            if not record or isinstance(record, str) or record._name == "rgpd.subject"
            else self._get_anchor(record)
            for record in records
        ]
        ids = defaultdict(set)
        for anchor in anchors:
            if anchor and not isinstance(anchor, str):
                ids[anchor._name].add(anchor.id)
        uids = {model: self._get_uids(model, ids[model]) for model in ids}
        return [
            anchor
            if isinstance(anchor, str) and anchor
            else (uids[anchor._name].get(anchor.id) if anchor else None)
            for anchor in anchors
        ]

    @api.model
    def _get_uids(self, model, ids):
        """Return ``{id: uid}`` of anchor records, making the rows that are missing."""
        # sudo: rgpd.subject - the uid says nothing about the person
        subjects = self.env["rgpd.subject"].sudo().with_context(active_test=False)
        if model == subjects._name:
            return {row.id: row._get_survivor().uid for row in subjects.browse(ids)}
        domain = [("res_model", "=", model), ("res_id", "in", list(ids))]
        names = ["res_id", "uid", "merged_into_id"]
        found = subjects.search_fetch(domain, names)
        if len(found) < len(ids):
            subjects._of(self.env[model].browse(ids))
            found = subjects.search_fetch(domain, names)
        return {row.res_id: row._get_survivor().uid for row in found}

    @api.model
    def _get_anchor(self, record):
        """Return the record that stands for the person a document is about."""
        anchors = self.env["rgpd.data.map"]._get_anchor_models()
        # sudo: the entry needs the person whoever works on the document
        record = record.sudo()
        if record._name in anchors and not (
            "partner_id" in record._fields and record.partner_id
        ):
            # A lead with a customer is about the customer
            return record
        if "partner_id" in record._fields:
            return record.partner_id
        return record.browse()
