from odoo import api, models
from odoo.tools import SQL

from ...core.datamap import normalise
from ...core.datamap.schema import Identifier


class RgpdDocumentMixin(models.AbstractModel):
    """Documents of an organisation that name a natural person beside it.

    The organisation is nobody and its document stays. Who receives the goods or the
    invoice is somebody (Art. 4.1 GDPR): they leave it on the day on which it has no
    reason of its own any more, whatever keeps them elsewhere (Art. 5.1 e).
    """

    _inherit = "rgpd.document.mixin"

    # That of an organisation is its own: its texts and files that do not name the
    # person stay
    _rgpd_stays_whole = False

    @api.model
    def _rgpd_get_addresses_sql(self, alias):
        """Return whom a document names beside its customer, as a query of contacts.

        Only what the erasure of the document itself takes away: it is due once.

        :return: None where it names nobody else
        """
        return None

    @api.model
    def _rgpd_get_natural_sql(self, partner):
        """Return whether a contact is a natural person, or an address of one, as the
        eraser tells.

        :param SQL partner: its number
        """
        return SQL(
            """EXISTS (
                SELECT FROM res_partner rgpd_np
                  JOIN rgpd_subject rgpd_ns ON rgpd_ns.res_model = 'res.partner'
                       AND rgpd_ns.res_id IN (rgpd_np.id, rgpd_np.commercial_partner_id)
                 WHERE rgpd_np.id = %s AND rgpd_ns.is_natural AND rgpd_ns.active
                   AND rgpd_ns.natural_evidence IS DISTINCT FROM 'address'
                   AND rgpd_ns.erased_on IS NULL)""",
            partner,
        )

    @api.model
    def _rgpd_get_contacts_sql(self, alias):
        """Return the natural persons that a document of an organisation names."""
        addresses = self._rgpd_get_addresses_sql(alias)
        if not addresses:
            return super()._rgpd_get_contacts_sql(alias)
        return SQL(
            """SELECT rgpd_na.id FROM rgpd_subject rgpd_os
                CROSS JOIN LATERAL (%(addresses)s) rgpd_na (id)
                WHERE rgpd_os.res_model = 'res.partner' AND rgpd_os.res_id = %(owner)s
                  AND NOT rgpd_os.is_natural AND rgpd_na.id <> %(owner)s
                  AND %(natural)s""",
            addresses=addresses,
            owner=SQL.identifier(alias, self._rgpd_person_path or "partner_id"),
            natural=self._rgpd_get_natural_sql(SQL("rgpd_na.id")),
        )

    @api.model
    def _rgpd_get_named_sql(self, alias):
        """Return whether a document of an organisation names a natural person."""
        if not self._rgpd_get_addresses_sql(alias):
            return super()._rgpd_get_named_sql(alias)
        return SQL("EXISTS (%s)", self._rgpd_get_contacts_sql(alias))

    @api.model
    def _rgpd_get_signed_sql(self, alias):
        """Return whether a text of its own says who agreed to a document."""
        return SQL("FALSE")

    @api.model
    def _rgpd_get_due_sql(self, alias):
        """Return whether a document of an organisation has an end of its own."""
        return SQL(
            "(%s OR %s)",
            self._rgpd_get_signed_sql(alias),
            self._rgpd_get_named_sql(alias),
        )

    def _rgpd_get_contacts(self):
        """Return ``{id: natural persons whom it names}``, those of organisations."""
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, rgpd_n.id FROM %s o CROSS JOIN LATERAL (%s) rgpd_n (id)
                    WHERE o.id = ANY(%s) AND rgpd_n.id IS NOT NULL""",
                SQL.identifier(self._table),
                self._rgpd_get_contacts_sql("o"),
                self.ids,
            )
        )
        result = {}
        for row_id, partner_id in rows:
            known = result.get(row_id, self.env["res.partner"])
            result[row_id] = known | known.browse(partner_id)
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _rgpd_stays_whole = True

    @api.model
    def _rgpd_get_signed_sql(self, alias):
        """Whoever signed for the organisation is a typed name and a drawing.

        They prove the contract (art. 1366 C. civ., Art. 17.3 e GDPR) and leave on the
        last day of the order, whoever is still in the file. No link says who it is, so
        they hold back nothing else.
        """
        return SQL("COALESCE(%s, '') <> ''", SQL.identifier(alias, "signed_by"))

    def _rgpd_get_own_identifiers(self):
        """Return the name typed by whoever signed, too; no link leads to them.

        Odoo writes it in a message and prints it on the file of the signed order.
        """
        result = super()._rgpd_get_own_identifiers()
        signed = self.filtered("signed_by")
        partners = signed.partner_id
        subjects = self.env["rgpd.subject"]._of(partners).grouped("res_id")
        own = self.env["rgpd.person.finder"]._get_identifiers(
            partners | partners.commercial_partner_id
        )
        for order in signed:
            partner, name = order.partner_id, normalise.name(order.signed_by)
            subject = subjects.get(partner.id)
            if not name or not subject or subject.is_natural:
                continue
            found = Identifier("name", name, "weak")
            # Not whoever typed the name of the company
            if not any(
                found in own.get(one, ())
                for one in (partner | partner.commercial_partner_id).ids
            ):
                result.setdefault(order.id, []).append(found)
        return result

    @api.model
    def _rgpd_get_addresses_sql(self, alias):
        """Who gets the invoice, the goods, and whoever paid for this order alone."""
        order = SQL.identifier(alias, "id")
        queries = [
            SQL(
                "SELECT unnest(ARRAY[%s, %s])",
                SQL.identifier(alias, "partner_invoice_id"),
                SQL.identifier(alias, "partner_shipping_id"),
            )
        ]
        for name, path in self._rgpd_get_related_fields().items():
            field = self.env[name]._fields.get(path) if name in self.env else None
            if field is None or "partner_id" not in self.env[name]._fields:
                continue
            table = SQL.identifier(self.env[name]._table)
            if field.type == "many2one":
                only = SQL("%s = %s", SQL.identifier("rgpd_r", path), order)
            else:
                only = SQL(
                    """rgpd_r.id IN (SELECT %(row)s FROM %(relation)s
                                      WHERE %(document)s = %(order)s)
                       AND NOT EXISTS (
                           SELECT FROM %(relation)s rgpd_o
                            WHERE %(other_row)s = rgpd_r.id
                              AND %(other)s <> %(order)s)""",
                    relation=SQL.identifier(field.relation),
                    row=SQL.identifier(field.column1),
                    document=SQL.identifier(field.column2),
                    other_row=SQL.identifier("rgpd_o", field.column1),
                    other=SQL.identifier("rgpd_o", field.column2),
                    order=order,
                )
            queries.append(
                SQL("SELECT rgpd_r.partner_id FROM %s rgpd_r WHERE %s", table, only)
            )
        return SQL(" UNION ALL ").join(queries)
