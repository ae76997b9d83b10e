from odoo import api, models
from odoo.tools import SQL


class RgpdSubject(models.Model):
    _inherit = "rgpd.subject"

    @api.model
    def _get_anchor_query(self, model, ids=None):
        """A mailing contact stands for the person behind the address.

        It has no link to a customer; the finder joins the two by e-mail.
        """
        if model != "mailing.contact":
            return super()._get_anchor_query(model, ids)
        only = (
            SQL("contact.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        )
        return SQL(
            """
            SELECT contact.id, NULL::int AS company_id, TRUE AS is_natural,
                   CASE WHEN COALESCE(trim(contact.company_name), '') <> ''
                        THEN 'contact' ELSE 'person' END AS evidence
              FROM mailing_contact AS contact
             WHERE %s
            """,
            only,
        )
