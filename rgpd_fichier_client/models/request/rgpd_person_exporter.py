from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime

MAX_ACCESSES = 1000

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
        blocks = self.env["rgpd.access.information"]._get(records, self.env.company)
        return [*blocks, self._get_access_block(records)]

    # === WHO OPENED THE FILE === #

    def _get_access_block(self, records):
        """Tell when the file was opened and what for (CJEU C-579/21).

        The law gives the person the dates and the purposes; who among the staff
        opened it is masked, to protect them.
        """
        rows = sorted(self._get_accesses(records), key=lambda row: row[0])
        text = self._get_access_text()
        if not rows:
            text.append(self.env._("No such opening of your file is on record."))
        return {
            "title": self.env._("Who opened your file, and when"),
            "text": text,
            "columns": [self.env._("When"), self.env._("Who"), self.env._("What for")],
            "rows": [
                [format_datetime(self.env, moment), who, what]
                for moment, who, what in rows[-MAX_ACCESSES:]
            ],
        }

    def _get_access_text(self):
        """Return the sentences that say which openings are kept; a hook."""
        return [
            self.env._(
                "Each time somebody opened the archive, read your data to answer a "
                "request or downloaded a copy is kept; the names of the staff are "
                "masked. That somebody merely looked at your record in their daily "
                "work is not kept."
            )
        ]

    def _get_accesses(self, records):
        """Return when, by whom and what for the file was opened; topics below add.

        :return: tuples of moment, words for who, words for what
        :rtype: list[tuple]
        """
        uids = self.env["rgpd.subject"]._of(records, create=False).mapped("uid")
        if not uids:
            return []
        own = self._get_own_ids(records).get("res.users", ())
        labels = self._get_access_labels()
        motives = dict(
            self.env["rgpd.vault.access"]
            ._fields["motive_kind"]
            ._description_selection(self.env)
        )
        entries = self.env["rgpd.journal"].search(
            [
                ("subject_uid", "in", uids),
                ("company", "in", self.env.companies.ids),
                ("kind", "in", list(labels)),
            ],
            order="id desc",
            limit=MAX_ACCESSES,
        )
        return [
            (
                entry.moment,
                self._get_access_actor(entry, own),
                ": ".join(
                    filter(
                        None,
                        (
                            labels[entry.kind],
                            motives.get((entry.payload or {}).get("motive")),
                        ),
                    )
                ),
            )
            for entry in reversed(entries)
        ]

    def _get_access_actor(self, entry, own):
        """Return whether it was the person or one of the staff; never a name."""
        by_person = (entry.payload or {}).get("by") == "person"
        if by_person or entry.actor in own:
            return self.env._("yourself")
        return self.env._("[member of staff]")

    def _get_access_labels(self):
        """Return ``{kind of the journal: words}`` of what opens a file."""
        return {
            "vault.opened": self.env._("Archive opened"),
            "request.copy_read": self.env._("Data read to answer a request"),
            "request.delivered": self.env._("Copy of the data downloaded"),
        }
