from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.retention.vault import LIVE_COLUMNS
from . import archived_field
from .rgpd_vault_masking import is_nobody_archived

# Computed from the live columns and not stored; Odoo takes an address for a text
DERIVED_FIELDS = (
    "email_formatted",
    "contact_address",
    "contact_address_inline",
    "parent_name",
)
# What is shown of an archived person: nothing, or the label
SHOWN = dict.fromkeys((*LIVE_COLUMNS["res.partner"], *DERIVED_FIELDS), False) | {
    "name": None,
    "complete_name": None,
    "display_name": None,
    "contact_address": "",
    "contact_address_inline": "",
}


class ResPartner(models.Model):
    """A contact, with its retention; archived contacts are hidden in daily work."""

    _name = "res.partner"
    _inherit = ["res.partner", "rgpd.person.mixin"]

    # Of this registry alone: see archived_field.hide
    name = fields.Char()
    complete_name = fields.Char()
    company_name = fields.Char()
    commercial_company_name = fields.Char()
    ref = fields.Char()
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    vat = fields.Char()
    company_registry = fields.Char()
    email_formatted = fields.Char()
    contact_address = fields.Char()
    contact_address_inline = fields.Char()
    parent_name = fields.Char()

    # === SETUP === #

    @api.model
    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        archived_field.guard(self, LIVE_COLUMNS["res.partner"])
        self._hide_archived_fields()
        return result

    @api.model
    def _hide_archived_fields(self):
        archived_field.hide(self, SHOWN)

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Keep apart what users see in one transaction: some read true names."""
        return super()._compute_display_name()

    # === ARCHIVED CONTACTS === #

    def _get_archived_partner_id(self):
        """Return the contact whose archive hides these values."""
        return self._ids[0]

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """Leave archived persons out of lists, searches and choices.

        Reading records by their numbers still works, or an old order could not be
        opened: their values are hidden then.
        """
        options = {"active_test": active_test, "bypass_access": bypass_access}
        if is_nobody_archived(self.env) or not self.env["rgpd.vault"]._is_masking():
            return super()._search(domain, offset, limit, order, **options)
        archive = self.env["rgpd.vault"]
        leaves_out = not (self.env.su or bypass_access or self._is_by_number(domain))
        with archive._searching(leaves_out):
            query = super()._search(domain, offset, limit, order, **options)
        if leaves_out and not query.is_empty():
            query.add_where(SQL("NOT %s", archive._get_hidden_sql(self._table)))
        return query

    @api.model
    def _is_by_number(self, domain):
        """True when only numbers the caller already holds are asked for.

        So reads the ORM the records of a document, and so count the buttons of a form;
        nothing is learnt of who is in the archive.
        """
        conditions = [
            (condition.field_expr, condition.operator)
            for condition in Domain(domain).iter_conditions()
            if condition.field_expr != self._active_name
        ]
        return bool(conditions) and all(
            name == "id" and operator in ("in", "=", "child_of", "parent_of")
            for name, operator in conditions
        )

    def _hide_archived_column(self, sql, alias):
        """Return how a column is read; see ``archived_field.guard``."""
        archive = self.env["rgpd.vault"]
        if not archive._is_masking() or (alias == self._table and archive._is_raw()):
            return sql
        return self._hide_archived_sql(sql, alias, "id")

    @api.model
    def _hide_archived_sql(self, sql, alias, column):
        """Return an expression that is NULL for archived persons.

        :param str column: column of the alias that holds the contact
        """
        if not self.env["rgpd.vault"]._is_masking():
            return sql
        return SQL(
            """CASE WHEN EXISTS (SELECT 1 FROM rgpd_vault_partner_rel rgpd_v
                                  WHERE rgpd_v.partner_id = %s)
                    THEN NULL ELSE %s END""",
            SQL.identifier(alias, column),
            sql,
        )

    def _fetch_query(self, query, fields):
        """Fill the cache with true values: the conversion hides them."""
        if is_nobody_archived(self.env) or not self.env["rgpd.vault"]._is_masking():
            return super()._fetch_query(query, fields)
        with self.env["rgpd.vault"]._showing():
            return super()._fetch_query(query, fields)

    def write(self, vals):
        """Refuse that a person in the archive is changed by who may not see them.

        And that anybody writes on the contact that stands for erased customers.
        """
        if not self.env.su:
            if not is_nobody_archived(self.env):
                self._check_not_archived()
            self.env["rgpd.stand.in"]._check_write(self, vals.keys())
        return super().write(vals)

    def unlink(self):
        """Tell the ledger and the journal who was deleted outside an erasure.

        A restored backup must not bring them back (invariant 7). The archive of the
        person goes with them.
        """
        archive = self.env["rgpd.vault"]
        if not self.env.su:
            self._check_not_archived()
        # sudo: rgpd.subject - whoever may delete the contact causes this
        subjects = self.env["rgpd.subject"].sudo()._of(self, create=False)
        # Who was merged into another record still exists
        gone = subjects.filtered(
            lambda s: s.is_natural and s.is_in_file and not s.merged_into_id
        )
        rows = [(subject.res_model, subject.res_id) for subject in gone]
        vaults = archive._of(gone)
        result = super().unlink()
        vaults._destroy()
        if rows:
            self.env["rgpd.erasure.outbox"]._put(rows, "deleted")
            self.env["rgpd.journal"]._record_many(
                "person.deleted", [(subject.uid, {}) for subject in gone]
            )
        return result

    def _check_not_archived(self):
        archive = self.env["rgpd.vault"]
        if not archive._is_masking():
            return
        if any(archive._is_hidden(partner) for partner in self):
            raise AccessError(
                self.env._(
                    "This customer is in the intermediate archive (art. 5.1.e GDPR): "
                    "nothing is changed there. If they are back in contact, ask the "
                    "archive group to take them out."
                )
            )


archived_field.own(ResPartner, {*LIVE_COLUMNS["res.partner"], *DERIVED_FIELDS})
