from datetime import datetime

from odoo import api, models
from odoo.tools import SQL

from ...core.consent import minor

CATEGORY = "birth"


class RgpdContactMinor(models.AbstractModel):
    """Which persons are children, for consents (art. 8 GDPR, art. 45 LIL).

    What the staff ticked on the person, and dates of birth where the data map knows a
    field that holds one. What is known of a record holds for the other records of the
    same person: the same address and the same name, as for choices.
    """

    _name = "rgpd.contact.minor"
    _description = "Children, for the contact gate"

    @api.model
    def _get(self, records, partners, addresses):
        """Return ``{res_id: day from which the person consents alone}``.

        Persons nobody knows as a child are left out. The day may be over: a consent is
        judged by the age when it was given.

        :param partners: ``{res_id: partner id}`` of records a partner stands for
        :param addresses: ``{res_id: Address}``
        """
        known = {}
        ticked = self._get_ticked()
        if ticked:
            self._add_ticked(known, ticked, records, partners, addresses)
        self._add_births(known, records, {res_id: res_id for res_id in records.ids})
        persons = self.env["res.partner"].browse(set(partners.values()))
        self._add_births(known, persons, partners)
        return known

    @api.model
    def _get_ticked(self):
        """Tell whether anybody is ticked at all: most files hold no child."""
        self.env["rgpd.subject"].flush_model(["is_minor", "minor_until"])
        self.env.cr.execute(
            SQL("SELECT 1 FROM rgpd_subject s WHERE s.is_minor LIMIT 1")
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _add_ticked(self, known, ticked, records, partners, addresses):
        """Add what is ticked on the persons and on the other records they have."""
        choices = self.env["rgpd.contact.choice"]
        own = choices._get_own(records, partners)
        twins = choices._get_twins(addresses, ("email", "phone"), SQL("s.is_minor"))
        ids = {sid for sids in own.values() for sid in sids} | set(twins)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, minor_until FROM rgpd_subject"
                " WHERE is_minor AND id = ANY(%s)",
                list(ids),
            )
        )
        ends = {sid: end or minor.UNKNOWN_END for sid, end in rows}
        for res_id, subject_ids in own.items():
            self._add(known, res_id, *(ends.get(sid) for sid in subject_ids))
        shared = {res_id for _name, res_ids in twins.values() for res_id in res_ids}
        names = choices._get_names(records.browse(shared)) if shared else {}
        for subject_id, (name, res_ids) in twins.items():
            for res_id in res_ids:
                if choices._is_same(names.get(res_id), name):
                    self._add(known, res_id, ends.get(subject_id))

    @api.model
    def _add_births(self, known, persons, person_of):
        """Add the dates of birth.

        :param person_of: ``{res_id: id of the person}``
        """
        births = self._read_births(persons)
        for res_id, person_id in person_of.items():
            if person_id in births:
                self._add(known, res_id, births[person_id])

    @api.model
    def _read_births(self, records):
        """Return ``{res_id: day from which the person consents alone}``."""
        names = self._get_birth_fields(records)
        if not names or not records:
            return {}
        age = self.env["rgpd.contact.rule"]._get_number("consent_age", minor.AGE)
        # sudo: anchors - the verdict must not depend on who may read the date of birth
        records = records.sudo().exists()
        records.fetch(names)
        return {
            record.id: minor.latest(
                *(
                    minor.get_majority(self._to_date(record[name]), age)
                    for name in names
                    if record[name]
                )
            )
            for record in records
            if any(record[name] for name in names)
        }

    @api.model
    def _get_birth_fields(self, records):
        """Return the fields of the model that hold a date of birth."""
        mapped = self.env["rgpd.data.map"]._get_fields(records._name)
        return [
            name
            for name, field in mapped.items()
            if field.category == CATEGORY
            and name in records._fields
            and records._fields[name].type in ("date", "datetime")
        ]

    @api.model
    def _to_date(self, value):
        return value.date() if isinstance(value, datetime) else value

    @api.model
    def _add(self, known, res_id, *days):
        """Keep the latest day: sources that differ are read in favour of the child."""
        latest = minor.latest(known.get(res_id), *days)
        if latest:
            known[res_id] = latest
