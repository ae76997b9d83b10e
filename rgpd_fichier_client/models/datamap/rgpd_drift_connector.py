from odoo import api, fields, models

# Kind of connector -> (model, what makes a record of it one)
CONNECTORS = {
    "mail_server": ("ir.mail_server", []),
    "incoming": ("fetchmail.server", []),
    "api_key": ("res.users.apikeys", []),
    "webhook": ("ir.actions.server", [("state", "=", "webhook")]),
}


class RgpdDrift(models.Model):
    """Connectors: ways by which data leave or enter the database (Art. 28, 30.1.d)."""

    _inherit = "rgpd.drift"

    connector = fields.Selection(
        [
            ("mail_server", "Outgoing mail server"),
            ("incoming", "Incoming mail server"),
            ("api_key", "API key"),
            ("webhook", "Outgoing webhook"),
        ],
        readonly=True,
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    _connector_unique = models.UniqueIndex(
        "(res_model, res_id) WHERE res_model IS NOT NULL",
        "This connector is known already.",
    )

    @api.model
    def _detect_connectors(self):
        """Add the connectors that nobody has seen yet; close those that are gone."""
        found = self.browse()
        for kind, (model, domain) in CONNECTORS.items():
            # sudo: rgpd.drift and settings of Odoo - only their numbers are read
            drifts_sudo = self.sudo().search([("res_model", "=", model)])
            present = set(
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search(domain)
                .ids
            )
            drifts_sudo.filtered(lambda d, ids=present: d.res_id not in ids)._close()
            found |= self.sudo().create(
                [
                    {
                        "kind": "connector",
                        "connector": kind,
                        "res_model": model,
                        "res_id": res_id,
                    }
                    for res_id in sorted(present - set(drifts_sudo.mapped("res_id")))
                ]
            )
        return found

    def _get_connector_name(self):
        """Return the name of the connector: of what it is, and of the record."""
        self.ensure_one()
        label = dict(self._fields["connector"]._description_selection(self.env)).get(
            self.connector, ""
        )
        # sudo: settings of Odoo - their name alone, for those who judge them
        record = self.env[self.res_model].sudo().browse(self.res_id).exists()
        if not record:
            return self.env._("%(connector)s (gone)", connector=label)
        name = record.display_name
        if self.connector == "api_key":
            name = self.env._("%(key)s of %(user)s", key=name, user=record.user_id.name)
        return self.env._("%(connector)s “%(name)s”", connector=label, name=name)
