from odoo import models
from odoo.fields import Domain

from ..request.rgpd_person_exporter import MAX_ACCESSES


class RgpdPersonExporter(models.AbstractModel):
    """Adds who opened the record of the person in daily work, where it is kept."""

    _inherit = "rgpd.person.exporter"

    def _get_access_text(self):
        """Say that openings are kept, and how long, where the company logs them."""
        company = self.env.company
        if not company.rgpd_log_openings:
            return super()._get_access_text()
        return [
            self.env._(
                "Each time somebody opened the archive, read your data to answer a "
                "request or downloaded a copy is kept, and, for %(months)s months, "
                "each time one of the staff opened your record; their names are "
                "masked.",
                months=company.rgpd_log_months,
            )
        ]

    def _get_accesses(self, records):
        """Add the openings of the records that stand for the person."""
        rows = super()._get_accesses(records)
        own = self._get_own_ids(records)
        domain = Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "in", list(ids))
            for model, ids in own.items()
        ) & Domain("company_id", "in", self.env.companies.ids)
        openings = self.env["rgpd.access.log"].search(domain, limit=MAX_ACCESSES)
        who = self._get_opener_labels(openings, own.get("res.users", ()))
        return [
            *rows,
            *(
                (
                    opening.moment,
                    who[opening.actor],
                    self.env._("Your record opened in daily work"),
                )
                for opening in openings
            ),
        ]

    def _get_opener_labels(self, openings, own):
        """Return `{user: words}`: the department where it is known, never a name."""
        labels = {}
        for user in self.env["res.users"].browse(set(openings.mapped("actor"))):
            label = self.env._("[member of staff]")
            if user.id in own:
                label = self.env._("yourself")
            elif department := self._get_department(user):
                label = self.env._(
                    "[member of staff, %(department)s]", department=department
                )
            labels[user.id] = label
        return labels

    def _get_department(self, user):
        """Return the name of the department of a colleague, '' when unknown."""
        if "employee_ids" not in user._fields or not user.exists():
            return ""
        return user.employee_ids[:1].department_id.name or ""
