from odoo import api, models


class RgpdRequestOverview(models.AbstractModel):
    """What a company holds about a person, at a glance and in plain words.

    Shown to the person on their account; the full copy is another thing (Art. 15.3).
    """

    _name = "rgpd.request.overview"
    _description = "What Is Held about a Person"

    @api.model
    def _get(self, person, company):
        """Return what the page shows: details, numbers of records, Art. 15.1 blocks.

        :param person: one contact, whose rights the caller has checked
        :param company: the controller
        :rtype: dict
        """
        # sudo: anchors - the person is told all that concerns them
        person = person.sudo()
        return {
            "details": self._get_details(person),
            "counts": self._get_counts(person, company),
            "blocks": self.env["rgpd.access.information"]._get(person, company),
        }

    @api.model
    def _get_details(self, person):
        """Return pairs (name of the datum, value) of the contact itself."""
        names = ("name", "email", "phone", "contact_address_inline", "vat", "lang")
        names = [name for name in names if name in person._fields]
        labels = person.fields_get(names, ["string"])
        labels["contact_address_inline"] = {"string": self.env._("Postal address")}
        details = []
        for name in names:
            value = person[name]
            if name == "lang":
                languages = dict(self.env["res.lang"].sudo().get_installed())
                value = languages.get(value)
            if value and isinstance(value, str) and value.strip():
                details.append((labels[name]["string"], value.strip()))
        return details

    @api.model
    def _get_counts(self, person, company):
        """Return pairs (kind of record, number), of this company, most first."""
        found = self.env["rgpd.person.finder"]._find_own(person)
        counts = {}
        for model, ids in found.items():
            if self._is_plain(model):
                count = self._count(model, list(ids), company)
                if count:
                    label = self._get_label(model)
                    counts[label] = counts.get(label, 0) + count
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    @api.model
    def _count(self, model, ids, company):
        # sudo: the person is told what is held, whoever may read it
        records = self.env[model].sudo().with_context(active_test=False)
        domain = [("id", "in", ids)]
        if "company_id" in records._fields and records._fields["company_id"].store:
            domain.append(("company_id", "in", [False, company.id]))
        return records.search_count(domain)

    @api.model
    def _is_plain(self, model):
        """Whether a lay reader understands what a record of this kind is."""
        if model in self._get_plain_models():
            return True
        # sudo: rgpd.fact.source - settings of the data map
        sources = self.env["rgpd.fact.source"].sudo()
        return not model.endswith(".line") and bool(
            sources.search_count([("model", "=", model)], limit=1)
        )

    @api.model
    def _get_plain_models(self):
        """Hook: further kinds of records that are shown by number."""
        return ("res.partner", "mail.message", "ir.attachment", "res.partner.bank")

    @api.model
    def _get_label(self, model):
        if model == "res.users.log":
            return self.env._("Sign-ins to your account")
        # sudo: ir.model - the name of a kind of record, in the reader's language
        return self.env["ir.model"].sudo()._get(model).name or model
