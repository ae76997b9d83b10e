from collections import Counter

from odoo import fields, models

TASK = "mail.mail_activity_data_todo"


class RgpdDrift(models.Model):
    """A change of the data is a task of the DPO and sends sheets back to review.

    The register describes what is done with the data: when the data change, it may be
    wrong (Art. 30; accountability, Art. 5.2).
    """

    _inherit = "rgpd.drift"

    processing_ids = fields.Many2many(
        "rgpd.processing",
        string="Sheets concerned",
        help="Sheets that speak of these data; validated ones went back to review.",
    )

    def write(self, vals):
        """Send the sheets that the DPO adds back to review too."""
        before = {drift: drift.processing_ids for drift in self}
        result = super().write(vals)
        if "processing_ids" in vals:
            for drift, known in before.items():
                drift._reopen_sheets(drift.processing_ids - known)
        return result

    def _notify_found(self):
        result = super()._notify_found()
        users = self._get_dpo_users()
        for drift in self:
            sheets = drift._find_sheets()
            # sudo: rgpd.drift - found by the cron, whoever runs it
            drift.sudo().processing_ids |= sheets
            drift._reopen_sheets(sheets)
            for user in users - drift.activity_ids.user_id:
                summary = drift.with_context(lang=user.lang)._get_task()
                drift.activity_schedule(TASK, summary=summary, user_id=user.id)
        return result

    def _notify_done(self):
        result = super()._notify_done()
        # sudo: mail.activity - the task of a colleague is done too
        self.sudo().activity_feedback([TASK])
        return result

    def action_open_sheets(self):
        """Show the sheets that speak of these data."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_processing_action"
        )
        return action | {"domain": [("id", "in", self.processing_ids.ids)]}

    # === HELPERS === #

    def _get_dpo_users(self):
        """Return who decides: the map is that of the whole database."""
        # sudo: res.company - each controller of this database is concerned
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        users = self.env["res.users"]
        for company in companies:
            users |= company._get_rgpd_dpo_user()
        return users

    def _get_task(self):
        self.ensure_one()
        if self.kind == "new":
            return self.env._("Say what the new fields hold")
        if self.kind == "gone":
            return self.env._("Check the sheets: data are gone")
        return self.env._("Say who receives data by this connector")

    def _find_sheets(self):
        """Return the sheets that a change makes doubtful.

        Those that use the categories of the fields and speak of the model: a picture
        of a vehicle does not concern the sheets that use the pictures of persons.
        When none uses the categories, the data are new to the register, and those that
        speak of the model are concerned.
        """
        self.ensure_one()
        # sudo: rgpd.processing - the sheets of every company
        sheets = (
            self.env["rgpd.processing"].sudo().search([("state", "!=", "archived")])
        )
        if self.kind == "connector":
            return self._find_connector_sheets(sheets).sudo(False)
        lines = self.sudo().line_ids.filtered(lambda line: line.decision == "pending")
        found = sheets.browse()
        for model, model_lines in lines.grouped(lambda li: li.field_id.model).items():
            found |= self._find_by_lines(sheets, model, model_lines)
        return found.sudo(False)

    def _find_by_lines(self, sheets, model, lines):
        """Return the sheets that changed fields of one model make doubtful."""
        categories = (
            lines.proposed_category_id | lines.field_id.effective_category_id
        ).filtered(lambda category: category.code != "other")
        speaking = self._find_by_model(sheets, model)
        return speaking.filtered(lambda s: s.data_category_ids & categories) or speaking

    def _find_by_model(self, sheets, model):
        """Return the sheets that speak of a model.

        The records that stand for persons are in all of them that use their data.
        Another model is told by what most of its fields hold besides who the person
        is: orders, invoices, opinions. One that holds none of these is new to the
        register.
        """
        # sudo: rgpd.data.field, rgpd.data.link - the map holds no personal data
        held = self.env["rgpd.data.field"].sudo()
        held = held.search(
            [
                ("model", "=", model),
                ("is_present", "=", True),
                ("effective_status", "=", "classified"),
                ("effective_category_id.code", "!=", "other"),
            ]
        )
        categories = held.effective_category_id
        links = self.env["rgpd.data.link"].sudo()
        if not links.search_count([("model", "=", model), ("is_anchor", "=", True)]):
            counts = Counter(
                field.effective_category_id
                for field in held
                if not field.effective_category_id.is_identifying
            )
            most = max(counts.values(), default=0)
            categories = categories.filtered(lambda c: most and counts[c] == most)
        return sheets.filtered(lambda sheet: sheet.data_category_ids & categories)

    def _find_connector_sheets(self, sheets):
        """Return the sheets whose data the connector carries.

        An API key may be for anything: the DPO alone knows, and adds the sheets.
        """
        if self.connector in ("mail_server", "incoming"):
            return sheets.filtered(
                lambda sheet: any(sheet.purpose_ids.mapped("channel_email"))
            )
        if self.connector == "webhook":
            # sudo: ir.actions.server - which model the webhook tells about
            action = self.env["ir.actions.server"].sudo().browse(self.res_id).exists()
            return self._find_by_model(sheets, action.model_id.model)
        return sheets.browse()

    def _reopen_sheets(self, sheets):
        """Send validated sheets back to review and say why."""
        text = self.with_context(lang=self._get_dpo_users()[:1].lang or self.env.lang)
        # sudo: rgpd.processing - it is not the user who changes the sheet
        for sheet in sheets.sudo().filtered(lambda s: s.state == "validated"):
            sheet._reopen()
            sheet.message_post(
                body=text.env._(
                    "Back to review, as the data changed. %(change)s",
                    change=text.display_name,
                )
            )
