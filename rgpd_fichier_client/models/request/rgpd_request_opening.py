from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class RgpdRequest(models.Model):
    """Open a request for one person, once, whatever record stands for them."""

    _inherit = "rgpd.request"

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, person, right, *, channel="other", company=None, **values):
        """Return the open request of `person` for `right`, made if there is none.

        A second click, or a second mail, does not open a second request.

        :param person: one record of any anchor model (contact, lead…)
        :param str right: key of `rgpd.request.item.right`
        :rtype: rgpd.request
        """
        company = company or self.env.company
        self._lock_person(person)
        found = self._find_open(person, right, company)
        if found:
            return found
        return self.create(
            {
                **self._prepare_person_vals(person),
                "company_id": company.id,
                "channel": channel,
                "item_ids": [fields.Command.create({"right": right})],
                **values,
            }
        )

    @api.model
    def _prepare_person_vals(self, person):
        """Return the fields that say who is meant, and where to answer."""
        finder = self.env["rgpd.person.finder"]
        identifiers = finder._get_identifiers(person).get(person.id, ())
        emails = [item.value for item in identifiers if item.kind == "email"]
        is_contact = person._name == "res.partner"
        return {
            "partner_id": is_contact and person.id,
            "subject_id": not is_contact and self.env["rgpd.subject"]._of(person).id,
            # sudo: anchors - the wizard has checked that the officer may read it
            "requester_name": finder._get_person_name(person.sudo()),
            "requester_email": emails[0] if emails else False,
        }

    def _get_person(self):
        """Return the record the request is about: a contact, a lead…, or nothing."""
        self.ensure_one()
        if self.partner_id or not self.subject_id:
            return self.with_context(active_test=False).partner_id
        # sudo: rgpd.subject - leads may be out of the officer's sight
        subject = self.subject_id.sudo()
        records = subject._records().get(subject.res_model)
        return records if records else self.env["res.partner"]

    @api.model
    def _lock_person(self, person):
        """Serialise the requests of one person.

        The row is written, not only locked: of two clicks at the same moment the
        second fails to serialise, and Odoo runs it again with the first one in sight.
        """
        # sudo: rgpd.subject - the row holds no personal data
        subjects = self.env["rgpd.subject"].sudo()._of(person)
        if subjects:
            self.env.cr.execute(
                SQL("UPDATE rgpd_subject SET id = id WHERE id IN %s", subjects._ids)
            )

    @api.model
    def _find_open(self, person, right, company):
        """Return the oldest open request of `person` for `right`, or none."""
        if not person:
            return self.browse()
        if person._name == "res.partner":
            domain = Domain("partner_id", "=", person.id)
        else:
            subjects = self.env["rgpd.subject"]._of(person, create=False)
            domain = Domain("subject_id", "in", subjects.ids)
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain("is_done", "=", False) & Domain("item_ids.right", "=", right)
        return self.search(domain, order="date_received, id", limit=1)
