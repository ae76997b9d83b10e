from odoo import api, fields, models
from odoo.tools import hash_sign, verify_hash_signed

LINK_SCOPE = "rgpd.request.letter"
LINK_DAYS = 31


class RgpdRequestLetter(models.Model):
    """The links of a letter the company writes first: stay in touch, or object."""

    _inherit = "rgpd.request.letter"

    date_stay = fields.Datetime(
        string="Asked to stay in touch on",
        readonly=True,
        copy=False,
        help="Click of the person, confirmed on the page: a contact from them.",
    )

    def _get_links(self):
        """Return the links of a letter the company writes first: `stay`, `object`.

        They open a page; only its button acts (a mail scanner follows links). They end
        a month after the day they are about.
        """
        self.ensure_one()
        days = LINK_DAYS
        if self.date_effect:
            days += max((self.date_effect - fields.Date.context_today(self)).days, 0)
        # sudo: ir.config_parameter - the secret that signs the link
        token = hash_sign(
            self.sudo().env,
            LINK_SCOPE,
            self._origin.id or 0,
            expiration_hours=24 * days,
        )
        url = f"{self.get_base_url()}/rgpd/letter/{token}"
        return {"stay": f"{url}/stay", "object": f"{url}/object"}

    @api.model
    def _from_token(self, token):
        """Return the letter of a link, or none: forged, expired, or not sent."""
        try:
            letter_id = verify_hash_signed(self.env, LINK_SCOPE, token)
        except ValueError:
            return self.browse()
        letter = self.browse(letter_id or ()).exists()
        return letter.filtered(lambda x: x.state == "sent" and x.subject_id)

    def _stay(self):
        """The person wants to stay in touch: a contact that comes from them."""
        self.ensure_one()
        if not self.date_stay:
            self._sentinel().date_stay = fields.Datetime.now()
            self.env["rgpd.journal"]._record(
                "letter.stay", self.subject_id, {"letter": self.id}, self.company_id
            )
            # sudo: rgpd.reason - computed from the facts
            self.env["rgpd.reason"].sudo()._refresh(self._get_subject_record())

    def _object(self):
        """The person objects to prospecting: at once, without a reason."""
        self.ensure_one()
        self.env["rgpd.consent"]._record(
            self.subject_id,
            None,
            "all",
            "objected",
            method="button",
            collection_point="email",
            company=self.company_id,
            request_key=f"rgpd.request.letter,{self.id}",
            actor="self",
        )

    def _get_subject_record(self):
        subject = self.subject_id
        return subject._records().get(subject.res_model)
