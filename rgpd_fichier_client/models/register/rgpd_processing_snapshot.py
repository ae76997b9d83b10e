from odoo import api, models

from ...core.register import canonical, difference, grouping
from .rgpd_processing import DPIA_CRITERIA
from .rgpd_selection import get_label, to_text


class RgpdProcessing(models.Model):
    """The sheet as plain values: what is printed, stored as a version, exported."""

    _inherit = "rgpd.processing"

    def _make_version(self):
        """Store the sheet as it is now, and write it in the journal."""
        self.ensure_one()
        content = self._get_snapshot()
        # sudo: rgpd.processing.version - nobody may create one by hand
        versions_sudo = self.env["rgpd.processing.version"].sudo()
        last = versions_sudo.search(
            [("processing_id", "=", self.id)], order="number desc", limit=1
        )
        version = versions_sudo.create(
            {
                "processing_id": self.id,
                "number": last.number + 1,
                "date": self.date_validated,
                "user_id": self.env.uid,
                "content": content,
                "sha256": canonical.get_digest(content),
                "change": ", ".join(
                    difference.get_changed(last.content, content) if last else ()
                ),
            }
        )
        self.env["rgpd.journal"]._record(
            "register.validated",
            None,
            {
                "reference": self.reference,
                "version": version.number,
                "sha256": version.sha256,
            },
        )
        return version

    def _get_snapshot(self):
        """Return the whole sheet as JSON-able values, in the language of the user."""
        self.ensure_one()
        return {
            "schema": 1,
            "name": self.name,
            "reference": self.reference,
            "role": self.role,
            "date_start": to_text(self.date_start),
            "date_review": to_text(self.date_review),
            "objective": self.objective or "",
            **self._get_actors(),
            "purposes": [p._get_snapshot() for p in self.purpose_ids],
            "persons": self.person_category_ids.mapped("name"),
            "data": self._get_data_lines(),
            "data_detail": self.data_detail or "",
            "sensitive": {
                "present": self.has_sensitive,
                "exception": get_label(self, "sensitive_exception"),
                "reason": self.sensitive_reason or "",
            },
            "origin": get_label(self, "data_origin"),
            "origin_detail": self.origin_detail or "",
            "recipients": [r._get_snapshot() for r in self.recipient_ids],
            "processors": [p._get_snapshot() for p in self.processor_ids],
            "transfers": [t._get_snapshot() for t in self.transfer_ids],
            "measures": [m._get_snapshot() for m in self.measure_ids],
            "tools": self.tools or "",
            "person_count": self.person_count,
            "dpia": {
                "criteria": [
                    self._fields[name]._description_string(self.env)
                    for name in DPIA_CRITERIA
                    if self[name]
                ],
                "needed": self.is_dpia_needed,
                "conclusion": self.dpia_conclusion or "",
            },
        }

    def _get_actors(self):
        """Return who answers for the processing (Art. 30.1.a)."""
        company = self.company_id or self.env.company
        contact = company._get_rgpd_contact()
        return {
            "controller": {
                "name": company.name,
                "address": company.partner_id._display_address(without_company=True),
                "email": contact["email"],
                "phone": company.phone or "",
                "number": company.company_registry or "",
            },
            "contact": contact,
            "joint_controllers": self.joint_controller_ids.mapped("name"),
            "served_controllers": self.served_controller_ids.mapped("name"),
            "representative": company.rgpd_representative_id.name or "",
            "responsible": self.responsible_id.name or "",
        }

    def _get_data_lines(self):
        """Return each data category with every period that applies (Art. 30.1.f)."""
        lines = []
        for category in self.data_category_ids:
            purposes = self.purpose_ids.filtered(
                lambda p, c=category: c in p.data_category_ids
            )
            rules = purposes.rule_ids.filtered(
                lambda r, c=category: c in r.data_category_ids
            )
            lines.append(
                {
                    "code": category.code,
                    "name": category.name,
                    "sensitive": category.is_sensitive,
                    "retention": self._get_period_texts(purposes, rules),
                }
            )
        return lines

    def _get_period_texts(self, purposes, rules):
        """Return how long each of them keeps data; the same time is said once."""
        pairs = [
            (rule.name, rule.retention_text or "?")
            for records in (purposes, rules)
            for rule in records
        ]
        return [
            self.env._("%(rule)s: %(period)s", rule=", ".join(names), period=text)
            for names, text in grouping.group_periods(pairs)
        ]

    @api.model
    def _group_data(self, content):
        """Return the data of a sheet, live or stored, grouped by their periods."""
        return grouping.group_lines(content["data"])
