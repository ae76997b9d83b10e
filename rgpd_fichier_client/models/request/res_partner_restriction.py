from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ...core.consent.address import normalise_email

# What the handling of the person's rights puts in the context: an object of this
# process, so that no remote call can send it.
RIGHTS = object()
# A child of these types is an address of its parent; a contact is a person.
ADDRESS_TYPES = ("delivery", "invoice", "other")
# What makes a record an address of somebody
OWNER_FIELDS = {"parent_id", "type"}


class ResPartner(models.Model):
    """Blocks changing and exporting contacts whose use is restricted (Art. 18)."""

    _inherit = "res.partner"

    rgpd_is_restricted = fields.Boolean(
        string="Use restricted",
        compute="_compute_rgpd_is_restricted",
        search="_search_rgpd_is_restricted",
        help="Art. 18 GDPR: the data are stored and may not be used, except with the "
        "person's consent, for legal claims or to deal with their rights.",
    )

    def _search_rgpd_is_restricted(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: rgpd.restriction - the mark is shown to whoever reads the contact
        restrictions = (
            self.env["rgpd.restriction"]
            .sudo()
            .search(
                [
                    ("date_lifted", "=", False),
                    ("company_id", "in", self.env.companies.ids),
                    ("subject_id.res_model", "=", "res.partner"),
                ]
            )
        )
        ids = restrictions.subject_id.mapped("res_id")
        domain = fields.Domain("id", "in", ids) | (
            fields.Domain("parent_id", "in", ids)
            & fields.Domain("type", "in", ADDRESS_TYPES)
        )
        if set(value) >= {True, False}:
            return fields.Domain.TRUE
        return domain if True in set(value) else ~domain

    @api.onchange("email")
    def _onchange_email_rgpd_restriction(self):
        """Tell whoever enters somebody again that nobody may write to them."""
        double = self._rgpd_get_restricted_double()
        if not double:
            return None
        return {
            "warning": {
                "title": self.env._("Use restricted (Art. 18 GDPR)"),
                "message": self.env._(
                    "Contact number %(id)s has this e-mail address, and the use of "
                    "their data is restricted. If this is the same person, do not "
                    "enter them a second time. Nothing is sent to this address before "
                    "the restriction is lifted.",
                    id=double.id,
                ),
            }
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse a new address of a restricted person: it is a datum about them.

        :raise UserError: by a user; a contact of a restricted person is somebody else
        """
        partners = super().create(vals_list)
        if not self._rgpd_may_use_all():
            partners._rgpd_get_addresses()._rgpd_check_unrestricted()
        return partners

    def write(self, vals):
        """Refuse to change restricted data, except to deal with the person's rights.

        :raise UserError: by a user, on a personal datum of a restricted contact
        """
        if self._rgpd_may_use_all():
            return super().write(vals)
        changes_owner = not vals.keys().isdisjoint(OWNER_FIELDS)
        personal = self._rgpd_get_personal_fields()
        if changes_owner or not vals.keys().isdisjoint(personal):
            self._rgpd_check_unrestricted()
        result = super().write(vals)
        if changes_owner:
            self._rgpd_get_addresses()._rgpd_check_unrestricted()
        return result

    def copy(self, default=None):
        """Refuse a copy of restricted contacts: it would be free of the restriction."""
        self._rgpd_check_unrestricted()
        return super().copy(default)

    def unlink(self):
        """Refuse to delete restricted contacts: they may only be stored."""
        self._rgpd_check_unrestricted()
        return super().unlink()

    def export_data(self, fields_to_export):
        """Refuse to export restricted contacts: take them out of the selection."""
        self._rgpd_check_unrestricted()
        return super().export_data(fields_to_export)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Refuse as well when an export of orders or of others follows a link here."""
        self._rgpd_check_unrestricted()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    # === BUSINESS METHODS === #

    def _rgpd_get_addresses(self):
        """Return those of these contacts that are an address of another one."""
        # sudo: res.partner - what the record is, whoever may read its owner
        addresses = self.sudo().filtered(
            lambda partner: partner.parent_id and partner.type in ADDRESS_TYPES
        )
        return self.browse(addresses.ids)

    def _rgpd_get_restricted_double(self):
        """Return another, restricted contact with the e-mail address of this one."""
        email = normalise_email(self.email)
        if not email:
            return self.browse()
        gate = self.env["rgpd.contact.gate"]
        restricted = self.browse()
        for company in self.env.companies:
            restricted |= gate._get_restricted_persons(self.browse(), company)
        addresses = self.env["rgpd.contact.address"]._get(restricted - self._origin)
        return self.browse(
            [res_id for res_id, known in addresses.items() if email in known.emails][:1]
        )

    def _rgpd_get_restricted(self):
        """Return those of these contacts that a company of the user restricts.

        The delivery and other addresses of a person are data about that person. Asked
        at each change of a contact: nothing is read of it where nobody is restricted.
        """
        restrictions = self.env["rgpd.restriction"]
        if not self or not restrictions._has_open(self.env.companies):
            return self.browse()
        # sudo: res.partner - whose address it is, whoever may read that person
        owners = {
            address.id: address.parent_id.id
            for address in self._rgpd_get_addresses().sudo()
        }
        persons = self | self.browse(owners.values())
        ids = set()
        for company in self.env.companies:
            ids |= restrictions._get_restricted_ids(persons, company)
        return self.filtered(lambda p: p.id in ids or owners.get(p.id) in ids)

    @api.model
    def _rgpd_may_use_all(self):
        """True for the handling of rights and Odoo itself, and if nobody is restricted.

        Asked at each change of a contact: the first in a transaction costs a statement.
        """
        return (
            self.env.su
            or self.env.context.get("rgpd_rights") is RIGHTS
            or not self.env["rgpd.restriction"]._has_ever_held()
        )

    def _rgpd_check_unrestricted(self):
        """Raise when the use of one of these contacts is restricted.

        The person themselves is free.
        """
        if self._rgpd_may_use_all():
            return
        restricted = self._rgpd_get_restricted()
        if restricted := restricted and restricted - self.env.user.partner_id:
            raise UserError(
                self.env._(
                    "The use of the data of %(count)s of these contacts is restricted "
                    "(Art. 18 GDPR): they may only be stored. Correct them through the "
                    "request of the person, or lift the restriction after telling "
                    "them. Contact numbers: %(ids)s.",
                    count=len(restricted),
                    ids=", ".join(map(str, restricted.ids[:20])),
                )
            )

    @ormcache()
    def _rgpd_get_personal_fields(self):
        """Return the names of the fields that hold data about the person."""
        # sudo: rgpd.data.field - which field is personal is no secret
        mapped = self.env["rgpd.data.field"].sudo()
        found = mapped.search(
            [("model", "=", self._name), ("effective_status", "=", "classified")]
        )
        return frozenset(found.mapped("name"))
