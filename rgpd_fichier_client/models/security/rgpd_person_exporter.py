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
        log = self.env["rgpd.access.log"]
        own_company = Domain("company_id", "in", self.env.companies.ids)
        if not log.search_count(own_company, limit=1):
            return rows
        domain = Domain.OR(
            Domain("model", "=", model) & Domain("res_id", "in", list(ids))
            for model, ids in self._get_anchor_ids(records).items()
        )
        openings = log.search(domain & own_company, limit=MAX_ACCESSES)
        users = self._get_own_ids(records).get("res.users", ())
        who = self._get_opener_labels(openings, users)
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

    def _get_anchor_ids(self, records):
        """Return ``{model: ids}`` of all that stood for the person, gone or not.

        Their leads and mailing contacts too, and what was merged into any of these.
        """
        anchors = {model: set(ids) for model, ids in self._get_own_ids(records).items()}
        found = self.env["rgpd.person.finder"]._find_own(records)
        subjects = self.env["rgpd.subject"]
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            if ids := {*found.get(model, ()), *anchors.get(model, ())}:
                anchors[model] = ids
                known = self.env[model].browse(ids)
                subjects |= subjects._of(known, create=False)
        for alias in subjects._get_aliases():
            anchors.setdefault(alias.res_model, set()).add(alias.res_id)
        return anchors

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
