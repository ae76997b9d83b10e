from collections import defaultdict

from odoo import api, models

from odoo.addons.rgpd_fichier_client.core.consent.gate import L34_5, OBJECTION
from odoo.addons.rgpd_fichier_client.models.consent.rgpd_contact_address import Address

# Somebody who has left the file says nothing for who has the number now.
GONE = ("person_missing", "person_archived", "person_erased")


class RgpdContactNumber(models.AbstractModel):
    """From numbers typed by hand to who has them, and to what they decided."""

    _name = "rgpd.contact.number"
    _description = "Persons behind phone numbers"

    @api.model
    def _check_any(self, numbers, purpose_codes, channel, company):
        """Tell whether offers may be sent to numbers (art. L. 34-5 CPCE).

        Set-based. Everybody in the file who has the number must allow it; of a number
        that nobody has no consent can be proved: the answer is no.

        :param numbers: list of E.164 numbers
        :param purpose_codes: in order of preference
        :return: ``{number: verdict}`` as of the contact gate, with ``person``: the
            ``(model, id)`` who is written to, ``None`` when there is none
        """
        persons = self._get_persons(numbers)
        ids_by_model = defaultdict(set)
        for found in persons.values():
            for model, res_id in found:
                ids_by_model[model].add(res_id)
        verdicts = {
            (model, res_id): verdict
            for model, ids in ids_by_model.items()
            for res_id, verdict in self.env["rgpd.contact.gate"]
            ._check_any(
                self.env[model].browse(sorted(ids)), purpose_codes, channel, company
            )
            .items()
        }
        strangers = self._check_strangers(
            [number for number in numbers if number not in persons],
            purpose_codes,
            channel,
            company,
        )
        return {
            number: self._join(persons[number], verdicts)
            if number in persons
            else strangers[number]
            for number in numbers
        }

    @api.model
    def _get_persons(self, numbers):
        """Return ``{number: [(model, id)]}`` of the anchors who have the numbers."""
        self.env.flush_all()
        wanted, persons = set(numbers), defaultdict(list)
        found = self.env["rgpd.person.finder"]._match({"phone": [*wanted]})
        for model, ids in found.items():
            records = self.env[model].browse(sorted(ids))
            addresses = self.env["rgpd.contact.address"]._get(records)
            for res_id, address in addresses.items():
                for number in wanted.intersection(address.phones):
                    persons[number].append((model, res_id))
        return dict(persons)

    @api.model
    def _join(self, persons, verdicts):
        """Return one verdict about those who have a number: the strictest."""
        # Without purpose the gate says nothing of anybody
        found = [(verdicts[key], key) for key in persons if key in verdicts]
        living = [pair for pair in found if pair[0]["code"] not in GONE] or found
        refused = [pair for pair in living if not pair[0]["allowed"]]
        if not living:
            return self._refuse("no_purpose", "Art. 5.1.b RGPD", ())
        verdict, person = (refused or living)[0]
        return {**verdict, "person": person}

    @api.model
    def _check_strangers(self, numbers, purpose_codes, channel, company):
        """Return the verdicts on numbers nobody in the file has.

        Objectors whose record was erased are still known by their digest.
        """
        if not numbers:
            return {}
        addresses = {number: Address(phones=(number,)) for number in numbers}
        gate = self.env["rgpd.contact.gate"]
        listed = gate._get_suppressed(addresses, channel, company)
        if listed is None:
            refusal = self._refuse("suppression_unreadable", OBJECTION, purpose_codes)
            return dict.fromkeys(numbers, refusal)
        unknown = self._refuse("number_unknown", L34_5, purpose_codes)
        objected = self._refuse("suppressed", OBJECTION, purpose_codes)
        return {number: objected if number in listed else unknown for number in numbers}

    @api.model
    def _refuse(self, code, article, purpose_codes):
        verdict = self.env["rgpd.contact.gate"]._prepare_verdict(False, code, article)
        purpose = next(iter(purpose_codes), "no_purpose")
        return {**verdict, "purpose": purpose, "person": None}
