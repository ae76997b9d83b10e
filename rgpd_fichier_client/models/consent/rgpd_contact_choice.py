from odoo import api, models
from odoo.tools import SQL

from ...core.consent.fold import NO_CHOICE, fold, household_acts
from ...core.consent.signatory import is_same_person
from ..datamap.contact_index import get_digits_condition
from ..datamap.digits_index import DIGITS, get_digits_sql
from .rgpd_contact_address import PHONE_FIELDS

# Which address makes two records the same person, or the same household.
KEYS_OF = {
    "email": ("email",),
    "tracking": ("email",),
    "sms": ("phone",),
    "phone": ("phone",),
    "post": ("email", "phone"),
    "partners": ("email", "phone"),
}
COLUMNS = {"email": ("email_normalized",), "phone": PHONE_FIELDS}
# The consent a legitimate interest on the same channel must not walk round.
CONSENT_OF = {
    "softoptin": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
    "prospect_b2b_email": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
    "prospect_phone_b2b": {"phone": "prospect_phone_b2c"},
    "referral": {"email": "prospect_email_b2c", "sms": "prospect_sms_b2c"},
}


class RgpdContactChoice(models.AbstractModel):
    """What the persons behind records decided, wherever they said it.

    A person is often in the file more than once: a contact, a mailing contact, a lead.
    What they said on one record holds on the others that have the same address:

    - the same name, or no name: every act counts;
    - another name (a household shares a mailbox): only what restricts counts, so that
      nobody consents for somebody else.
    """

    _name = "rgpd.contact.choice"
    _description = "Choices for the contact gate"

    @api.model
    def _get(
        self, records, partners, addresses, purpose_code, channel, company, moment=None
    ):
        """Return ``{res_id: (choice, choice about the consent of the channel)}``.

        :param partners: ``{res_id: partner id}`` of records a partner stands for
        :param addresses: ``{res_id: Address}``
        :param moment: UTC datetime at which a consent has to be valid
        """
        own = self._get_own(records, partners)
        twins = self._get_speaking_twins(addresses, channel, company)
        subject_ids = {sid for ids in own.values() for sid in ids} | set(twins)
        # sudo: rgpd.consent - a verdict for whoever asks
        acts = (
            self.env["rgpd.consent"]
            .sudo()
            ._get_acts(self.env["rgpd.subject"].browse(subject_ids), company, channel)
        )
        by_record = self._gather(records, own, twins, acts)
        today = self.env["rgpd.consent.event"]._get_today(moment)
        consent_code = CONSENT_OF.get(purpose_code, {}).get(channel)
        return {
            res_id: (
                fold(their_acts, purpose_code, channel, today),
                fold(their_acts, consent_code, channel, today)
                if consent_code
                else NO_CHOICE,
            )
            for res_id, their_acts in by_record.items()
        }

    @api.model
    def _gather(self, records, own, twins, acts):
        """Return ``{res_id: [Act]}`` of those about whom anything is known."""
        gathered = {}
        for res_id, subject_ids in own.items():
            found = [act for sid in subject_ids for act in acts.get(sid, ())]
            if found:
                gathered[res_id] = found
        others = [
            (subject_id, name, res_id)
            for subject_id, (name, res_ids) in twins.items()
            if subject_id in acts
            for res_id in res_ids
            if subject_id not in own.get(res_id, ())
        ]
        if others:
            shared = records.browse({res_id for _sid, _name, res_id in others})
            names = self._get_names(shared)
            for subject_id, name, res_id in others:
                is_same = self._is_same(names.get(res_id), name)
                gathered.setdefault(res_id, []).extend(
                    household_acts(acts[subject_id], is_same)
                )
        return gathered

    @api.model
    def _is_same(self, one, other):
        return not one or not other or is_same_person(one, other)

    @api.model
    def _get_names(self, records):
        """Return ``{res_id: name of the person}``, what the record says."""
        column = self._get_name_column(records)
        # sudo: anchors - the verdict must not depend on who may read the name
        return {record.id: record[column] or "" for record in records.sudo().exists()}

    @api.model
    def _get_name_column(self, records):
        return "contact_name" if "contact_name" in records._fields else "name"

    @api.model
    def _get_own(self, records, partners):
        """Return ``{res_id: [subject id]}`` of the records and their partners."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, res_model, res_id FROM rgpd_subject
                 WHERE (res_model = %s AND res_id = ANY(%s))
                    OR (res_model = 'res.partner' AND res_id = ANY(%s))
                """,
                records._name,
                list(records.ids),
                list(set(partners.values())),
            )
        )
        subjects = {(model, res_id): sid for sid, model, res_id in rows}
        own = {}
        for res_id in records.ids:
            keys = [(records._name, res_id)]
            if res_id in partners:
                keys.append(("res.partner", partners[res_id]))
            found = [subjects[key] for key in keys if key in subjects]
            if found:
                own[res_id] = found
        return own

    @api.model
    def _get_speaking_twins(self, addresses, channel, company):
        """Return the twins who ever told the company something about the channel."""
        if not self._has_events(company):
            return {}
        spoke = SQL(
            """
            EXISTS (SELECT 1 FROM rgpd_consent_event e
                     WHERE e.subject_id = s.id AND e.company_id = %s
                       AND e.channel IN (%s, 'all'))
            """,
            company.id,
            channel,
        )
        return self._get_twins(addresses, KEYS_OF[channel], spoke)

    @api.model
    def _get_twins(self, addresses, kinds, condition):
        """Return ``{subject id: (name, [res_id])}`` of those who share an address.

        :param kinds: ``email`` and ``phone``, or one of them
        :param condition: SQL about the subject ``s``: only these are looked for
        """
        index = {"email": {}, "phone": {}}
        for kind in kinds:
            for res_id, address in addresses.items():
                for value in address.emails if kind == "email" else address.phones:
                    key = value if kind == "email" else value[-DIGITS:]
                    index[kind].setdefault(key, []).append(res_id)
        twins = {}
        for model in self.env["rgpd.data.map"]._get_anchor_models():
            for kind, found in index.items():
                for subject_id, value, name in self._search_twins(
                    model, kind, list(found), condition
                ):
                    twins.setdefault(subject_id, (name, []))[1].extend(found[value])
        return twins

    @api.model
    def _has_events(self, company):
        self.env["rgpd.consent.event"].flush_model()
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM rgpd_consent_event WHERE company_id = %s LIMIT 1",
                    company.id,
                )
            )
        )

    @api.model
    def _search_twins(self, model, kind, values, condition):
        """Return ``[(subject id, address, name)]`` of one anchor model."""
        if not values or model not in self.env:
            return []
        records = self.env[model]
        name = self._get_name_column(records)
        if name not in records._fields:
            return []
        columns = [
            column
            for column in COLUMNS[kind]
            if column in records._fields and records._fields[column].store
        ]
        records.flush_model([*columns, name])
        return [
            row
            for column in columns
            for row in self._query_twins(records, kind, column, values, condition)
        ]

    @api.model
    def _query_twins(self, records, kind, column, values, condition):
        name = self._get_name_column(records)
        key = SQL.identifier(column)
        found = SQL("%s = ANY(%s)", key, values)
        if kind == "phone":
            key = get_digits_sql(key)
            found = get_digits_condition(records._name, column, values)
        return self.env.execute_query(
            SQL(
                """
                WITH living AS MATERIALIZED (
                SELECT id, %(key)s AS key, %(name)s AS name
                  FROM %(table)s
                 WHERE %(found)s)
                SELECT s.id, living.key, living.name
                  FROM living
                  JOIN rgpd_subject s
                    ON s.res_model = %(model)s AND s.res_id = living.id
                 WHERE %(condition)s
                """,
                key=key,
                name=SQL.identifier(name),
                table=SQL.identifier(records._table),
                model=records._name,
                found=found,
                condition=condition,
            )
        )
