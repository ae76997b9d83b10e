from odoo import api, models


class RgpdBlacklistMixin(models.AbstractModel):
    """An address put on a blacklist of Odoo is the objection of whoever has it.

    Art. 21.2 GDPR. A blacklist inherits this before itself, so that rows it finds again
    instead of creating them are looked at too, and says what its addresses are.
    """

    _name = "rgpd.blacklist.mixin"
    _description = "Blacklist whose Addresses are Objections"

    # Kind of address the finder looks for, field that holds it, channels it closes
    _rgpd_kind = None
    _rgpd_field = None
    _rgpd_channels = ()

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
        if not self:
            return
        self.env.flush_all()
        # By the finder, which reads archived records too: they may come back
        found = self.env["rgpd.person.finder"]._match(
            {self._rgpd_kind: self.mapped(self._rgpd_field)}
        )
        for model, ids in found.items():
            # sudo: anchors - whoever has the address, read by whoever blocks it
            for record in self.env[model].sudo().browse(sorted(ids)):
                for channel in self._rgpd_channels:
                    self.env["rgpd.contact.person"]._object(record, channel)
