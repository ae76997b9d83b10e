from odoo import api, models


class RgpdJournal(models.Model):
    _inherit = "rgpd.journal"

    @api.model
    def _get_subject_uid(self, record):
        """Name the person in an entry by the random uid of their subject."""
        if record._name != "rgpd.subject":
            record = self._get_anchor(record)
        if not record:
            return super()._get_subject_uid(record)
        subject = self.env["rgpd.subject"]._of(record)[:1]
        # sudo: rgpd.subject - the uid says nothing about the person
        return subject.sudo()._get_survivor().uid if subject else False

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
