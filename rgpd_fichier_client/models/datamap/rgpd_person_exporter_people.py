from odoo import models

from ...core.datamap import bundle_mask
from .export_reader import RecordReader

MAX_STAFF_NAMES = 5000


class RgpdPersonExporter(models.AbstractModel):
    """Who may be shown in the copy: the person and the company, nobody else."""

    _inherit = "rgpd.person.exporter"

    def _prepare_reader(self, records, _found, portability, review):
        company = self.env.company
        masker = bundle_mask.Masker(
            {
                "person": self.env._("[another person]"),
                "staff": self.env._("[member of staff]"),
                "email": self.env._("[e-mail of another person]"),
                "phone": self.env._("[phone of another person]"),
                **self._get_withheld_labels(),
            }
        )
        self._show_person(masker, records)
        self._hide_neighbours(masker, records)
        return RecordReader(
            self.env,
            masker,
            self._get_own_ids(records),
            portability=portability,
            allowed=self._get_portable_categories(company),
            fixed=self._get_fixed_fields(portability),
            review=review,
        )

    def _get_withheld_labels(self):
        """Return what stands for a record that stays out, by ground."""
        return {
            "others": self.env._("[withheld to protect other people, Art. 15.4 GDPR]"),
            "secret": self.env._("[withheld: business secret, Art. 15.4 GDPR]"),
            "unchecked": self.env._("[not checked yet; ask us for it]"),
            "large": self.env._("[too long to be shown here; ask us for it]"),
        }

    def _show_person(self, masker, records):
        """Declare what identifies the person, and the company itself."""
        identifiers = self.env["rgpd.person.finder"]._get_identifiers(records)
        for found in identifiers.values():
            for item in found:
                if item.kind in ("email", "login"):
                    masker.show(emails=[item.value])
                elif item.kind == "phone":
                    masker.show(phones=[item.value])
                elif item.kind == "name":
                    masker.show(names=[item.value])
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            masker.show(
                names=[company.name], emails=[company.email], phones=[company.phone]
            )

    def _hide_neighbours(self, masker, records):
        """Declare staff and the other contacts of the same company."""
        users = self.env["res.users"].search(
            [("share", "=", False)], limit=MAX_STAFF_NAMES
        )
        own = self._get_own_ids(records).get("res.partner", set())
        for user in users:
            if user.partner_id.id not in own:
                masker.hide(user.name, "staff")
                masker.know_staff(
                    emails=[user.email, user.login], phones=[user.partner_id.phone]
                )
        if records._name == "res.partner":
            family = self.env["res.partner"].search(
                [
                    ("commercial_partner_id", "in", records.commercial_partner_id.ids),
                    ("id", "not in", list(own)),
                    ("is_company", "=", False),
                ],
                limit=MAX_STAFF_NAMES,
            )
            for other in family.filtered("name"):
                masker.hide(other.name)
