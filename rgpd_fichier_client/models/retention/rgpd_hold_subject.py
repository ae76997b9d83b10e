from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class RgpdHold(models.Model):
    """A dispute with somebody who is no contact: a lead, a contact of a mailing list.

    Art. 17.3.e GDPR keeps what a claim needs, wherever it is stored.
    """

    _inherit = "rgpd.hold"

    subject_id = fields.Many2one(
        "rgpd.subject",
        string="Person who is no contact",
        domain=[("res_model", "!=", "res.partner"), ("is_natural", "=", True)],
        index="btree_not_null",
        ondelete="cascade",
        help="Hold all the data of a person whom only a lead or a mailing list knows. "
        "Once the lead has a customer, the hold is about that contact.",
    )

    @api.constrains("subject_id")
    def _check_subject(self):
        # sudo: rgpd.subject - what kind of record it is, for whoever makes a hold
        if "res.partner" in self.sudo().subject_id.mapped("res_model"):
            raise ValidationError(
                self.env._("This person is a contact: choose them under “Person”.")
            )

    @api.model
    def _open_for(self, record):
        """Open the holds of one record that stands for a person.

        :raise UserError: not exactly one record, or one that stands for no person
        """
        if len(record) != 1:
            raise UserError(self.env._("Choose one person at a time."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rgpd_fichier_client.rgpd_hold_partner_action"
        )
        name, target = "partner_id", record
        if record._name != "res.partner":
            target = record["partner_id"] if "partner_id" in record else None
        if not target:
            name, target = "subject_id", self.env["rgpd.subject"]._of(record)
        if not target:
            raise UserError(self.env._("This record stands for no person."))
        return action | {
            "domain": [(name, "=", target.id)],
            "context": {f"default_{name}": target.id},
        }

    @api.model
    def _get_subject_query(self, kinds):
        """Return one row per hold in force on somebody who is no contact."""
        return SQL(
            """
            SELECT h.id, h.company_id, h.subject_id, h.date_start,
                   %(end)s AS date_end
              FROM rgpd_hold h
             WHERE h.date_lifted IS NULL AND h.subject_id IS NOT NULL
               AND h.kind IN %(kinds)s
            """,
            kinds=tuple(kinds),
            end=self._get_end_sql(),
        )

    @api.model
    def _get_later_partners_sql(self):
        """Return the contacts that now stand for the person of hold ``h``.

        To be extended where a record gets a contact.

        :rtype: list[SQL]
        """
        return []
