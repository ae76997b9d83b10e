from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rgpd_fichier_client.core.retention import erasure_plan
from odoo.addons.rgpd_fichier_client.models.retention.rgpd_eraser_rows import (
    ERASED_LABEL,
    PSEUDONYM_PREFIX,
    UNIQUE_PREFIX,
)
from odoo.addons.rgpd_fichier_client.models.retention.rgpd_reason import TIMEZONE

# What an erasure leaves, by whichever masking: it names nobody
MARKS = (ERASED_LABEL, PSEUDONYM_PREFIX, UNIQUE_PREFIX)
COLUMNS = {"name": "contact_name", "email": "email_from", "phone": "phone"}


class CrmLead(models.Model):
    """Leads of an organisation that name a natural person: they end on their own day.

    The organisation is nobody, but who is to be asked for there is somebody, with a
    name, an e-mail and a telephone of their own, and is neither a contact nor a person
    of the file (Art. 4.1 and 5.1 e GDPR). The rules are those of all leads.
    """

    _inherit = "crm.lead"

    @api.model
    def _rgpd_get_details_sql(self, alias, name="name", email="email"):
        """Return the details of a contact or of a lead, as ``leads.details`` does."""
        shown = {
            "name": SQL.identifier(alias, name),
            "email": SQL.identifier(alias, email),
            "phone": SQL.identifier(alias, "phone"),
        }
        values = {
            "name": SQL("lower(trim(%s))", shown["name"]),
            "email": SQL(
                "lower(trim(COALESCE(%s, %s)))",
                SQL.identifier(alias, "email_normalized"),
                shown["email"],
            ),
            "phone": SQL(
                "regexp_replace(COALESCE(%s, %s), '[^0-9]', '', 'g')",
                SQL.identifier(alias, "phone_sanitized"),
                shown["phone"],
            ),
        }
        return {
            key: SQL(
                """(CASE WHEN COALESCE(%s, '') NOT ILIKE ALL (%s)
                         THEN NULLIF(%s, '') END)""",
                shown[key],
                [f"%{mark}%" for mark in MARKS],
                value,
            )
            for key, value in values.items()
        }

    @api.model
    def _rgpd_get_kept_details(self):
        """Return the details that no erasure takes away, as the DPO decided."""
        known = self.env["rgpd.data.map"]._get_fields("crm.lead")
        return {
            key
            for key, name in COLUMNS.items()
            if (field := known.get(name))
            and (not field.is_personal or erasure_plan.get_strategy(field) == "keep")
        }

    @api.model
    def _rgpd_get_own_sql(self, alias):
        """Return the organisations ``rgpd_o`` whose details name nobody: a FROM clause.

        The customer, and the one it is an address of.
        """
        return SQL(
            """res_partner rgpd_c JOIN res_partner rgpd_o
                    ON rgpd_o.id IN (rgpd_c.id, rgpd_c.commercial_partner_id)
                 WHERE rgpd_c.id = %s""",
            SQL.identifier(alias, "partner_id"),
        )

    @api.model
    def _rgpd_get_foreign_sql(self, alias):
        """Return which details of a lead are not those of its organisation.

        :return: ``{"name": SQL, "email": SQL, "phone": SQL}``, the value or NULL
        """
        own = self._rgpd_get_details_sql("rgpd_o")
        result = {}
        details = self._rgpd_get_details_sql(alias, COLUMNS["name"], COLUMNS["email"])
        for name, value in details.items():
            known = [SQL("%s = %s", own[name], value)]
            if name == "name":
                company = SQL("lower(trim(%s))", SQL.identifier(alias, "partner_name"))
                known.append(SQL("%s = %s", company, value))
            result[name] = SQL(
                "(CASE WHEN NOT EXISTS (SELECT 1 FROM %s AND (%s)) THEN %s END)",
                self._rgpd_get_own_sql(alias),
                SQL(" OR ").join(known),
                value,
            )
        return result

    @api.model
    def _rgpd_get_named_sql(self, alias):
        """Return whether a lead of an organisation names a natural person, as
        ``leads.names_somebody``.
        """
        kept = self._rgpd_get_kept_details()
        foreign = self._rgpd_get_foreign_sql(alias).items()
        named = [value for key, value in foreign if key not in kept]
        if not named:
            return SQL("FALSE")
        return SQL("(COALESCE(%s) IS NOT NULL)", SQL(", ").join(named))

    @api.model
    def _rgpd_get_contacts_sql(self, alias):
        """Return the contacts of the organisation whom the lead names, as a query."""
        contact = self._rgpd_get_details_sql("rgpd_k")
        same = [
            SQL("%s = %s", contact[name], value)
            for name, value in self._rgpd_get_foreign_sql(alias).items()
        ]
        return SQL(
            """SELECT rgpd_k.id FROM res_partner rgpd_own_c
                 JOIN rgpd_subject rgpd_s ON rgpd_s.res_model = 'res.partner'
                      AND rgpd_s.res_id = rgpd_own_c.id AND NOT rgpd_s.is_natural
                 JOIN res_partner rgpd_k ON rgpd_k.is_company IS NOT TRUE
                      AND rgpd_k.commercial_partner_id
                          = rgpd_own_c.commercial_partner_id
                WHERE rgpd_own_c.id = %s AND (%s)""",
            SQL.identifier(alias, "partner_id"),
            SQL(" OR ").join(same),
        )

    def _rgpd_get_own_identifiers(self):
        """Return ``{lead id: [Identifier]}`` of whom leads of organisations name.

        What is the organisation's own (its switchboard, address, number) is nobody's.
        """
        subjects = self.env["rgpd.subject"]._of(self.partner_id).grouped("res_id")
        contacts_of, result = self._rgpd_get_contacts(), {}
        finder = self.env["rgpd.person.finder"]
        for lead in self:
            subject = subjects.get(lead.partner_id.id)
            if not subject or subject.is_natural:
                continue
            organisations = lead.partner_id | lead.partner_id.commercial_partner_id
            own = {
                identifier
                for found in finder._get_identifiers(organisations).values()
                for identifier in found
            }
            contacts = contacts_of.get(lead.id, lead.partner_id.browse())
            found = finder._get_identifiers(lead)[lead.id]
            for some in finder._get_identifiers(contacts).values():
                found += [i for i in some if i not in found]
            result[lead.id] = [
                identifier
                for identifier in found
                if identifier not in own
                # Without a contact it is named by the company
                and (identifier.kind != "name" or lead.contact_name or contacts)
            ]
        return result

    @api.model
    def _rgpd_get_days_sql(self, alias, persons):
        """A reason may count from what another contact of the customer wrote on it."""
        return SQL(
            """%s UNION ALL
               SELECT (rgpd_wm.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                 FROM mail_message rgpd_wm
                 JOIN res_partner rgpd_wa ON rgpd_wa.id = rgpd_wm.author_id
                 JOIN res_partner rgpd_wc
                      ON rgpd_wc.commercial_partner_id = rgpd_wa.commercial_partner_id
                WHERE rgpd_wm.model = 'crm.lead' AND rgpd_wm.res_id = %s
                  AND rgpd_wc.id = %s""",
            super()._rgpd_get_days_sql(alias, persons),
            TIMEZONE,
            SQL.identifier(alias, "id"),
            SQL.identifier(alias, "partner_id"),
        )
