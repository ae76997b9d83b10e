from odoo import fields, models

# Place of the contact of a list among the rows of one opt-out
OWN = 999


class RgpdConsentImport(models.TransientModel):
    """Who left a mailing list before the add-on was there has objected (art. 21.2)."""

    _inherit = "rgpd.consent.import"

    kind = fields.Selection(
        selection_add=[("optout", "Opt-outs of Odoo's mailing lists")],
        ondelete={"optout": "cascade"},
    )

    # === RECORDING === #

    def _record_all(self, rows):
        """Record the objections of the contacts of the lists, too."""
        added = super()._record_all(rows)
        if self.kind == "optout":
            # sudo: mailing.contact - read by whoever imports consents
            added += self.env["rgpd.consent.recorder"]._record_many(
                self.env["mailing.contact"].sudo(),
                self._prepare_contacts(),
                self.company_id,
            )
        return added

    def _count_rows(self, rows):
        count = super()._count_rows(rows)
        return count + len(self._get_optouts()) if self.kind == "optout" else count

    # === READING === #

    def _read_optout(self):
        """Return the objections of the contacts with the same address."""
        return self._keep_known([row for row, _contact in self._get_optouts()])

    def _get_optouts(self):
        """Return ``[(row, contact of a list)]``, one per opt-out with an address."""
        # sudo: mailing.subscription - read by whoever imports consents
        left = self.env["mailing.subscription"].sudo().search([("opt_out", "=", True)])
        return [
            (
                self._prepare_row(
                    one.id,
                    purpose="",
                    channel="email",
                    decision="objected",
                    moment=one.opt_out_datetime or one.write_date,
                    source=one._name,
                    proof=f"{one._name} {one.id}",
                    email=one.contact_id.email_normalized,
                ),
                one.contact_id,
            )
            for one in left
            if one.contact_id.email_normalized
        ]

    def _prepare_contacts(self):
        """Return the acts of the contacts of the lists themselves."""
        templates, source = {}, self._get_source_key()
        prepared = []
        for row, contact in self._get_optouts():
            template = self._get_template(row, templates, {})
            row = self._split_row(row, contact.id, OWN)
            prepared.append(
                self._prepare_checked(
                    row, contact.id, template, self._get_moment(row), source
                )
            )
        return prepared
