import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.datamap import normalise
from ...core.journal import sealing

CONFIRM_HOURS = 48


class RgpdRequestDemand(models.Model):
    """What somebody sent by the public form, until the address is confirmed.

    Anybody can type anybody's address: nothing is a request, and nobody is looked
    for, before the owner of the address confirms. Until then the content is sealed
    with the secret of the link in the mail, which is stored nowhere: without the mail
    nobody reads it, and after two days it is gone.
    """

    _name = "rgpd.request.demand"
    _description = "Demand Waiting for Confirmation"
    _log_access = False

    digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    content = fields.Binary(
        required=True, readonly=True, attachment=False, groups=fields.NO_ACCESS
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    lang = fields.Char(required=True, readonly=True)
    date_expires = fields.Datetime(required=True, readonly=True, index=True)

    _digest_unique = models.Constraint(
        "UNIQUE(digest)", "The link of a demand is its own."
    )

    # === ENTRY POINTS === #

    @api.model
    def _submit(self, values, company, notices=None):
        """Keep a demand sealed and send the link that confirms it.

        The same is done whoever it is about: the file is not looked at.

        :param dict values: what was typed, cleaned: `requester_email` and others
        :param notices: marks of the notices the form showed, see `rgpd.form.notice`
        :return: the demand, in sudo
        """
        secret = secrets.token_urlsafe(32)
        versions = self.env["rgpd.form.notice"]._find_versions(notices or {}, company)
        values = {**values, "notices": versions.ids}
        # sudo: rgpd.request.demand - visitors have no rights; the row says nothing
        demand = self.sudo().create(
            {
                "digest": self._digest(secret),
                "content": sealing.seal(self._get_key(secret), values, "rgpd.demand"),
                "company_id": company.id,
                "lang": self.env.lang or "en_US",
                "date_expires": fields.Datetime.now() + timedelta(hours=CONFIRM_HOURS),
            }
        )
        demand._send_link(values["requester_email"], secret)
        return demand

    @api.model
    def _read_link(self, secret):
        """Return the demand of a link and its content, or None twice.

        Unknown, expired and used links are the same.

        :rtype: tuple
        """
        # sudo: rgpd.request.demand - the secret of the link is the right to read it
        demand = self.sudo().search(
            [
                ("digest", "=", self._digest(secret or "")),
                ("date_expires", ">", fields.Datetime.now()),
            ]
        )
        if not demand:
            return None, None
        return demand, sealing.unseal(
            self._get_key(secret), bytes(demand.content), "rgpd.demand"
        )

    @api.model
    def _confirm(self, secret):
        """Open the request of a link, once; return it in sudo, or None."""
        demand, values = self._read_link(secret)
        if not demand:
            return None
        company, lang = demand.company_id, demand.lang
        shown_on = demand.date_expires - timedelta(hours=CONFIRM_HOURS)
        if not demand._take():
            return None
        requests = (
            self.env["rgpd.request"]
            .sudo()  # sudo: rgpd.request - the owner of the address opens their request
            .with_company(company)
            .with_context(lang=lang)
        )
        values = dict(values)
        # sudo: rgpd.notice.version - texts that the public form showed
        versions = requests.env["rgpd.notice.version"].browse(values.pop("notices", ()))
        opened = requests._receive_confirmed(values, company)
        opened._note_shown(versions.exists(), shown_on)
        return opened

    # === HELPERS === #

    def _take(self):
        """Remove the demand; False when another click was faster."""
        self.ensure_one()
        self.env.flush_all()
        taken = self.env.execute_query(
            SQL("DELETE FROM rgpd_request_demand WHERE id = %s RETURNING id", self.id)
        )
        self.invalidate_model()
        return bool(taken)

    def _send_link(self, email, secret):
        """Send the link to the address; neither is kept once it is sent."""
        self.ensure_one()
        template = self.env.ref("rgpd_fichier_client.rgpd_request_confirm_mail")
        link = f"{self.get_base_url()}/privacy/request/confirm/{secret}"
        template.with_context(
            lang=self.lang, rgpd_link=link, rgpd_hours=CONFIRM_HOURS
        ).send_mail(self.id, email_values={"email_to": normalise.email(email)})
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", False)
        if cron:
            cron._trigger()

    @api.model
    def _digest(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    @api.model
    def _get_key(self, secret):
        """Return the key that the secret of the link stands for; not its digest."""
        return hashlib.sha256(b"rgpd.request.demand|" + secret.encode()).digest()

    @api.autovacuum
    def _gc_demands(self):
        """Forget what nobody confirmed."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM rgpd_request_demand WHERE date_expires <= %s",
                fields.Datetime.now(),
            )
        )
