from odoo import api, models
from odoo.exceptions import ValidationError


class RgpdFactSource(models.Model):
    _inherit = "rgpd.fact.source"

    @api.constrains("model", "person_path", "date_path", "company_path", "domain")
    def _check_readable(self):
        """Refuse a path or a domain that does not parse, when somebody types it.

        An update of the add-on goes through: what cannot be read then stops the
        erasures, see ``rgpd.fact.collector``.
        """
        if self.env.context.get("install_mode"):
            return
        collector = self.env["rgpd.fact.collector"]
        for source in self:
            if collector._is_broken(source):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be read: look at the names of the fields in "
                        "its paths and at the brackets of its domain.",
                        name=source.name,
                    )
                )
