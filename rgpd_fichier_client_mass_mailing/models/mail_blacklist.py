import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class MailBlacklist(models.Model):
    """An address put on Odoo's blacklist is the objection of whoever has it."""

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.filtered("active")._rgpd_object()
        return rows

    def write(self, vals):
        before = self.filtered("active")
        result = super().write(vals)
        if vals.get("active"):
            (self.filtered("active") - before)._rgpd_object()
        return result

    def _rgpd_object(self):
        """Record the objection of each person of the file who has the address."""
        for row in self:
            for model in self.env["rgpd.data.map"]._get_anchor_models():
                records = self.env.get(model)
                if records is None or "email_normalized" not in records._fields:
                    continue
                # sudo: anchors - whoever has the address, read by whoever blocks it
                found = records.sudo().search([("email_normalized", "=", row.email)])
                for record in found:
                    self._rgpd_object_one(record)

    @api.model
    def _rgpd_object_one(self, record):
        is_staff = self.env.user._is_internal()
        person = self.env["rgpd.contact.person"]._of(record)
        try:
            with self.env.cr.savepoint():
                subject = self.env["rgpd.subject"].sudo()._of(person)
                if is_staff:
                    # sudo: rgpd.consent - whoever blocks an address speaks for it
                    self.env["rgpd.consent"].sudo()._record(
                        subject,
                        None,
                        "email",
                        "objected",
                        method="unknown",
                        collection_point="system",
                        actor="staff",
                    )
                else:
                    self.env["rgpd.preference.center"]._object(
                        subject, self.env.company, "email"
                    )
        except Exception as error:  # noqa: BLE001 - the address is blocked all the same
            _logger.warning(
                "The objection of %s %s could not be recorded: %s",
                person._name,
                person.id,
                type(error).__name__,
            )
