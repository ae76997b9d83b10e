from odoo import models
from odoo.fields import Domain

# What the add-on itself knows about a person. The data map leaves these models out,
# because evidence is not masked; the person has a right to see them all the same.
OWN_FIELDS = {
    "rgpd.consent.event": (
        "moment",
        "purpose_id",
        "channel",
        "decision",
        "notice_text",
        "expires_on",
        "collection_point",
        "method",
    ),
    "rgpd.consent.proof": ("name", "note", "guardian", "ip", "agent"),
    "rgpd.request": (
        "name",
        "date_received",
        "channel",
        "requester_kind",
        "requester_name",
        "requester_email",
        "rights_summary",
        "text",
        "state",
        "date_answered",
    ),
}


class RgpdPersonExporter(models.AbstractModel):
    """Adds the choices and requests of the person, and Art. 15.1 GDPR."""

    _inherit = "rgpd.person.exporter"

    def _find_records(self, records, portability):
        """Add the choices of the person with the words shown, and their requests."""
        found = super()._find_records(records, portability)
        if portability:
            return found
        for model, domain in self._get_own_domains(records).items():
            domain &= Domain("company_id", "in", self.env.companies.ids)
            ids = self.env[model].search(domain, order="id")._ids
            if ids:
                found[model] = list(ids)
        return found

    def _get_own_domains(self, records):
        subjects = self.env["rgpd.subject"]._of(records, create=False)
        domains = {
            "rgpd.consent.event": Domain("subject_id", "in", subjects.ids),
            "rgpd.consent.proof": Domain("event_id.subject_id", "in", subjects.ids),
        }
        if records._name == "res.partner":
            domains["rgpd.request"] = Domain("partner_id", "in", records.ids)
        return domains

    def _get_fixed_fields(self, portability):
        return {**super()._get_fixed_fields(portability), **OWN_FIELDS}

    def _get_portable_categories(self, company):
        """Keep the data used with consent or to perform a contract (Art. 20.1 a).

        :return: codes of the categories that such a purpose of the register names;
            None when the register names none: nothing is known then
        """
        purposes = self.env["rgpd.purpose"]._get_purposes(company)
        open_purposes = purposes.filtered(
            lambda purpose: purpose.legal_basis in ("consent", "contract")
        )
        return set(open_purposes.data_category_ids.mapped("code")) or None

    def _get_information(self, records, portability):
        """Tell what Art. 15.1 asks for, from the register and the reasons to keep."""
        if portability:
            return []
        return self.env["rgpd.access.information"]._get(records, self.env.company)
